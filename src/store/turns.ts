import { AsyncLocalStorage } from 'node:async_hooks';

/** One piece of work at a time, in the order of asking. */
export interface Turns {
  readonly inTurn: <T>(work: () => T | Promise<T>) => Promise<T>;
  /**
   * Throws inside a turn. Work that waits for another turn from inside its own would wait for ever: that is our bug (a
   * transaction that writes through the store outside of it), and is said instead.
   */
  readonly assertOutside: () => void;
}

export function takeTurns(): Turns {
  const inside = new AsyncLocalStorage<{ over: boolean }>();
  let last: Promise<unknown> = Promise.resolve();
  const assertOutside = (): void => {
    if (inside.getStore()?.over === false) {
      throw new Error('a transaction writes through the store it was given, not through the one outside');
    }
  };
  return {
    assertOutside,
    inTurn: async (work) => {
      assertOutside();
      const turn = { over: false };
      const result = last.then(() => inside.run(turn, work)).finally(() => (turn.over = true));
      last = result.catch(() => undefined);
      return result;
    },
  };
}
