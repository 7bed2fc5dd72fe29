import { existsSync } from 'node:fs';
import { BASE64 } from '../api/backup/base64.ts';
import { readHeader } from '../app/backup/read-backup.ts';
import { restoreBackup } from '../app/backup/restore-backup.ts';
import { localOperator } from '../app/access/actor.ts';
import type { Clock } from '../app/ports.ts';
import type { RestoredBackup } from '../cli/world.ts';
import type { Config } from '../config.ts';
import { createSealing } from '../store/json-codec.ts';
import { openKeyring } from '../store/keyring.ts';
import { SCHEMA_VERSION } from '../store/migrations/list.ts';
import { firmwareLimits } from './admin.ts';
import { backupFileLines } from './backup-file.ts';
import { openFiles } from './open-files.ts';
import { openStore } from './open-store.ts';

/** Before anything is made in the data directory: a new store there would be one of another master key. */
async function assertReadable(config: Config, path: string): Promise<void> {
  if (!existsSync(config.keyFile))
    throw new Error(
      `there is no ${config.keyFile}: put the master.key of the installation that made the backup there first`,
    );
  const { cipher, crypto } = await openKeyring(config.keyFile);
  for await (const first of backupFileLines(path)) {
    readHeader({ crypto, sealing: createSealing(cipher), schema: SCHEMA_VERSION }, first);
    return;
  }
  throw new Error(`${path} is empty`);
}

/** Puts a backup in place of the store, which nobody else may have open. */
export async function restore(
  config: Config,
  clock: Clock,
  path: string,
  options: { readonly replace: boolean },
): Promise<RestoredBackup> {
  await assertReadable(config, path);
  const { store, keyring, sealing } = await openStore(config);
  try {
    await store.assertAlone();
    const ports = {
      store,
      files: (await openFiles(config, store, clock)).files,
      crypto: keyring.crypto,
      sealing,
      clock,
      base64: BASE64,
      schema: SCHEMA_VERSION,
      maxFileBytes: firmwareLimits(config).maxFileBytes,
    };
    const done = await restoreBackup(ports)(localOperator, () => backupFileLines(path), options);
    const { header, objects, files, missingFiles } = done;
    return { created: header.created, objects, files, missingFiles: missingFiles.length };
  } finally {
    await store.close();
  }
}
