import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs one piece of work at a time, in the order of asking. */
export type InTurn = <T>(work: () => T | Promise<T>) => Promise<T>;

/**
 * Makes such a turn. Work that asks for another turn from inside its own would wait for itself for ever: that is our bug
 * (a transaction that writes through the store outside of it) and is said instead.
 */
export function serialise(): InTurn {
  const inside = new AsyncLocalStorage<{ over: boolean }>();
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    if (inside.getStore()?.over === false) {
      return Promise.reject(
        new Error('a transaction writes through the store it was given, not through the one outside'),
      );
    }
    const turn = { over: false };
    const result = last.then(() => inside.run(turn, work)).finally(() => (turn.over = true));
    last = result.catch(() => undefined);
    return result;
  };
}
