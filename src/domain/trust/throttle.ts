import type { Source } from './source.ts';

export interface ThrottleLimits {
  /** Misses that a source may have at once, and that it is forgiven in each window. */
  readonly misses: number;
  readonly windowMinutes: number;
  /** Misses that are too many for a pause to help. */
  readonly missesToBan: number;
}

/** A request that found nothing by proof: for whom, and what was guessed. */
export interface Guess {
  readonly source: Source;
  /** The MAC, file, token or password that was tried. The same again is a phone's repetition, not another guess. */
  readonly what: string;
  /** It came over a connection, so the address cannot be forged; a datagram's can. */
  readonly connected: boolean;
}

/** `too_many`: a pause does not help any more. */
export type Counted = 'repeated' | 'counted' | 'too_many';

/** Misses of each source, within memory that does not grow. */
export interface Throttle {
  readonly size: number;
  /** Seconds until the source may ask again; undefined while it may. */
  wait(source: Source, now: Date): number | undefined;
  miss(guess: Guess, now: Date): Counted;
  /** Misses that other nodes counted. */
  add(source: Source, misses: number, now: Date): void;
  /** What was guessed here has been proven by now: it was no miss. Whether it had been counted as one. */
  forgive(source: Source, what: string): boolean;
  forget(source: Source): void;
}

/** What is known of one source. */
interface Suspect {
  /** Misses not yet forgiven by time. */
  misses: number;
  /** When `misses` was true, in milliseconds. */
  at: number;
  /** Hashes of the last things it tried. */
  readonly tried: number[];
  rank: Rank;
}

type Rank = 'fleeting' | 'present' | 'guilty';

/**
 * Who is forgotten first. A datagram's source may be forged, so a flood of them fills `fleeting` and pushes out nobody but
 * each other; `present` takes an address that really is there, or has missed several times; only whoever has been made to
 * wait is `guilty`, and only others like him push him out. Within a rank the one that was quiet longest goes.
 */
const ROOM = { fleeting: 4_000, present: 12_000, guilty: 4_000 } as const satisfies Record<Rank, number>;
const PRESENT_AFTER_MISSES = 4;

const RANKS: readonly Rank[] = ['fleeting', 'present', 'guilty'];

/** FNV-1a, 32 bits: two guesses that share a hash count as one, which harms nobody. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

const strongest = (a: Rank, b: Rank): Rank => (RANKS.indexOf(a) >= RANKS.indexOf(b) ? a : b);

class SourceThrottle implements Throttle {
  readonly #limits: ThrottleLimits;
  readonly #suspects = new Map<Source, Suspect>();
  readonly #ranks: Readonly<Record<Rank, Set<Source>>> = {
    fleeting: new Set(),
    present: new Set(),
    guilty: new Set(),
  };

  constructor(limits: ThrottleLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#suspects.size;
  }

  wait(source: Source, now: Date): number | undefined {
    const suspect = this.#suspects.get(source);
    if (suspect === undefined) return undefined;
    const { misses, windowMinutes } = this.#limits;
    const over = this.#missesOf(suspect, now) - misses;
    return over < 0 ? undefined : Math.max(1, Math.ceil(((over + 1) * windowMinutes * 60) / misses));
  }

  miss({ source, what, connected }: Guess, now: Date): Counted {
    const suspect = this.#suspects.get(source) ?? this.#meet(source, now);
    const hash = hashOf(what);
    const repeated = suspect.tried.includes(hash);
    if (!repeated) {
      suspect.tried.push(hash);
      if (suspect.tried.length > this.#limits.missesToBan) suspect.tried.shift();
    }
    return this.#count(source, suspect, { misses: repeated ? 0 : 1, connected }, now);
  }

  add(source: Source, misses: number, now: Date): void {
    const suspect = this.#suspects.get(source) ?? this.#meet(source, now);
    this.#count(source, suspect, { misses, connected: true }, now);
  }

  forgive(source: Source, what: string): boolean {
    const suspect = this.#suspects.get(source);
    const place = suspect?.tried.indexOf(hashOf(what)) ?? -1;
    if (suspect === undefined || place < 0) return false;
    suspect.tried.splice(place, 1);
    suspect.misses = Math.max(0, suspect.misses - 1);
    return true;
  }

  forget(source: Source): void {
    const suspect = this.#suspects.get(source);
    if (suspect === undefined) return;
    this.#suspects.delete(source);
    this.#ranks[suspect.rank].delete(source);
  }

  #missesOf(suspect: Suspect, now: Date): number {
    // Where the clock was set back, time goes on from here: else nothing would be forgiven until it is as late again.
    suspect.at = Math.min(suspect.at, now.getTime());
    const { misses, at } = suspect;
    const windows = (now.getTime() - at) / (this.#limits.windowMinutes * 60_000);
    return Math.max(0, misses - windows * this.#limits.misses);
  }

  #meet(source: Source, now: Date): Suspect {
    const suspect: Suspect = { misses: 0, at: now.getTime(), tried: [], rank: 'fleeting' };
    this.#suspects.set(source, suspect);
    return suspect;
  }

  #count(
    source: Source,
    suspect: Suspect,
    { misses, connected }: { readonly misses: number; readonly connected: boolean },
    now: Date,
  ): Counted {
    suspect.misses = this.#missesOf(suspect, now) + misses;
    suspect.at = now.getTime();
    const { misses: most, missesToBan } = this.#limits;
    const earned: Rank =
      suspect.misses >= most ? 'guilty' : connected || suspect.misses >= PRESENT_AFTER_MISSES ? 'present' : 'fleeting';
    this.#place(source, suspect, strongest(suspect.rank, earned));
    if (suspect.misses >= missesToBan) return 'too_many';
    return misses === 0 ? 'repeated' : 'counted';
  }

  /** Puts the source last in its rank, and lets the first go when there is no room. */
  #place(source: Source, suspect: Suspect, rank: Rank): void {
    this.#ranks[suspect.rank].delete(source);
    suspect.rank = rank;
    const ranked = this.#ranks[rank].add(source);
    const first = ranked.size > ROOM[rank] ? ranked.values().next().value : undefined;
    if (first !== undefined) this.forget(first);
  }
}

/**
 * Counts misses as a bucket that leaks: `misses` fit in, and as many are forgiven in each window. Known and unknown
 * MACs count alike, so that being throttled tells nothing of what is stored: what counts is how many *different* ones a
 * source asks for. A phone asks for its own few names again and again, a scanner for many.
 */
export const createThrottle = (limits: ThrottleLimits): Throttle => new SourceThrottle(limits);
