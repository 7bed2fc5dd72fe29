import type { Decoy, PlantedDecoy } from '../../api/contract.ts';
import type { Command } from 'commander';
import { command, commandGroup, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { moment, printable, table } from '../text.ts';

interface Items<T> {
  readonly items: readonly T[];
}

const list = (cli: Cli): Command =>
  withApi(command('list', 'List the decoys; tokens are not shown again', 'offhook decoy list')).action(
    (options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        printAs(cli, options, await api.read<Items<Decoy>>(['decoys']), ({ items }) =>
          items.length === 0
            ? 'None yet: offhook decoy plant\n'
            : table(
                ['ID', 'DECOY', 'PLANTED (UTC)', 'BY', 'NOTE'],
                items.map(({ id, mac, kind, at, by, note }) => [id, mac ?? kind, moment(at) ?? '', by, note ?? '']),
              ),
        );
      }),
  );

interface PlantOptions extends ApiOptions {
  readonly mac?: string;
  readonly note?: string;
}

const showPlanted = ({ mac, token, paths = [] }: PlantedDecoy): string =>
  token === undefined
    ? `${printable(mac ?? '')} is a decoy: whoever asks for it is banned.\n`
    : `This token is a decoy, and is not shown again. Leave a URL with it where nobody should look:\n${paths
        .map((path) => `  ${printable(path)}\n`)
        .join('')}`;

const plant = (cli: Cli): Command =>
  withApi(
    command(
      'plant',
      'Plant a MAC or URL token that nobody owns: whoever asks for it is banned',
      'offhook decoy plant --mac 00:15:65:de:c0:01 --note "in the old spreadsheet"',
      'offhook decoy plant --note "a URL left in the wiki"',
    ),
  )
    .option('--mac <mac>', 'a MAC that no phone has; left out, a URL token is drawn')
    .option('--note <text>', 'where it is left, for whoever reads the alarm')
    .action(({ mac, note, ...options }: PlantOptions) =>
      withServer(cli, options, async (api) => {
        const json = { ...(mac === undefined ? {} : { mac }), ...(note === undefined ? {} : { note }) };
        const planted = await api.ask<PlantedDecoy>('POST', ['decoys'], { json });
        printAs(cli, options, planted.json(), showPlanted);
      }),
    );

const remove = (cli: Cli): Command =>
  withApi(command('remove', 'Take a decoy away', 'offhook decoy remove 00:15:65:de:c0:01'))
    .argument('<decoy>', 'its MAC, or its id as the list shows it')
    .action((name: string, options: ApiOptions) =>
      withServer(cli, options, async (api) => {
        await api.ask('DELETE', ['decoys', name]);
        printAs(cli, options, { removed: name }, () => `${printable(name)} is no decoy any more.\n`);
      }),
    );

export const decoyCommand = (cli: Cli): Command =>
  commandGroup(
    'decoy',
    'MACs and tokens that nobody owns, to find out who looks for them',
    list(cli),
    plant(cli),
    remove(cli),
  );
