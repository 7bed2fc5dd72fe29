import type { Oui } from '../../domain/mac.ts';
import type { Source } from '../../domain/trust/source.ts';
import type { GuardNews } from '../ports.ts';

/** What waits to be told to the other nodes: one turn, in which a phone proves that its first request was no guess. */
export interface Outbox {
  miss(source: Source): void;
  mac(oui: Oui): void;
  /** One miss less of the source, for one MAC of the prefix; what was told already stays told. */
  forgive(source: Source, oui: Oui): void;
  /** What had been counted at the turn before, the heaviest first; undefined when there was nothing. */
  take(): GuardNews | undefined;
}

// What one node tells at a time, so that a flood of sources makes no flood of rows; who is left out missed once or twice.
const MOST_SOURCES = 500;
const MOST_WAITING = 20_000;

type Counts<Name> = Map<Name, number>;

interface Turn {
  readonly misses: Counts<Source>;
  readonly macs: Counts<Oui>;
}

const newTurn = (): Turn => ({ misses: new Map(), macs: new Map() });

function count<Name>(counts: Counts<Name>, name: Name): void {
  const known = counts.get(name);
  if (known !== undefined || counts.size < MOST_WAITING) counts.set(name, (known ?? 0) + 1);
}

/** Whether there was one to take off. */
function takeOff<Name>(counts: Counts<Name>, name: Name): boolean {
  const known = counts.get(name) ?? 0;
  if (known > 1) counts.set(name, known - 1);
  else counts.delete(name);
  return known > 0;
}

const heaviest = (counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  Array.from(counts)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_SOURCES);

export function createOutbox(): Outbox {
  let due = newTurn();
  let fresh = newTurn();
  return {
    miss: (source) => {
      count(fresh.misses, source);
    },
    mac: (oui) => {
      count(fresh.macs, oui);
    },
    forgive: (source, oui) => {
      if (!takeOff(fresh.misses, source)) takeOff(due.misses, source);
      if (!takeOff(fresh.macs, oui)) takeOff(due.macs, oui);
    },
    take: () => {
      const { misses, macs } = due;
      due = fresh;
      fresh = newTurn();
      return misses.size === 0 && macs.size === 0
        ? undefined
        : { misses: heaviest(misses), macs: heaviest(macs), bans: [], decoys: false };
    },
  };
}
