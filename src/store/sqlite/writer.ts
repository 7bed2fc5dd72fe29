import { setImmediate } from 'node:timers/promises';
import { takeTurns, type Turns } from '../turns.ts';
import type { Session } from '../sql/session.ts';
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

/** A write that waits for its turn. */
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

// Whoever is done waits no longer than this for those after him to be done as well.
const TOGETHER_MILLISECONDS = 10;

/** One sync of the disk for all that waits, or as much of it as is soon done; nobody is told before it. */
async function runTogether(writer: Connection, waiting: Waiting[], onCommit: () => void): Promise<void> {
  const begun: Waiting[] = [];
  try {
    const tellings = await inTransaction(
      writer,
      async () => {
        const told: (() => void)[] = [];
        const until = performance.now() + TOGETHER_MILLISECONDS;
        for (
          let one = waiting.shift();
          one !== undefined;
          one = performance.now() < until ? waiting.shift() : undefined
        ) {
          begun.push(one);
          told.push(await runInSavepoint(writer, one));
        }
        return told;
      },
      onCommit,
    );
    for (const tell of tellings) tell();
  } catch (error) {
    // Where there was no transaction at all, nobody's turn will be a better one.
    for (const { reject } of begun.length > 0 ? begun : waiting.splice(0)) reject(error);
  }
}

export interface Writer extends Pick<Session, 'write'> {
  readonly turns: Turns;
  /** Counts the transactions after which looking up may give something else: nobody but this process writes. */
  readonly changes: () => number;
}

/**
 * Writes one after the other, never mixed with other callers' writes. Those that have come together while they waited share
 * one transaction, and one sync of the disk: what several people or programs write at once, and what phones do in a boot storm.
 */
export function createWriter(writer: Connection, patienceMilliseconds?: number): Writer {
  const turns = takeTurns(patienceMilliseconds);
  const waiting: Waiting[] = [];
  let changes = 0;
  let isTurnAsked = false;
  const onCommit = (): void => {
    if (writer.takeNote()) changes += 1;
  };
  const runWaiting = async (): Promise<void> => {
    // Requests that lie ready beside this one are read first: their writes come along.
    await setImmediate();
    isTurnAsked = false;
    if (waiting.length > 0) await runTogether(writer, waiting, onCommit);
    askForTurn();
  };
  const askForTurn = (): void => {
    if (isTurnAsked || waiting.length === 0) return;
    isTurnAsked = true;
    turns.inTurn(runWaiting).catch((error: unknown) => {
      isTurnAsked = false;
      for (const { reject } of waiting.splice(0)) reject(error);
    });
  };
  return {
    turns,
    changes: () => changes,
    write: (work, isolation = 'serializable') =>
      new Promise((resolve, reject) => {
        const run = async (): Promise<() => void> => {
          // What phones note of themselves changes nothing that is looked up.
          if (isolation === 'serializable') writer.noteChange();
          const result = await work(writer);
          return () => {
            resolve(result);
          };
        };
        waiting.push({ run, reject });
        askForTurn();
      }),
  };
}
