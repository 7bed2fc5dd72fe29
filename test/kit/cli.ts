import { identifyFacts } from '../../src/app/serve/identify.ts';
import { runCli } from '../../src/cli/program.ts';
import { ok } from '../../src/domain/result.ts';
import { fillFile } from '../../src/main/backup-file.ts';
import { installationOf } from '../../src/main/installation.ts';
import { simulateOne } from '../../src/main/simulated.ts';
import type { TestProduct } from './product.ts';

export interface CliEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command line on the machine where the product runs: it asks the running server through its control socket. */
export const runOffhook = (product: Pick<TestProduct, 'config'>, ...argv: readonly string[]): Promise<CliEnd> =>
  runOffhookWith(product, {}, ...argv);

/** The same with files that the command line may name; `-` is standard input. */
export async function runOffhookWith(
  { config }: Pick<TestProduct, 'config'>,
  files: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): Promise<CliEnd> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const noFiles = (path: string): Promise<never> => Promise.reject(new Error(`this test has no file ${path}`));
  const exitCode = await runCli(argv, {
    env: {},
    version: 'test',
    stdout: (data) => void stdout.push(typeof data === 'string' ? data : Buffer.from(data).toString('utf8')),
    stderr: (text) => void stderr.push(text),
    readFile: (path) => {
      const text = files[path];
      return text === undefined ? noFiles(path) : Promise.resolve(Buffer.from(text));
    },
    openFile: noFiles,
    writeFile: noFiles,
    fillFile,
    readSecret: noFiles,
    findInstallation: () => ok(installationOf(config)),
    identify: identifyFacts,
    simulate: simulateOne,
  });
  return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
}
