import type { Explanation } from '../../api/contract.ts';
import type { Command } from 'commander';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { findPhone, type PhoneOptions } from '../find-phone.ts';
import { moment, printable, table } from '../text.ts';
import { tenantOption } from './tenant-option.ts';

interface Options extends ApiOptions, PhoneOptions {
  readonly phone: string;
  readonly file?: string;
  readonly firmware?: string;
}

type Line = Explanation['lines'][number];

/** Behind lines that no setting asked for. */
const WITHOUT_SETTING: Readonly<Record<string, string>> = {
  raw: '(raw parameter)',
  cleared: '(taken away: the phone is told to forget it)',
  vendor: '(always, for this maker)',
};

const onLine = (name: string, line: number | undefined): string =>
  line === undefined ? name : `${name} (line ${line})`;

const settingOf = ({ kind, setting, slot, line }: Line): string =>
  setting === undefined ? (slot ?? WITHOUT_SETTING[kind] ?? '') : onLine(setting, line);

const rowOf = (line: Line): readonly string[] => [
  line.text,
  settingOf(line),
  line.layer?.replaceAll('_', ' ') ?? '',
  line.object?.replace(/^built_in /, '') ?? '',
  line.by ?? '',
  moment(line.at) ?? '',
];

const GAP_STATE: Readonly<Record<string, string>> = {
  unsupported: 'the phone lacks it',
  not_mapped: 'not mapped yet',
  not_expressible: 'this value cannot be said',
};

function show({ name, lines, gaps, flags }: Explanation): string {
  const file = table(['LINE', 'SETTING', 'LAYER', 'OBJECT', 'BY', 'AT (UTC)'], lines.map(rowOf));
  const lacking =
    gaps.length === 0
      ? "none: everything that is wanted is in this phone's files\n"
      : table(
          ['WANTED', 'WHY NOT', 'REASON'],
          gaps.map(({ wanted, line, state, reason }) => [onLine(wanted, line), GAP_STATE[state] ?? state, reason]),
        );
  const notes = flags.length === 0 ? '' : `\nFlags\n${flags.map((flag) => `  ${printable(flag)}\n`).join('')}`;
  return `File ${printable(name)}\n${file}\nGaps\n${lacking}${notes}`;
}

export const explainCommand = (cli: Cli): Command =>
  withApi(
    command(
      'explain',
      "Show, for each line of a phone's file, the setting behind it, its layer, and who put it there; then what is missing",
      'offhook explain --phone 80:5e:c0:12:34:56',
    )
      .requiredOption('--phone <mac>', 'MAC in any notation, serial number or name')
      .option('--file <name>', 'which of its files (left out: the one with the settings)')
      .option('--firmware <version>', 'as for this firmware, whatever the phone has')
      .addOption(tenantOption()),
  ).action((options: Options) =>
    withServer(cli, options, async (api) => {
      const path = await findPhone(api, options.phone, options);
      const { file, firmware } = options;
      printAs(cli, options, await api.read<Explanation>([...path, 'explain'], { file, firmware }), show);
    }),
  );
