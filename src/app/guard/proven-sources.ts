import { isRecent } from '../../domain/recent.ts';
import type { Source } from '../../domain/trust/source.ts';

/** Where phones are that have proven themselves: no firewall may hear of such an address. */
export interface ProvenSources {
  note(source: Source, now: Date): void;
  provenAt(source: Source): Date | undefined;
  /** Those that the store does not know of yet. */
  take(): readonly Source[];
}

const MOST = 65_536;
const MOST_AT_ONCE = 1_000;

/** How exactly the time is known; a phone that comes more often costs one look into a map. */
const EXACT_TO_MILLISECONDS = 600_000;

export function createProvenSources(): ProvenSources {
  const known = new Map<Source, number>();
  const waiting = new Set<Source>();
  return {
    note: (source, now) => {
      const last = known.get(source);
      if (last !== undefined && isRecent(last, now, EXACT_TO_MILLISECONDS)) return;
      // Last in the map again, so that the first is the one that was not heard of longest.
      known.delete(source);
      known.set(source, now.getTime());
      waiting.add(source);
      const first = known.size > MOST ? known.keys().next().value : undefined;
      if (first !== undefined) known.delete(first);
      const late = waiting.size > MOST ? waiting.values().next().value : undefined;
      if (late !== undefined) waiting.delete(late);
    },
    provenAt: (source) => {
      const at = known.get(source);
      return at === undefined ? undefined : new Date(at);
    },
    take: () => {
      const taken = Array.from(waiting).slice(0, MOST_AT_ONCE);
      for (const source of taken) waiting.delete(source);
      return taken;
    },
  };
}
