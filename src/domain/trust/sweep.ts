import { isRecent } from '../recent.ts';
import { ouiOf, type Mac, type Oui } from '../mac.ts';
import type { Source } from './source.ts';

export interface SweepLimits {
  /** Different MACs of one maker prefix, asked for without proof within the window, that are a sweep. */
  readonly macs: number;
  readonly windowMinutes: number;
}

/** What one more MAC has made of a maker prefix. */
export interface SweepNews {
  /** The limit has been reached just now: the alarm is due, once in a window. */
  readonly begun?: { readonly oui: Oui; readonly macs: number; readonly sources: number };
  /** Sources that take part, each told once. */
  readonly takePart: readonly Source[];
}

/** Counts over all sources together who walks through a maker prefix. */
export interface Sweeps {
  note(mac: Mac, source: Source, now: Date): SweepNews;
  /** The phone itself has asked for it: no step of a walk that has not begun. */
  forgive(mac: Mac, source: Source): void;
  /** Different MACs that other nodes counted. */
  add(oui: Oui, macs: number, now: Date): SweepNews;
}

/** One maker prefix within its window. */
interface Walk {
  /** In milliseconds. */
  readonly since: number;
  /** Last halves of the MACs, until there are enough of them. */
  readonly suffixes: Set<number>;
  elsewhere: number;
  /** How many MACs each source asked for; -1 once it was told. */
  readonly sources: Map<Source, number>;
  begun: boolean;
}

// A phone fresh from its carton that comes in the middle of a sweep asks for one MAC, an office for a few: neither takes part.
const TAKES_PART_WITH_MACS = 3;
const TOLD = -1;

/** Sources remembered for each prefix; the first that came goes first. */
const MAX_SOURCES = 5_000;

const QUIET: SweepNews = { takePart: [] };

function noteSource(walk: Walk, source: Source): void {
  const macs = walk.sources.get(source) ?? 0;
  if (macs === TOLD) return;
  walk.sources.set(source, macs + 1);
  const first = walk.sources.size > MAX_SOURCES ? walk.sources.keys().next().value : undefined;
  if (first !== undefined) walk.sources.delete(first);
}

function tell(walk: Walk, among: Iterable<readonly [Source, number]>): readonly Source[] {
  const found = Array.from(among).filter(([, macs]) => macs >= TAKES_PART_WITH_MACS);
  for (const [source] of found) walk.sources.set(source, TOLD);
  return found.map(([source]) => source);
}

/**
 * Walks are counted for each maker prefix in windows that follow each other. Memory is bounded when the callers note MACs of
 * listed makers only: there are so many prefixes, each with so many suffixes and sources.
 */
export function createSweeps({ macs: limit, windowMinutes }: SweepLimits): Sweeps {
  const walks = new Map<Oui, Walk>();
  const walkOf = (oui: Oui, now: Date): Walk => {
    const known = walks.get(oui);
    if (known !== undefined && isRecent(known.since, now, windowMinutes * 60_000)) return known;
    const walk: Walk = { since: now.getTime(), suffixes: new Set(), elsewhere: 0, sources: new Map(), begun: false };
    walks.set(oui, walk);
    return walk;
  };
  const begin = (oui: Oui, walk: Walk): SweepNews => {
    const macs = walk.suffixes.size + walk.elsewhere;
    if (walk.begun || macs < limit) return QUIET;
    walk.begun = true;
    return { begun: { oui, macs, sources: walk.sources.size }, takePart: tell(walk, walk.sources) };
  };
  return {
    note: (mac, source, now) => {
      const oui = ouiOf(mac);
      const walk = walkOf(oui, now);
      const suffix = Number.parseInt(mac.slice(6), 16);
      if (walk.suffixes.has(suffix)) return QUIET;
      if (!walk.begun) walk.suffixes.add(suffix);
      noteSource(walk, source);
      return walk.begun ? { takePart: tell(walk, [[source, walk.sources.get(source) ?? 0]]) } : begin(oui, walk);
    },
    forgive: (mac, source) => {
      const walk = walks.get(ouiOf(mac));
      if (walk === undefined || walk.begun || !walk.suffixes.delete(Number.parseInt(mac.slice(6), 16))) return;
      const macs = walk.sources.get(source) ?? 0;
      if (macs > 1) walk.sources.set(source, macs - 1);
      else walk.sources.delete(source);
    },
    add: (oui, macs, now) => {
      const walk = walkOf(oui, now);
      walk.elsewhere += macs;
      return begin(oui, walk);
    },
  };
}
