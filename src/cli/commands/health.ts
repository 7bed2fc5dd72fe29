import type { Command } from 'commander';
import type { Ready } from '../../api/contract.ts';
import { command, withConfig, type Cli } from '../cli.ts';
import { connectBySocket } from '../connect.ts';
import { EXIT } from '../failure.ts';
import { installationOf } from '../installation.ts';

export const healthCommand = (cli: Cli): Command =>
  withConfig(
    command(
      'health',
      'Say whether the server on this machine can serve phones: exit code 0 when it can, 1 with the reasons when it cannot',
      'offhook health',
    ),
  ).action(async ({ config }: { readonly config?: string }) => {
    const answer = await connectBySocket(installationOf(cli, config).controlSocket).request('GET', '/ready');
    // `as`: what the API sends is what its contract says.
    const { status, reasons = [], remarks = [] } = JSON.parse(new TextDecoder().decode(answer.body)) as Ready;
    cli.print([`${status}\n`, ...[...reasons, ...remarks].map((sentence) => `  ${sentence}\n`)].join(''));
    cli.endWith(answer.status === 200 ? EXIT.done : EXIT.failed);
  });
