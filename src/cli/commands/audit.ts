import type { AuditLog } from '../../api/contract.ts';
import type { Command } from 'commander';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { numberFrom } from '../read-number.ts';
import { moment, table } from '../text.ts';

type Change = NonNullable<AuditLog['items'][number]['changes']>[number];

const changeText = ({ field, before, after }: Change): string =>
  `${field}: ${String(before ?? '(nothing)')} → ${String(after ?? '(nothing)')}`;

const show = ({ items }: AuditLog): string =>
  items.length === 0
    ? 'Nothing yet.\n'
    : table(
        ['AT (UTC)', 'WHO', 'FROM', 'WHAT', 'OBJECT', 'DETAIL'],
        items.map(({ at, who, from, what, object, detail, changes }) => [
          moment(at) ?? '',
          who,
          from,
          what,
          object,
          changes === undefined ? (detail ?? '') : changes.map(changeText).join('; '),
        ]),
      );

export const auditCommand = (cli: Cli): Command =>
  withApi(command('audit', 'Show who changed or saw what, newest first', 'offhook audit --limit 20'))
    .option('--limit <number>', 'how many', numberFrom(1, 1000), 50)
    .action((options: ApiOptions & { readonly limit: number }) =>
      withServer(cli, options, async (api) => {
        printAs(cli, options, await api.read<AuditLog>(['audit'], { limit: options.limit }), show);
      }),
    );
