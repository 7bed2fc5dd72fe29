import { StoreUnavailable } from '../../app/ports.ts';
import type { Session } from './session.ts';

export type StoreOperation = 'read' | 'write';

/**
 * Told of every read and every transaction, with the time from the call to its end (waiting for its turn counts), and
 * whether the database could not do it. A conflict or a constraint is no failure of the database.
 */
export type WatchStore = (operation: StoreOperation, milliseconds: number, failed: boolean) => void;

/** The session as it is, but watched. What runs inside a transaction counts as one write. */
export function watchedSession({ reads, write, writeJournal }: Session, watch: WatchStore = () => undefined): Session {
  const timed = <T>(operation: StoreOperation, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    return work().then(
      (result) => {
        watch(operation, performance.now() - startedAt, false);
        return result;
      },
      (error: unknown) => {
        watch(operation, performance.now() - startedAt, error instanceof StoreUnavailable);
        throw error;
      },
    );
  };
  return {
    reads: {
      ...reads,
      run: (query) => timed('read', () => reads.run(query)),
      first: (text, parameters) => timed('read', () => reads.first(text, parameters)),
      all: (text, parameters) => timed('read', () => reads.all(text, parameters)),
    },
    write: (work, isolation, about) => timed('write', () => write(work, isolation, about)),
    writeJournal: (lines) => timed('write', () => writeJournal(lines)),
  };
}
