import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { StoreUnavailable } from '../../app/ports.ts';
import type { Cipher } from '../cipher.ts';
import { PLATFORM, type KeyedHash, type Scope } from '../kinds.ts';
import { DIALECTS } from '../migrations/list.ts';
import { migrate } from '../migrations/migrate.ts';
import { ensurePlatform } from '../sql/first-row.ts';
import { writeLines } from '../sql/journal-rows.ts';
import { hotText, type Executor, type Isolation, type Session } from '../sql/session.ts';
import { sqlStore, type DatabaseWays, type SqlStore } from '../sql/sql-store.ts';
import { watchedSession, type WatchStore } from '../sql/watched-session.ts';
import { takeNamedTurns } from '../turns.ts';
import { asUnavailable, isWorthRetrying, translate } from './errors.ts';
import { postgresExecutor } from './executor.ts';
import { endTurnsAt, takeTurnsAt } from './turns.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly cipher: Cipher;
  readonly crypto: KeyedHash;
  readonly maxConnections?: number;
  readonly watch?: WatchStore;
}

// Any number will do that no other program on the database uses: "offh" in ASCII.
const MIGRATION_LOCK = 0x6f666668;

const DATABASE_SIZE = hotText<{ readonly bytes: string }>('select pg_database_size(current_database()) as bytes');

/** What the server's list of connections calls ours. */
const APPLICATION = 'offhook';

// Of their own: writers wait for each other with a connection in hand, and phones must not wait with them.
const MAX_WRITERS = 5;

const MAX_ATTEMPTS = 40;
const MAX_DELAY_MILLISECONDS = 50;

type SnapshotReads = Awaited<ReturnType<DatabaseWays['openSnapshot']>>;

const BEGIN = {
  serializable: sql`begin isolation level serializable`,
  row_locks: sql`begin isolation level read committed`,
} as const satisfies Record<Isolation, unknown>;

function createPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 5000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: APPLICATION,
  });
  // A connection that breaks while nobody asks anything of it emits `error`; unheard, that ends the process. Whoever uses
  // it next is told by the failing query. In a transaction between two queries it is the client that emits.
  const noted = (): void => undefined;
  pool.on('error', noted);
  pool.on('connect', (client) => client.on('error', noted));
  return pool;
}

/** Host and database, for messages: the URL has a password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `PostgreSQL at ${host}${pathname}`;
}

/** A transaction in which a statement has failed answers COMMIT with ROLLBACK, and no error. */
async function commit(client: pg.PoolClient, where: string): Promise<void> {
  const { command } = await client.query('commit').catch((error: unknown) => {
    throw translate(error, where);
  });
  if (command !== 'COMMIT') throw new Error('a statement of this transaction failed, and its error was not passed on');
}

/** How a transaction is run. */
interface Way {
  readonly pool: pg.Pool;
  readonly where: string;
  readonly isolation: Isolation;
  readonly about: readonly Scope[];
}

/** One try of a transaction on a connection of its own. */
async function attemptTransaction<T>(
  { pool, where, isolation, about }: Way,
  work: (db: Executor) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translate(error, where);
  });
  const db = postgresExecutor(client, where);
  let broken = false;
  try {
    await takeTurnsAt(client, about, where);
    await db.run(BEGIN[isolation]);
    const result = await work(db);
    await commit(client, where);
    return result;
  } catch (error) {
    // What can't be rolled back is rolled back by the server when the connection goes.
    await db.run(sql`rollback`).catch(() => (broken = true));
    throw error;
  } finally {
    await endTurnsAt(client, about).catch(() => (broken = true));
    client.release(broken);
  }
}

/** Repeats what met another transaction, after a random and growing pause. */
async function runTransaction<T>(way: Way, work: (db: Executor) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(way, work);
    } catch (error) {
      if (!isWorthRetrying(error)) throw error;
      if (attempt === MAX_ATTEMPTS) throw asUnavailable(error, way.where);
      await delay(Math.random() * Math.min(2 * attempt, MAX_DELAY_MILLISECONDS));
    }
  }
}

/** PostgreSQL ends a transaction in which nobody has asked for anything for a minute: a snapshot that is not read does not stay. */
async function openSnapshot(pool: pg.Pool, where: string): Promise<SnapshotReads> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translate(error, where);
  });
  const reads = postgresExecutor(client, where);
  let broken = false;
  const end = async (): Promise<void> => {
    await reads.run(sql`rollback`).catch(() => (broken = true));
    client.release(broken);
  };
  try {
    await reads.run(sql`begin isolation level repeatable read read only`);
    // The snapshot is taken by the first query, not by BEGIN.
    await reads.run(sql`select id from platform`);
    return { reads, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Every process that has the store open has connections to it: the work beside the requests asks every second. */
async function assertAlone(db: Executor, where: string): Promise<void> {
  const others = await db.run(sql`select pid from pg_stat_activity
    where datname = current_database() and application_name = ${APPLICATION} and pid <> pg_backend_pid()`);
  if (others.length === 0) return;
  throw new StoreUnavailable(`${where} is in use by another Offhook process: stop every server first`);
}

/** Opens the PostgreSQL store, which any number of processes may share. */
export async function openPostgres(options: PostgresOptions): Promise<SqlStore> {
  const { url, cipher, crypto, maxConnections = 10, watch } = options;
  const where = placeOf(url);
  const pool = createPool(url, maxConnections);
  const writers = createPool(url, MAX_WRITERS);
  const inTurns = takeNamedTurns();
  const session: Session = {
    reads: postgresExecutor(pool, where),
    write: (work, isolation = 'serializable', about = [PLATFORM]) =>
      isolation === 'serializable'
        ? inTurns(about, () => runTransaction({ pool: writers, where, isolation, about }, work))
        : runTransaction({ pool, where, isolation, about: [] }, work),
    writeJournal: (lines) =>
      runTransaction({ pool, where, isolation: 'row_locks', about: [] }, async (db) => {
        await db.run(sql`set local synchronous_commit = off`);
        await writeLines(db, lines);
      }),
  };
  const close = async (): Promise<void> => {
    await Promise.all([pool.end(), writers.end()]);
  };
  try {
    await session.write(async (db) => {
      await db.run(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
      await migrate(db, DIALECTS.postgres, where);
      await ensurePlatform(db, cipher, where);
    }, 'row_locks');
  } catch (error) {
    await close();
    throw error;
  }
  return sqlStore(
    { session: watchedSession(session, watch), changes: () => undefined, cipher, crypto },
    {
      sizeBytes: async () => Number((await session.reads.first(DATABASE_SIZE, []))?.bytes ?? 0),
      assertAlone: () => assertAlone(session.reads, where),
      openSnapshot: () => openSnapshot(pool, where),
      close,
    },
  );
}
