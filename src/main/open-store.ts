import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { openKeyring, type Keyring } from '../store/keyring.ts';
import { openPostgres } from '../store/postgres/open.ts';
import type { SqlStore } from '../store/sql/sql-store.ts';
import { openSqlite } from '../store/sqlite/open.ts';

export interface OpenStore {
  readonly store: SqlStore;
  readonly keyring: Keyring;
}

/** The data directory with its master key, and the store that the configuration names, migrated to this version. */
export async function openStore(config: Config): Promise<OpenStore> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const keyring = await openKeyring(config.keyFile);
  const { cipher, crypto } = keyring;
  const store =
    config.store.kind === 'postgres'
      ? await openPostgres({ url: config.store.url, cipher, crypto })
      : await openSqlite({ file: join(config.dataDir, 'offhook.db'), cipher, crypto });
  return { store, keyring };
}
