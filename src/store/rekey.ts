import type { Keyring } from './keyring.ts';
import type { SqlStore } from './sql/sql-store.ts';

/**
 * Changes the master key: a new key writes from now on, every record is written again under it, then the old ones are
 * forgotten. Interrupted at any point nothing is lost: the old keys stay in the file until the last record is done, and
 * running it again finishes the work. Nobody else may use the store meanwhile. Says how many records were written.
 */
export async function rekey(store: SqlStore, keyring: Keyring): Promise<number> {
  await keyring.addKey();
  const written = await store.reencrypt();
  await keyring.dropOldKeys();
  return written;
}
