import { StoreUnavailable } from '../../app/ports.ts';
import type { Session } from './session.ts';

export type StoreOperation = 'read' | 'write';

/**
 * Told of every read and every transaction, with the time from the call to its end (waiting for its turn counts), and
 * whether the database could not do it. A conflict or a constraint is no failure of the database.
 */
export type WatchStore = (operation: StoreOperation, milliseconds: number, failed: boolean) => void;

/** The session as it is, but watched. What runs inside a transaction counts as one write. */
export function watchedSession({ reads, write }: Session, watch: WatchStore = () => undefined): Session {
  const timed = async <T>(operation: StoreOperation, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    let failed = false;
    try {
      return await work();
    } catch (error) {
      failed = error instanceof StoreUnavailable;
      throw error;
    } finally {
      watch(operation, performance.now() - startedAt, failed);
    }
  };
  return {
    reads: {
      ...reads,
      run: (query) => timed('read', () => reads.run(query)),
      first: (text, parameters) => timed('read', () => reads.first(text, parameters)),
    },
    write: (work, isolation) => timed('write', () => write(work, isolation)),
  };
}
