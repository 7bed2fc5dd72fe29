import type { Phone } from '../../../api/contract.ts';
import { Option, type Command } from 'commander';
import type { Api } from '../../api.ts';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../../cli.ts';
import { csvPrinter } from '../../print-csv.ts';
import { count, moment, table } from '../../text.ts';

interface Options extends ApiOptions {
  readonly tenant?: string;
  readonly csv?: true;
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

/** The tenants whose phones are meant. */
const tenantsOf = async (api: Api, { tenant }: Options): Promise<readonly string[]> =>
  tenant === undefined ? (await api.list<{ readonly name: string }>(['tenants'])).map(({ name }) => name) : [tenant];

const phonesOf = (tenant: string): readonly string[] => ['tenants', tenant, 'phones'];

async function findAll(api: Api, tenants: readonly string[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const tenant of tenants) {
    const phones = await api.list<Phone>(phonesOf(tenant));
    found.push(...phones.map((phone) => ({ tenant, ...phone })));
  }
  return found;
}

export const phoneListCommand = (cli: Cli): Command =>
  withApi(
    command(
      'list',
      'List the phones of all tenants, or of one',
      'offhook phone list --tenant acme',
      'offhook phone list --csv > phones.csv',
    ),
  )
    .option('--tenant <name>', 'only of this tenant')
    .addOption(new Option('--csv', 'print a table for spreadsheets, guarded against formulas').conflicts('json'))
    .action((options: Options) =>
      withServer(cli, options, async (api) => {
        const tenants = await tenantsOf(api, options);
        if (options.csv === true) {
          const print = csvPrinter(cli, api);
          for (const tenant of tenants) await print(phonesOf(tenant));
          return;
        }
        printAs(cli, options, { items: await findAll(api, tenants) }, ({ items }) => show(items));
      }),
    );
