import { InvalidArgumentError, Option, type Command } from 'commander';
import type { TenantCredentials } from '../../api/contract.ts';
import { dhcpClasses, type DhcpClasses } from '../../domain/dhcp/classes.ts';
import type { DhcpProblem } from '../../domain/dhcp/problem.ts';
import { readWhereabouts, type Said } from '../../domain/dhcp/whereabouts.ts';
import { given } from '../../domain/fields.ts';
import type { Result } from '../../domain/result.ts';
import { VENDORS } from '../../vendors/index.ts';
import { command, printJson, withConnection, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { tellProblem } from '../dhcp-config/tell-problem.ts';
import { WRITERS } from '../dhcp-config/writers.ts';
import type { Unwritable } from '../dhcp-config/writing.ts';
import { CommandFailed, EXIT, wrongUsage, type ExitCode } from '../failure.ts';
import { installationOf } from '../installation.ts';
import { makersAmong } from '../pick-model.ts';

interface Options extends ApiOptions {
  readonly for?: string;
  readonly vendor?: readonly string[];
  readonly host?: string;
  readonly address?: string;
  readonly port?: number;
  readonly tenant?: string;
}

function orFail<T>(result: Result<T, DhcpProblem | Unwritable>, exitCode: ExitCode = EXIT.failed): T {
  if (result.ok) return result.value;
  throw new CommandFailed(exitCode, tellProblem(result.error));
}

function readPort(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('must be a number from 1 to 65535.');
  return Number(text);
}

const tokenOf = (cli: Cli, tenant: string, options: ApiOptions): Promise<string> =>
  withServer(cli, options, async (api) => {
    const { token } = await api.read<TenantCredentials>(['tenants', tenant, 'credentials']);
    return token;
  });

/** As the options say; what they leave out, as the configuration does. */
async function whereWeAre(cli: Cli, options: Options): Promise<Said> {
  const { host, bootstrapPort, tftpPort } = installationOf(cli, options.config).phoneDoors;
  const tenantToken = options.tenant === undefined ? undefined : await tokenOf(cli, options.tenant, options);
  const said = { address: options.address, bootstrapPort: options.port ?? bootstrapPort, tftpPort, tenantToken };
  return { host: options.host ?? host, ...given(said) };
}

const makersOf = (names: readonly string[] | undefined): readonly (typeof VENDORS)[number][] =>
  names === undefined ? VENDORS : Array.from(new Set(names.flatMap((name) => makersAmong(name))));

/** Nothing but comments is no configuration. */
function refuseNothing({ classes, untold }: DhcpClasses): void {
  if (classes.length === 0) throw new CommandFailed(EXIT.failed, untold.map(({ reason }) => reason).join('\n'));
}

async function printDhcpConfig(cli: Cli, options: Options): Promise<void> {
  const write = WRITERS.get(options.for ?? '');
  if (write === undefined && options.json !== true)
    throw wrongUsage(`dhcp-config needs --for with one of ${Array.from(WRITERS.keys()).join(', ')}, or --json`);
  const makers = makersOf(options.vendor);
  const where = orFail(readWhereabouts(await whereWeAre(cli, options)), EXIT.usage);
  const made = orFail(dhcpClasses(makers, where));
  refuseNothing(made);
  if (options.json === true || write === undefined) printJson(cli, made);
  else cli.print(orFail(write(made)));
}

export const dhcpConfigCommand = (cli: Cli): Command =>
  withConnection(
    command(
      'dhcp-config',
      'Print what your DHCP server must be told for phones to find this server: one class for each maker; changes nothing',
      'offhook dhcp-config --for kea --host prov.example.com --address 192.0.2.10',
      'offhook dhcp-config --for dnsmasq --vendor snom yealink --tenant acme',
    )
      .addOption(new Option('--for <server>', 'the DHCP server').choices(Array.from(WRITERS.keys())))
      .option('--vendor <names...>', 'makers to write (left out: all)')
      .option('--host <name>', 'host name or IPv4 address that phones are told (left out: as configured)')
      .option('--address <ipv4>', 'IPv4 address of that host, for what takes no name (left out: --host, if it is one)')
      .option('--port <number>', 'port of the bootstrap door as phones reach it (left out: as configured)', readPort)
      .option('--tenant <name>', 'a tenant whose token stands in the URLs (noted in the audit log)')
      .option('--json', 'print the classes as JSON, for no DHCP server in particular'),
  ).action((options: Options) => printDhcpConfig(cli, options));
