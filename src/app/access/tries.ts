import { isRecent } from '../../domain/recent.ts';

export interface TryLimits {
  /** Wrong tries that are let pass within the window. */
  readonly most: number;
  readonly windowSeconds: number;
}

/** Counts wrong tries under a name: a user, an address. */
export interface Tries {
  /** Seconds to wait, when there were too many; otherwise undefined. */
  wait(key: string, now: Date): number | undefined;
  note(key: string, now: Date): void;
  /** Takes back the newest: it was right. */
  takeBack(key: string): void;
  forget(key: string): void;
}

const MAX_KEYS = 10_000;

/** Counts in memory, bounded: the longest known goes first when there are too many. */
export function countTries({ most, windowSeconds }: TryLimits): Tries {
  const failures = new Map<string, readonly number[]>();
  const recent = (key: string, now: Date): readonly number[] =>
    (failures.get(key) ?? []).filter((at) => isRecent(at, now, windowSeconds * 1000));
  return {
    wait: (key, now) => {
      const known = recent(key, now);
      const first = known.at(-most);
      return first === undefined ? undefined : Math.ceil((first + windowSeconds * 1000 - now.getTime()) / 1000);
    },
    note: (key, now) => {
      const kept = [...recent(key, now), now.getTime()].slice(-most);
      failures.delete(key);
      failures.set(key, kept);
      const oldest = failures.size > MAX_KEYS ? failures.keys().next().value : undefined;
      if (oldest !== undefined) failures.delete(oldest);
    },
    takeBack: (key) => {
      const known = failures.get(key);
      if (known !== undefined) failures.set(key, known.slice(0, -1));
    },
    forget: (key) => {
      failures.delete(key);
    },
  };
}
