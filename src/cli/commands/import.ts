import type { PhoneImport } from '../../api/contract.ts';
import { Option, type Command } from 'commander';
import type { Api } from '../api.ts';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { CommandFailed, EXIT, wrongUsage } from '../failure.ts';
import { pickModel } from '../pick-model.ts';
import { fieldErrorText, problemText, readProblem } from '../problem-text.ts';
import { readInputText } from '../read-input.ts';
import { count, table } from '../text.ts';
import type { ApiAnswer } from '../world.ts';

interface Options extends ApiOptions {
  readonly tenant: string;
  readonly model?: readonly string[];
  readonly dryRun?: true;
  readonly strict?: true;
  readonly csv?: true;
}

type Row = PhoneImport['rows'][number];

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `T46U`, or `yealink=T46U` where two makers have a model of that name: one for each maker. */
function readModels(choices: readonly string[] = []): Readonly<Record<string, string>> {
  const models = new Map<string, string>();
  for (const choice of choices) {
    const [, vendor, name = choice] = /^([^=]*)=(.*)$/.exec(choice) ?? [];
    const { driver, model } = pickModel(name, vendor, `write VENDOR=${name}`);
    const before = models.get(driver.id);
    if (before !== undefined) throw wrongUsage(`--model names two models of ${driver.name}: ${before} and ${model.id}`);
    models.set(driver.id, model.id);
  }
  return Object.fromEntries(models);
}

const WORDS = {
  ready: 'would be created',
  created: 'created',
  present: 'here already',
  refused: 'refused',
} as const satisfies Record<Row['outcome'], string>;

const rowOf = ({ line, text, phone, vendor, model, outcome, reason }: Row): readonly string[] => [
  String(line),
  phone ?? text,
  vendor ?? '',
  model ?? '',
  reason === undefined ? WORDS[outcome] : `${WORDS[outcome]}: ${reason}`,
];

function show(result: PhoneImport): string {
  const { dryRun, ready, created, present, refused, rows, omitted } = result;
  const made = dryRun ? `${ready} would be created` : `${created} created`;
  const end = dryRun ? ' Nothing was changed (--dry-run).' : '';
  const more = omitted === 0 ? '' : `${count(omitted, 'more row')} like these.\n`;
  const listed =
    rows.length === 0 ? '' : `${table(['LINE', 'PHONE', 'VENDOR', 'MODEL', 'RESULT'], rows.map(rowOf))}${more}\n`;
  return `${listed}${made}, ${present} here already, ${refused} refused.${end}\n`;
}

/** `FILE:LINE: reason`, which editors and people can jump to. */
function refuse({ world }: Cli, file: string, answer: ApiAnswer): never {
  const errors = readProblem(answer)?.errors ?? [];
  if (errors.every(({ line }) => line === undefined))
    throw new CommandFailed(EXIT.failed, `${file}: ${problemText(answer)}`);
  for (const { line, ...error } of errors)
    world.stderr(`${file}:${line ?? ''}: ${fieldErrorText({ ...error, field: '' })}\n`);
  // Of very many refused rows only the first are told.
  throw new CommandFailed(EXIT.failed, 'rows are refused, so nothing was changed (--strict)');
}

async function importMacs(cli: Cli, api: Api, file: string, options: Options): Promise<void> {
  const models = readModels(options.model);
  const text = await readInputText(cli.world, file);
  const { dryRun, strict } = options;
  const answer = await api.send<PhoneImport>('POST', ['tenants', options.tenant, 'phones', 'import'], {
    query: { dryRun, strict },
    json: { format: options.csv === true ? 'csv' : 'list', text, models },
  });
  if (answer.status >= 400) refuse(cli, file === '-' ? 'standard input' : file, answer);
  const result = answer.json();
  printAs(cli, options, result, show);
  if (result.refused > 0) cli.endWith(EXIT.failed);
}

const macs = (cli: Cli): Command =>
  withApi(
    command(
      'macs',
      'Make phones of a list of MACs, one per line, with the model behind it or by --model; what is here already stays as it is',
      'offhook import macs pallet.txt --tenant acme --model T46U --dry-run',
      'offhook import macs - --tenant acme --model yealink=T46U --model snom=D785',
      'offhook import macs phones.csv --csv --tenant acme',
    ).argument('<file>', 'text file; - for standard input'),
  )
    .requiredOption('--tenant <name>', 'whose phones they are')
    .option('--model <name>', 'model of all phones of its maker whose line names none; may be repeated', collect)
    .option('--dry-run', 'only say what would happen')
    .option('--strict', 'make no phone at all where a row is refused')
    .addOption(new Option('--csv', 'the file is a table with a heading, as phone list --csv prints it'))
    .action((file: string, options: Options) => withServer(cli, options, (api) => importMacs(cli, api, file, options)));

export const importCommand = (cli: Cli): Command => commandGroup('import', 'Many phones at once', macs(cli));
