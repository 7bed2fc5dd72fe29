import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

// A thread of its own: brings what is committed from the write-ahead log into the database file, and waits for the disk.
// `as`: what checkpoints.ts gives it.
const { file, everyMilliseconds } = workerData as { readonly file: string; readonly everyMilliseconds: number };
const database = new Database(file, { timeout: 0 });

const timer = setInterval(() => {
  try {
    // PASSIVE stops for nobody, and nobody for it (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
    database.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    // A disk that is full or fails is told to those who write. The log stays as it is until the next turn.
  }
}, everyMilliseconds);

parentPort?.once('message', () => {
  clearInterval(timer);
  database.close();
});
