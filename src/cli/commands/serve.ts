import type { Command } from 'commander';
import { command, withConfig, type Cli } from '../cli.ts';
import { installationOf } from '../installation.ts';

export const serveCommand = (cli: Cli): Command =>
  withConfig(
    command(
      'serve',
      'Run the server: the doors for the phones, and the API and pages for people',
      'offhook serve',
      'offhook serve --config /etc/offhook.yaml',
    ),
  ).action(async ({ config }: { readonly config?: string }) => {
    cli.endWith(await installationOf(cli, config).serve());
  });
