import { takeTurns, type Turns } from '../turns.ts';
import type { Executor, Session } from '../sql/session.ts';
import type { Connection } from './connection.ts';

/** Runs `work` in a transaction of the one writing connection. */
export async function inTransaction<T>(writer: Connection, work: () => Promise<T>, onCommit?: () => void): Promise<T> {
  writer.execute('BEGIN IMMEDIATE');
  try {
    const result = await work();
    writer.execute('COMMIT');
    onCommit?.();
    return result;
  } catch (error) {
    // A full disk has ended the transaction already (https://www.sqlite.org/lang_transaction.html, "Response To Errors").
    if (writer.inTransaction()) writer.execute('ROLLBACK');
    throw error;
  }
}

/** A short write that waits for its turn. */
interface Waiting {
  /** Does the work; what it gives back tells the caller that it is kept. */
  readonly run: () => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/** One of several writes in one transaction: when it fails, only it is undone. */
async function runInSavepoint(writer: Connection, { run, reject }: Waiting): Promise<() => void> {
  writer.execute('SAVEPOINT one');
  try {
    return await run();
  } catch (error) {
    if (!writer.inTransaction()) throw error;
    writer.execute('ROLLBACK TO one');
    return () => {
      reject(error);
    };
  } finally {
    if (writer.inTransaction()) writer.execute('RELEASE one');
  }
}

/** One sync of the disk for all that waits; nobody is told before it. */
async function runTogether(writer: Connection, batch: readonly Waiting[], onCommit: () => void): Promise<void> {
  try {
    const tellings = await inTransaction(
      writer,
      async () => {
        const told: (() => void)[] = [];
        for (const one of batch) told.push(await runInSavepoint(writer, one));
        return told;
      },
      onCommit,
    );
    for (const tell of tellings) tell();
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

export interface Writer extends Pick<Session, 'write'> {
  readonly turns: Turns;
  /** Counts the transactions after which looking up may give something else: nobody but this process writes. */
  readonly changes: () => number;
}

/**
 * Transactions one after the other, never mixed with other callers' writes. Short writes (what phones do) that have come
 * together while they waited share one transaction: a boot storm is bound by syncs of the disk, not by rows.
 */
export function createWriter(writer: Connection, patienceMilliseconds?: number): Writer {
  const turns = takeTurns(patienceMilliseconds);
  let changes = 0;
  const countChange = (): void => {
    if (writer.takeNote()) changes += 1;
  };
  let waiting: Waiting[] = [];
  const runWaiting = (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    return runTogether(writer, batch, countChange);
  };
  const writeShort = <T>(work: (db: Executor) => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const run = async (): Promise<() => void> => {
        const result = await work(writer);
        return () => {
          resolve(result);
        };
      };
      waiting.push({ run, reject });
      if (waiting.length === 1) turns.inTurn(runWaiting).catch(reject);
    });
  const writeWhole = <T>(work: (db: Executor) => Promise<T>): Promise<T> => {
    writer.noteChange();
    return inTransaction(writer, () => work(writer), countChange);
  };
  return {
    turns,
    changes: () => changes,
    write: (work, isolation = 'serializable') =>
      isolation === 'row_locks' ? writeShort(work) : turns.inTurn(() => writeWhole(work)),
  };
}
