import { closeSync, existsSync, openSync, realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sql } from 'kysely';
import { StoreUnavailable } from '../../app/ports.ts';
import type { Cipher } from '../cipher.ts';
import type { KeyedHash } from '../kinds.ts';
import { DIALECTS } from '../migrations/list.ts';
import { migrate } from '../migrations/migrate.ts';
import { ensurePlatform } from '../sql/first-row.ts';
import { writeLines } from '../sql/journal-rows.ts';
import type { Executor, Session } from '../sql/session.ts';
import { sqlStore, type SqlStore } from '../sql/sql-store.ts';
import { watchedSession, type WatchStore } from '../sql/watched-session.ts';
import { openConnection, type Connection } from './connection.ts';
import { RELAXED_PAGES, startDiskThread } from './disk-thread.ts';
import { lockFile } from './lock.ts';
import { createWriter, inTransaction } from './writer.ts';

export interface SqliteOptions {
  readonly file: string;
  readonly cipher: Cipher;
  readonly crypto: KeyedHash;
  readonly watch?: WatchStore;
  /** How long a write waits for those before it. */
  readonly patienceMilliseconds?: number;
}

// Pages of 4 KB in the write-ahead log before the writer itself brings them in where there is no thread: SQLite's own number.
const USUAL_PAGES = 1000;

/** One name for one file, so that two names of it are one lock. Created for this account only. */
function createFile(file: string): string {
  try {
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    return join(realpathSync(dirname(file)), basename(realpathSync(file)));
  } catch (cause) {
    throw new StoreUnavailable(`${file} can't be opened`, { cause });
  }
}

/** The database with what is still in its write-ahead log. */
async function fileSizes(path: string): Promise<number> {
  const files = await Promise.all([stat(path), stat(`${path}-wal`).catch(() => ({ size: 0 }))]);
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** A third connection: in WAL mode a reading transaction sees what was committed when it first read. */
async function openSnapshot(path: string): Promise<{ readonly reads: Executor; readonly end: () => Promise<void> }> {
  const reads = openConnection(path, { readonly: true });
  reads.execute('BEGIN');
  await reads.run(sql`select id from platform`);
  return {
    reads,
    end: () => {
      reads.close();
      return Promise.resolve();
    },
  };
}

/** Opens the SQLite store: one writing connection, whose transactions follow each other, and one that reads what is committed. */
export async function openSqlite(options: SqliteOptions): Promise<SqlStore> {
  const { file, cipher, crypto, watch } = options;
  const path = createFile(file);
  const unlock = lockFile(path);
  const connections: Connection[] = [];
  const close = (): void => {
    for (const connection of connections.reverse()) connection.close();
    unlock();
  };
  try {
    const writer = openConnection(path, { readonly: false });
    connections.push(writer);
    writer.execute('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    writer.execute('PRAGMA journal_size_limit = 67108864');
    await inTransaction(writer, async () => {
      await migrate(writer, DIALECTS.sqlite, path);
      await ensurePlatform(writer, cipher, path);
    });
    const reader = openConnection(path, { readonly: true });
    connections.push(reader);
    // 32 MB at most, taken as needed: the index by token of 100,000 phones does not fit the 16 MB that better-sqlite3 gives.
    reader.execute('PRAGMA cache_size = -32768');

    // The thread keeps the log short; what it leaves at a time without a pause is brought in here, so that the log has an end.
    writer.execute(`PRAGMA wal_autocheckpoint = ${RELAXED_PAGES}`);
    const thread = startDiskThread(path, () => {
      writer.execute(`PRAGMA wal_autocheckpoint = ${USUAL_PAGES}`);
    });
    const { write, turns, changes } = createWriter(writer, options.patienceMilliseconds);
    const writeJournal: Session['writeJournal'] = async (lines) => {
      if (!(await thread.writeJournal(lines))) await write((db) => writeLines(db, lines), 'row_locks');
    };
    const session = watchedSession({ reads: reader, write, writeJournal }, watch);
    return sqlStore(
      { session, changes, cipher, crypto },
      {
        sizeBytes: () => fileSizes(path),
        // The lock beside the file has said so already.
        assertAlone: () => Promise.resolve(),
        openSnapshot: () => openSnapshot(path),
        close: () =>
          turns.inTurn(async () => {
            await thread.stop();
            close();
          }),
      },
    );
  } catch (error) {
    close();
    throw error;
  }
}
