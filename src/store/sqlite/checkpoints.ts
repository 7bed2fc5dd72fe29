import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Checkpoints beside the process's own thread. */
export interface Checkpoints {
  /** Resolves when nothing of it holds the file any more. */
  readonly stop: () => Promise<void>;
}

const EVERY_MILLISECONDS = 500;
const WORKER = new URL(`./checkpoint-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/**
 * Starts a thread that checkpoints the write-ahead log. A checkpoint waits for the disk, some 15 ms after a thousand pages:
 * done by the connection that writes, every phone that asks just then would wait with it. `onFailure` is called when there
 * is no such thread (any more), and the writer has to do it itself.
 */
export function startCheckpoints(file: string, onFailure: () => void): Checkpoints {
  const worker = new Worker(WORKER, { workerData: { file, everyMilliseconds: EVERY_MILLISECONDS } });
  const ended = once(worker, 'exit').catch(() => undefined);
  worker.on('error', onFailure);
  worker.unref();
  return {
    stop: async () => {
      // A process that has nothing else to do waits for this one.
      worker.ref();
      worker.postMessage('close');
      await ended;
    },
  };
}
