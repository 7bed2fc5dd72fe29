// The closing line of a test run, from the runner's own report: `N passed, N failed, N skipped`. In CI nothing may be skipped.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const skipped = report.numPendingTests + report.numTodoTests;
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length;
const failed = report.numFailedTests + brokenFiles;
for (const file of report.testResults) {
  for (const test of file.assertionResults)
    if (test.status === 'pending' || test.status === 'skipped') console.log(`skipped: ${test.fullName}`);
}
console.log(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || report.numPassedTests === 0 || (process.env.CI === 'true' && skipped > 0) ? 1 : 0;
