import type { Command } from 'commander';
import { command, withApi, withServer, type ApiOptions, type Cli } from '../cli.ts';
import { fileFailure } from '../read-input.ts';
import { printable } from '../text.ts';
import { CommandFailed } from '../failure.ts';

interface Options extends ApiOptions {
  readonly withFirmware?: true;
}

export const backupCommand = (cli: Cli): Command =>
  withApi(
    command(
      'backup',
      'Write everything that is kept into one file, as it is at this moment; the server may go on running',
      'offhook backup /var/backups/offhook-2026-03-02.gz',
    )
      .argument('<file>', 'where to write it; what is there is replaced when the backup is whole')
      .option('--with-firmware', 'with the content of the firmware files'),
  )
    .addHelpText(
      'after',
      '\nPasswords and keys stand in it encrypted under master.key, which is not in it: keep a copy of that file elsewhere.',
    )
    .action((file: string, options: Options) =>
      withServer(cli, options, async (api) => {
        await cli.world
          .fillFile(file, async (into) => {
            await api.ask('POST', ['backup'], { query: { firmware: options.withFirmware }, into });
          })
          .catch((cause: unknown) => {
            throw cause instanceof CommandFailed ? cause : fileFailure(file, 'write', cause);
          });
        cli.print(printable(`${file} is written. To restore it you also need this installation's master.key.`) + '\n');
      }),
    );
