import { isRecent } from '../../domain/recent.ts';
import type { AccessToken, Clock, Log, Store } from '../ports.ts';

/** Notes when and from where each token was last used. */
export interface TokenUses {
  /** Returns at once; nobody waits for the note, and of many uses within a minute only the first is written. */
  note(token: AccessToken, from: string): void;
  /** When everything that was noted is written. */
  settled(): Promise<void>;
}

const EVERY_MILLISECONDS = 60_000;
const MAX_TOKENS = 10_000;

export function noteTokenUses({
  store,
  clock,
  log,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}): TokenUses {
  const writtenAt = new Map<string, number>();
  const writing = new Set<Promise<void>>();
  const write = async (id: string, at: string, from: string): Promise<void> => {
    try {
      await store.platform.tokens.noteUse(id, { at, from });
    } catch (error) {
      // The request itself goes on: a store that cannot be written still answers what can be read.
      log.warn('token_use_failed', { reason: error instanceof Error ? error.message : 'unknown' });
    }
  };
  return {
    note: ({ id }, from) => {
      const now = clock.now();
      const last = writtenAt.get(id);
      if (last !== undefined && isRecent(last, now, EVERY_MILLISECONDS)) return;
      if (writtenAt.size >= MAX_TOKENS) writtenAt.clear();
      writtenAt.set(id, now.getTime());
      const written = write(id, now.toISOString(), from).finally(() => writing.delete(written));
      writing.add(written);
    },
    settled: async () => {
      await Promise.all(writing);
    },
  };
}
