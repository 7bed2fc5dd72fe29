import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { translate } from './connection.ts';

/** What the thread is started with. */
export interface DiskWorkerData {
  readonly file: string;
  /** Pages in the write-ahead log before a commit brings them in itself, where the timer has not come to it. */
  readonly automaticCheckpointPages: number;
  readonly checkpointEveryMilliseconds: number;
  /** How long it waits for a transaction of the process's own thread. */
  readonly patienceMilliseconds: number;
}

export type DiskOrder =
  { readonly kind: 'journal'; readonly id: number; readonly lines: Uint8Array } | { readonly kind: 'close' };

/** Written, or the reason why not. */
export interface DiskAnswer {
  readonly id: number;
  readonly failure?: { readonly code: string; readonly message: string };
}

/** The thread that works at the disk beside the process's own. */
export interface DiskThread {
  /** All of the records or none; false where there is no such thread (any more), and nobody knows whether they are written. */
  readonly writeJournal: (lines: Uint8Array) => Promise<boolean>;
  /** Resolves when what it was given is written and nothing of it holds the file any more. */
  readonly stop: () => Promise<void>;
}

/** Pages of 4 KB in the write-ahead log, 32 MB, that connections leave to the thread. */
export const RELAXED_PAGES = 8000;
const CHECKPOINT_EVERY_MILLISECONDS = 500;
const PATIENCE_MILLISECONDS = 60_000;
const WORKER = new URL(`./disk-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

interface Caller {
  readonly resolve: (isWritten: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Starts the thread. A checkpoint waits for the disk, some 15 ms after a thousand pages, and the journal of five hundred
 * requests takes as long: done by the process's own thread, every phone that asks just then would wait with it. `onFailure`
 * is called when there is no such thread (any more), and the writer has to do it itself.
 */
export function startDiskThread(file: string, onFailure: () => void, source: URL = WORKER): DiskThread {
  const data: DiskWorkerData = {
    file,
    automaticCheckpointPages: RELAXED_PAGES,
    checkpointEveryMilliseconds: CHECKPOINT_EVERY_MILLISECONDS,
    patienceMilliseconds: PATIENCE_MILLISECONDS,
  };
  const worker = new Worker(source, { workerData: data });
  const callers = new Map<number, Caller>();
  let orders = 0;
  let isThere = true;
  const ended = once(worker, 'exit').catch(() => undefined);
  const give = (order: DiskOrder, handedOver: readonly ArrayBuffer[] = []): void => {
    // A process that has nothing else to do waits for the answer.
    worker.ref();
    worker.postMessage(order, handedOver);
  };
  worker.on('message', ({ id, failure }: DiskAnswer) => {
    const caller = callers.get(id);
    callers.delete(id);
    if (callers.size === 0 && isThere) worker.unref();
    if (failure === undefined) caller?.resolve(true);
    else caller?.reject(translate(Object.assign(new Error(failure.message), { code: failure.code }), file));
  });
  worker.on('error', () => {
    isThere = false;
    onFailure();
    for (const { resolve } of callers.values()) resolve(false);
    callers.clear();
  });
  worker.unref();
  return {
    writeJournal: (lines) =>
      new Promise((resolve, reject) => {
        if (!isThere) {
          resolve(false);
          return;
        }
        const id = ++orders;
        callers.set(id, { resolve, reject });
        const copy = lines.slice();
        give({ kind: 'journal', id, lines: copy }, [copy.buffer]);
      }),
    stop: async () => {
      isThere = false;
      give({ kind: 'close' });
      await ended;
    },
  };
}
