import type { Oui } from '../../domain/mac.ts';
import type { Source } from '../../domain/trust/source.ts';
import type { GuardNews } from '../ports.ts';

/** What waits to be told to the other nodes. */
export interface Outbox {
  miss(source: Source): void;
  mac(oui: Oui): void;
  /** What has been counted since the last time, the heaviest first; undefined when there is nothing. */
  take(): GuardNews | undefined;
}

// What one node tells at a time, so that a flood of sources makes no flood of rows; who is left out missed once or twice.
const MOST_SOURCES = 500;
const MOST_WAITING = 20_000;

const heaviest = (counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  Array.from(counts)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST_SOURCES);

export function createOutbox(): Outbox {
  const misses = new Map<Source, number>();
  const macs = new Map<Oui, number>();
  return {
    miss: (source) => {
      const known = misses.get(source);
      if (known !== undefined || misses.size < MOST_WAITING) misses.set(source, (known ?? 0) + 1);
    },
    mac: (oui) => {
      macs.set(oui, (macs.get(oui) ?? 0) + 1);
    },
    take: () => {
      if (misses.size === 0 && macs.size === 0) return undefined;
      const news: GuardNews = { misses: heaviest(misses), macs: heaviest(macs), bans: [], decoys: false };
      misses.clear();
      macs.clear();
      return news;
    },
  };
}
