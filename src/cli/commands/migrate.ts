import type { Command } from 'commander';
import { command, withConfig, type Cli } from '../cli.ts';
import { doneOrRefused, installationOf } from '../installation.ts';

export const migrateCommand = (cli: Cli): Command =>
  withConfig(
    command(
      'migrate',
      'Bring the store up to date after an upgrade; the server must not be running (it also does this when it starts)',
      'offhook migrate',
    ),
  ).action(async ({ config }: { readonly config?: string }) => {
    const where = doneOrRefused(await installationOf(cli, config).migrate());
    cli.print(`${where} is up to date.\n`);
  });
