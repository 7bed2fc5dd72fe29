import { Option, type Command } from 'commander';
import type { Phone, Resync } from '../../../api/contract.ts';
import type { Api } from '../../api.ts';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../../cli.ts';
import { CommandFailed, EXIT, wrongUsage } from '../../failure.ts';
import { findPhone, type PhoneOptions } from '../../find-phone.ts';
import { tenantOption } from '../tenant-option.ts';
import { hasFailed, showMany, showOne } from './show-resync.ts';
import { tellMany, untilEnded, type ResyncKind } from './tell-many.ts';

interface Options extends ApiOptions, PhoneOptions {
  readonly reboot?: 'only' | 'too';
  readonly wait: boolean;
  readonly outdated?: true;
  readonly all?: true;
}

const KIND = { only: 'reboot', too: 'refetch_and_reboot' } as const;
const kindOf = ({ reboot }: Options): ResyncKind => (reboot === undefined ? 'refetch' : KIND[reboot]);

async function resyncOne(cli: Cli, api: Api, named: string, options: Options): Promise<void> {
  const path = [...(await findPhone(api, named, options)), 'resync'];
  const started = (await api.ask<Resync>('POST', path, { json: { kind: kindOf(options) } })).json();
  const resync = options.wait ? await untilEnded(api, path, started) : started;
  printAs(cli, options, resync, showOne(named));
  if (resync.state === 'failed') throw new CommandFailed(EXIT.failed, 'the phone was not brought back');
}

async function resyncMany(cli: Cli, api: Api, tenant: string, options: Options): Promise<void> {
  const phones = await api.list<Phone>(['tenants', tenant, 'phones']);
  const meant = options.all === true ? phones : phones.filter(({ state }) => state === 'outdated');
  const { told, left } = await tellMany(api, tenant, meant, kindOf(options));
  printAs(cli, options, { told, left }, () => showMany(told, left));
  if (left > 0 || told.some(hasFailed)) throw new CommandFailed(EXIT.failed, 'not all phones were brought back');
}

/** One phone by its name, or many of a tenant. */
function resync(cli: Cli, named: string | undefined, options: Options): Promise<void> {
  const isMany = options.outdated === true || options.all === true;
  return withServer(cli, options, async (api) => {
    if (named !== undefined && !isMany) return resyncOne(cli, api, named, options);
    if (named === undefined && isMany && options.tenant !== undefined)
      return resyncMany(cli, api, options.tenant, options);
    throw wrongUsage('name one phone, or --tenant NAME with --outdated or --all');
  });
}

export const resyncCommand = (cli: Cli): Command =>
  withApi(
    command(
      'resync',
      'Tell phones by SIP to fetch their configuration now, and look whether they do',
      'offhook resync 80:5e:c0:12:34:56',
      'offhook resync 80:5e:c0:12:34:56 --reboot too',
      'offhook resync --tenant acme --outdated',
    ),
  )
    .argument('[phone]', 'MAC in any notation, serial number or name')
    .addOption(tenantOption())
    .addOption(new Option('--outdated', 'all phones of the tenant that have not what they should have'))
    .addOption(new Option('--all', 'all phones of the tenant').conflicts('outdated'))
    .addOption(new Option('--reboot <how>', '`too`: fetch and restart; `only`: restart').choices(['too', 'only']))
    .addOption(new Option('--no-wait', 'do not wait until the phone has come').conflicts(['outdated', 'all']))
    .action((named: string | undefined, options: Options) => resync(cli, named, options));
