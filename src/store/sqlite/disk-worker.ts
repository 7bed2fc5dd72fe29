import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { journalInserts } from '../sql/journal-rows.ts';
import type { DiskAnswer, DiskOrder, DiskWorkerData } from './disk-thread.ts';

// A thread of its own. It writes what nobody waits for, brings what is committed from the write-ahead log into the database
// file, and waits for the disk meanwhile.
// `as`: what disk-thread.ts gives it.
const { file, automaticCheckpointPages, checkpointEveryMilliseconds, patienceMilliseconds } =
  workerData as DiskWorkerData;
// While an import holds the database this thread waits, and nobody with it.
const database = new Database(file, { timeout: patienceMilliseconds });
// In WAL mode NORMAL leaves it to the next synced commit, or to a checkpoint, to bring a commit to the disk
// (https://www.sqlite.org/pragma.html#pragma_synchronous): what a killed process wrote is there all the same.
database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864');
// A statement that adds a hundred rows keeps what it would need to take them back: in memory, not in a file for each. The log is
// brought into the database by the timer below, not within a batch's commit.
database.exec(`PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = ${automaticCheckpointPages}`);
// Half of the 16 MB that better-sqlite3 would fill: the journal's index by phone fits neither once there are many, and reading a
// page of it again costs less than the memory is worth.
database.exec('PRAGMA cache_size = -8000');
const statements = new Map<string, Database.Statement>();

function prepared(text: string): Database.Statement {
  const statement = statements.get(text) ?? database.prepare(text);
  statements.set(text, statement);
  return statement;
}

type JournalOrder = Extract<DiskOrder, { kind: 'journal' }>;

const write = database.transaction((inserts: ReturnType<typeof journalInserts>) => {
  for (const { text, parameters } of inserts) prepared(text).run(...parameters);
});

function writeJournal({ id, lines }: JournalOrder): DiskAnswer {
  try {
    write.immediate(journalInserts(lines));
    return { id };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { id, failure: { code, message: error instanceof Error ? error.message : 'unknown' } };
  }
}

const timer = setInterval(() => {
  try {
    // PASSIVE stops for nobody, and nobody for it (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
    database.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    // A disk that is full or gone for now: the log stays as it is, and the next turn comes. Whoever writes is told.
  }
}, checkpointEveryMilliseconds);

parentPort?.on('message', (order: DiskOrder) => {
  if (order.kind === 'journal') {
    parentPort?.postMessage(writeJournal(order));
    return;
  }
  clearInterval(timer);
  database.close();
  parentPort?.close();
});
