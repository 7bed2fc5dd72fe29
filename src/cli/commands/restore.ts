import type { Command } from 'commander';
import { command, printAs, withConfig, type Cli, type JsonOption } from '../cli.ts';
import { doneOrRefused, installationOf } from '../installation.ts';
import { count, printable } from '../text.ts';
import type { RestoredBackup } from '../world.ts';

interface Options extends JsonOption {
  readonly config?: string;
  readonly replace?: true;
}

const missingText = (missing: number): string =>
  missing === 0 ? '' : `The content of ${count(missing, 'firmware file')} is not here: upload it again.\n`;

const show = ({ created, objects, files, missingFiles }: RestoredBackup): string =>
  printable(`Restored: ${count(objects, 'object')} and ${count(files, 'file')} as they were at ${created}.`) +
  `\n${missingText(missingFiles)}`;

export const restoreCommand = (cli: Cli): Command =>
  withConfig(
    command(
      'restore',
      'Put a backup into an empty store, all of it or nothing; the server must not be running, and master.key must be the one of then',
      'offhook restore /var/backups/offhook-2026-03-02.gz',
    )
      .argument('<file>', 'what offhook backup wrote')
      .option('--replace', 'remove everything that is there, and put the backup in its place')
      .option('--json', 'print what was done as JSON'),
  ).action(async (file: string, options: Options) => {
    const replace = options.replace === true;
    const restored = doneOrRefused(await installationOf(cli, options.config).restore(file, { replace }));
    printAs(cli, options, restored, show);
  });
