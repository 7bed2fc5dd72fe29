import type { Applied, ProblemError } from '../../api/contract.ts';
import type { Command } from 'commander';
import type { Api } from '../api.ts';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { CommandFailed, EXIT } from '../failure.ts';
import { fieldErrorText, problemText, readProblem } from '../problem-text.ts';
import { readInput } from '../read-input.ts';
import { count, printable } from '../text.ts';
import type { ApiAnswer } from '../world.ts';

interface Options extends ApiOptions {
  readonly file: string;
  readonly dryRun?: true;
}

type One = Applied['created'][number];

/** Objects of one kind and tenant on one line, so that three hundred extensions do not scroll everything else away. */
function groupLines(word: string, applied: readonly One[]): string {
  const groups = new Map<string, { readonly label: string; readonly names: string[] }>();
  for (const { kind, name, tenant } of applied) {
    const label = `${kind}${tenant === undefined ? '' : ` (${tenant})`}`;
    const group = groups.get(label) ?? { label, names: [] };
    group.names.push(name);
    groups.set(label, group);
  }
  return Array.from(
    groups.values(),
    ({ label, names }) => `${word.padEnd(9)}  ${printable(`${label}: ${names.join(', ')}`)}\n`,
  ).join('');
}

function show({ created, changed, unchanged }: Applied, dryRun: boolean): string {
  const totals = `${created.length} created, ${changed.length} changed, ${unchanged.length} unchanged`;
  const end = dryRun ? `Would be: ${totals}. Nothing was changed (--dry-run).` : `${totals}.`;
  const details = groupLines('created', created) + groupLines('changed', changed) + groupLines('unchanged', unchanged);
  return `${details}${details === '' ? '' : '\n'}${end}\n`;
}

/** `FILE:LINE: field: reason`, which editors and people can jump to. */
const errorLine = (file: string, error: ProblemError): string =>
  `${file}${error.line === undefined ? '' : `:${error.line}`}: ${fieldErrorText(error)}`;

const byLine = (a: ProblemError, b: ProblemError): number => (a.line ?? 0) - (b.line ?? 0);

function refuse({ world }: Cli, file: string, answer: ApiAnswer): never {
  const errors = readProblem(answer)?.errors ?? [];
  if (errors.length === 0) throw new CommandFailed(EXIT.failed, `${file}: ${problemText(answer)}`);
  for (const error of errors.toSorted(byLine)) world.stderr(`${errorLine(file, error)}\n`);
  throw new CommandFailed(EXIT.failed, `${count(errors.length, 'error')}; nothing was changed`);
}

const contentTypeOf = (file: string): string => (/\.json$/i.test(file) ? 'application/json' : 'application/yaml');

async function apply(cli: Cli, api: Api, options: Options): Promise<void> {
  const body = await readInput(cli.world, options.file);
  const dryRun = options.dryRun === true;
  const name = options.file === '-' ? 'standard input' : options.file;
  const answer = await api.send<Applied>('POST', ['apply'], {
    query: { dryRun: options.dryRun },
    body,
    contentType: contentTypeOf(options.file),
  });
  if (answer.status >= 400) refuse(cli, name, answer);
  printAs(cli, options, answer.json(), (result) => show(result, dryRun));
}

export const applyCommand = (cli: Cli): Command =>
  withApi(
    command(
      'apply',
      'Bring tenants, people, extensions, templates and phones to the state that a file describes: all of it, or on any error nothing',
      'offhook apply -f examples/acme.yaml --dry-run',
      'offhook apply -f examples/acme.yaml',
    )
      .requiredOption('-f, --file <file>', 'YAML or JSON; - for standard input')
      .option('--dry-run', 'only say what would change'),
  ).action((options: Options) => withServer(cli, options, (api) => apply(cli, api, options)));
