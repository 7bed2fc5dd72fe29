import type { AddressStanding, Ban } from '../../api/contract.ts';
import type { Command } from 'commander';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { numberFrom } from '../read-number.ts';
import { moment, printable, table } from '../text.ts';

interface Items<T> {
  readonly items: readonly T[];
}

const until = ({ until: end }: { readonly until?: string | undefined }): string => `${moment(end) ?? ''} UTC`;

const list = (cli: Cli): Command =>
  withApi(command('list', 'List the addresses that are banned now, newest first', 'offhook ban list')).action(
    (options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        printAs(cli, options, await api.read<Items<Ban>>(['bans']), ({ items }) =>
          items.length === 0
            ? 'Nobody is banned.\n'
            : table(
                ['ADDRESS', 'WHY', 'SINCE (UTC)', 'UNTIL (UTC)', 'HITS', 'EVIDENCE'],
                items.map((ban) => [
                  ban.source,
                  ban.reason,
                  moment(ban.since) ?? '',
                  moment(ban.until) ?? '',
                  String(ban.hits),
                  ban.by === undefined ? ban.evidence : `${ban.by}: ${ban.evidence}`,
                ]),
              ),
        );
      }),
  );

interface AddOptions extends ApiOptions {
  readonly minutes: number;
  readonly note?: string;
}

const add = (cli: Cli): Command =>
  withApi(
    command(
      'add',
      'Ban an address; phones that prove themselves are served all the same',
      'offhook ban add 192.0.2.7 --minutes 600 --note "called us about it"',
    ).argument('<address>', 'IPv4 address, or an IPv6 one, which bans its /64'),
  )
    .option('--minutes <number>', 'for how long', numberFrom(1, 525_600), 60)
    .option('--note <text>', 'why, for those who ask')
    .action((address: string, { minutes, note, ...options }: AddOptions) =>
      withServer(cli, options, async (api) => {
        const json = { address, minutes, ...(note === undefined ? {} : { note }) };
        const made = await api.ask<Ban>('POST', ['bans'], { json });
        printAs(cli, options, made.json(), (ban) => `${printable(ban.source)} is banned until ${until(ban)}.\n`);
      }),
    );

const lift = (cli: Cli): Command =>
  withApi(command('lift', 'Let an address in again', 'offhook ban lift 192.0.2.7'))
    .argument('<address>', 'as the list shows it, or one in it')
    .action((address: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', ['bans', address]);
        printAs(cli, options, { lifted: address }, () => `${printable(address)} is let in again.\n`);
      }),
    );

function showStanding({ address, standing, ...rest }: AddressStanding): string {
  const who = printable(address);
  if (standing === 'welcome') return `${who} is not banned.\n`;
  if (standing === 'waits') return `${who} has missed too often and has to wait ${rest.retryAfterSeconds ?? 0} s.\n`;
  const why = printable([rest.reason, rest.evidence].filter((text) => text !== undefined && text !== '').join(', '));
  return `${who} is banned until ${until(rest)}: ${why}.\n`;
}

const check = (cli: Cli): Command =>
  withApi(command('check', 'Is an address banned, and why', 'offhook ban check 192.0.2.7'))
    .argument('<address>', 'the address that phones come from, as the journal shows it')
    .action((address: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        printAs(cli, options, await api.read<AddressStanding>(['bans', 'check'], { address }), showStanding);
      }),
    );

export const banCommand = (cli: Cli): Command =>
  commandGroup(
    'ban',
    'Addresses that guess, and get nothing without proof',
    list(cli),
    check(cli),
    add(cli),
    lift(cli),
  );
