import type { Url } from '../../../api/contract.ts';
import type { Command } from 'commander';
import { printAs, type Cli } from '../../cli.ts';
import { printable } from '../../text.ts';
import { onePhone, type OnePhoneOptions } from './phone-command.ts';

interface Options extends OnePhoneOptions {
  readonly at: string;
}

export const phoneResyncUrlCommand = (cli: Cli): Command =>
  onePhone<Options>(
    cli,
    'resync-url',
    'Print the URL that a browser beside the phone opens to make it fetch its configuration (where the maker has one)',
    'resync-url 00:0e:08:12:34:56 --at 192.0.2.44',
    async ({ api, path }, options) => {
      const answer = await api.read<Url>([...path, 'resync-url'], { phoneAddress: options.at });
      printAs(cli, options, answer, ({ url }) => `${printable(url)}\n`);
    },
  ).requiredOption('--at <address>', 'address of the phone itself');
