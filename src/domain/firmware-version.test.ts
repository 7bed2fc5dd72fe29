import { expect, test } from 'vitest';
import { compareFirmware, parseFirmwareVersion } from './firmware-version.ts';

test.each([
  ['108.86.0.20', '108.86.0.5'],
  ['10.1.54.13', '8.9.3.80'],
  ['7.5.2b', '7.5.2'],
  ['7.4.8a', '7.4.8'],
  ['6.1.5(b)', '6.1.5(a)'],
  ['5.9.6.2327', '5.9'],
])('%s is newer than %s', (newer, older) => {
  expect(compareFirmware(parseFirmwareVersion(newer), parseFirmwareVersion(older))).toBeGreaterThan(0);
});

test('a version without numbers is older than any', () => {
  expect(compareFirmware(parseFirmwareVersion('unknown'), parseFirmwareVersion('0.1'))).toBeLessThan(0);
});
