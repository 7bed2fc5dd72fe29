import type { Url } from '../../../api/contract.ts';
import type { Command } from 'commander';
import { printAs, type Cli } from '../../cli.ts';
import { printable } from '../../text.ts';
import { onePhone } from './phone-command.ts';

export const phoneUrlCommand = (cli: Cli): Command =>
  onePhone(
    cli,
    'url',
    "Print the phone's own provisioning URL; it opens its configuration, so hand it over like a password (noted in the audit log)",
    'url 80:5e:c0:12:34:56',
    async ({ api, path }, options) => {
      const answer = await api.read<Url>([...path, 'url']);
      printAs(cli, options, answer, ({ url }) => `${printable(url)}\n`);
    },
  );
