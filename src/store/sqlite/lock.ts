import Database from 'better-sqlite3';
import { StoreUnavailable } from '../../app/ports.ts';

/**
 * Holds `FILE.lock` until the returned function is called or this process ends, however it ends: SQLite's own file lock
 * (fcntl) goes with the process. It lies beside the database, so that backup tools may still open that one.
 */
export function lockFile(file: string): () => void {
  const lock = new Database(`${file}.lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new StoreUnavailable(
      `${file} is in use by another Offhook process: a SQLite store has one process at a time. ` +
        'Ask the server that is running, stop it first, or use PostgreSQL for several processes',
      { cause },
    );
  }
  return () => {
    lock.close();
  };
}
