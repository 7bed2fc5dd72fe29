import type { Command } from 'commander';
import { command, withConfig, type Cli } from '../cli.ts';
import { doneOrRefused, installationOf } from '../installation.ts';
import { count } from '../text.ts';

export const rekeyCommand = (cli: Cli): Command =>
  withConfig(
    command(
      'rekey',
      'Draw a new master key and encrypt every stored secret again with it; the server must not be running',
      'offhook rekey',
    ),
  ).action(async ({ config }: { readonly config?: string }) => {
    const records = doneOrRefused(await installationOf(cli, config).rekey());
    cli.print(
      `New master key: ${count(records, 'record')} written again. Backups from before still need the old key.\n`,
    );
  });
