import type { Command } from 'commander';
import { printAs, type Cli } from '../../cli.ts';
import { numberFrom } from '../../read-number.ts';
import { readRecords } from '../../read-records.ts';
import { recordsText } from '../../show-parts.ts';
import { onePhone, type OnePhoneOptions } from './phone-command.ts';

interface Options extends OnePhoneOptions {
  readonly limit: number;
  readonly event?: string;
}

export const phoneLogCommand = (cli: Cli): Command =>
  onePhone<Options>(
    cli,
    'log',
    'Show the requests of the phone, newest first, with what was answered and why',
    'log 80:5e:c0:12:34:56 --limit 20',
    async ({ api, path }, options) => {
      const records = await readRecords(api, [...path, 'log'], options);
      printAs(cli, options, records, ({ items }) => recordsText(items));
    },
  )
    .option('--limit <number>', 'how many', numberFrom(1, 100_000), 50)
    .option('--event <name>', 'only those that an administrator should look at, such as identity_conflict');
