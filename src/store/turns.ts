import { StoreUnavailable } from '../app/ports.ts';

/** One piece of work at a time, in the order of asking. */
export interface Turns {
  /** Rejects with `StoreUnavailable` when the turns before it have taken too long; the work is not begun then. */
  readonly inTurn: <T>(work: () => T | Promise<T>) => Promise<T>;
}

// Longer than the import of a hundred thousand phones. Work that waits for another turn from inside its own (a transaction
// that writes through the store outside of it, which is our bug) would wait for ever: it is told after that time instead.
// Node 20 can tell such work at once by AsyncLocalStorage, but every promise of the process then pays for it: a third of
// the time of a phone's request, measured.
const PATIENCE_MILLISECONDS = 60_000;

/** Turns at several things at once: whoever names the same one waits. */
export type NamedTurns = <T>(names: readonly string[], work: () => Promise<T>) => Promise<T>;

export function takeTurns(patienceMilliseconds = PATIENCE_MILLISECONDS): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    inTurn: <T>(work: () => T | Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        let isWaiting = true;
        const patience = setTimeout(() => {
          isWaiting = false;
          reject(
            new StoreUnavailable('the writes before this one take too long, or it waits for the one it is part of'),
          );
        }, patienceMilliseconds);
        const turn = last.then(async () => {
          clearTimeout(patience);
          if (isWaiting) resolve(await work());
        });
        last = turn.catch(reject);
      }),
  };
}

/** They are taken in one order, so that two who name the same ones can't hold each other up. */
export function takeNamedTurns(patienceMilliseconds = PATIENCE_MILLISECONDS): NamedTurns {
  const taken = new Map<string, { readonly turns: Turns; takers: number }>();
  const inTurnAt = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const entry = taken.get(name) ?? { turns: takeTurns(patienceMilliseconds), takers: 0 };
    taken.set(name, entry);
    entry.takers += 1;
    try {
      return await entry.turns.inTurn(work);
    } finally {
      entry.takers -= 1;
      if (entry.takers === 0) taken.delete(name);
    }
  };
  return (names, work) =>
    Array.from(new Set(names))
      .sort()
      .reduce((inner, name) => () => inTurnAt(name, inner), work)();
}
