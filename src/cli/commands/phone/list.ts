import type { Phone } from '../../../api/contract.ts';
import type { Command } from 'commander';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../../cli.ts';
import { count, moment, table } from '../../text.ts';

interface Options extends ApiOptions {
  readonly tenant?: string;
}

type Found = Phone & { readonly tenant: string };

const rowOf = (phone: Found): readonly string[] => [
  phone.tenant,
  phone.name,
  phone.vendor,
  phone.model,
  phone.label ?? '',
  phone.lines.map((line) => line.extension).join(','),
  phone.blocked ? `${phone.state}, blocked` : phone.state,
  moment(phone.lastSeen?.at) ?? 'never',
];

const show = (phones: readonly Found[]): string =>
  phones.length === 0
    ? 'No phones yet. Describe some in a file and run: offhook apply -f FILE\n'
    : `${table(['TENANT', 'PHONE', 'VENDOR', 'MODEL', 'LABEL', 'LINES', 'STATE', 'LAST SEEN (UTC)'], phones.map(rowOf))}\n${count(phones.length, 'phone')}.\n`;

export const phoneListCommand = (cli: Cli): Command =>
  withApi(command('list', 'List the phones of all tenants, or of one', 'offhook phone list --tenant acme'))
    .option('--tenant <name>', 'only of this tenant')
    .action((options: Options) =>
      withServer(cli, options, async (api) => {
        const names =
          options.tenant === undefined
            ? (await api.list<{ readonly name: string }>(['tenants'])).map(({ name }) => name)
            : [options.tenant];
        const found: Found[] = [];
        for (const tenant of names) {
          const phones = await api.list<Phone>(['tenants', tenant, 'phones']);
          found.push(...phones.map((phone) => ({ tenant, ...phone })));
        }
        printAs(cli, options, { items: found }, ({ items }) => show(items));
      }),
    );
