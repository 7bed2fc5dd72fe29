import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NonceUses, Sealing } from '../app/ports.ts';
import { MemoryNonceUses } from '../app/serve/nonce-uses.ts';
import type { Config } from '../config.ts';
import { createSealing } from '../store/json-codec.ts';
import { openKeyring, type Keyring } from '../store/keyring.ts';
import type { SqlStore } from '../store/sql/sql-store.ts';
import { openSqlite } from '../store/sqlite/open.ts';
import { createMetrics, type Metrics } from './metrics.ts';

export interface OpenStore {
  readonly store: SqlStore;
  readonly keyring: Keyring;
  readonly sealing: Sealing;
  /** What has watched the store since it was opened, and goes on with everything else. */
  readonly metrics: Metrics;
  readonly nonces: NonceUses;
}

type Ground = Omit<Parameters<typeof openSqlite>[0], 'file'>;

async function openNamed({ store, dataDir }: Config, ground: Ground): Promise<SqlStore> {
  if (store.kind === 'sqlite') return openSqlite({ file: join(dataDir, 'offhook.db'), ...ground });
  // Loaded where it is used only: the driver takes megabytes.
  const { openPostgres } = await import('../store/postgres/open.ts');
  return openPostgres({ url: store.url, ...ground });
}

/** The data directory with its master key, and the store that the configuration names, migrated to this version. */
export async function openStore(config: Config): Promise<OpenStore> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const keyring = await openKeyring(config.keyFile);
  const { cipher, crypto } = keyring;
  const metrics = createMetrics();
  const watch = metrics.onStore;
  const store = await openNamed(config, { cipher, crypto, watch });
  // Beside other processes a nonce's uses are counted in the store; a process that is alone begins an epoch of its own.
  const nonces =
    config.store.kind === 'postgres' ? store.nonces : new MemoryNonceUses(crypto.token(40), () => performance.now());
  return { store, keyring, nonces, metrics, sealing: createSealing(cipher) };
}
