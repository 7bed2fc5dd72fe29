import type { Command } from 'commander';
import { command, printAs, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { numberFrom } from '../read-number.ts';
import { readRecords } from '../read-records.ts';
import { recordsText } from '../show-parts.ts';

interface Options extends ApiOptions {
  readonly limit: number;
  readonly event?: string;
}

export const journalCommand = (cli: Cli): Command =>
  withApi(
    command(
      'journal',
      'Show the requests of all phones and of strangers, newest first, with what was answered and why',
      'offhook journal --limit 20',
    ),
  )
    .option('--limit <number>', 'how many', numberFrom(1, 100_000), 50)
    .option('--event <name>', 'only those that an administrator should look at, such as identity_conflict')
    .action((options: Options) =>
      withServer(cli, options, async (api) => {
        printAs(cli, options, await readRecords(api, ['journal'], options), ({ items }) => recordsText(items));
      }),
    );
