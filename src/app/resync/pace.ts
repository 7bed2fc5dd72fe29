import { isRecent } from '../../domain/recent.ts';
import type { Clock } from '../ports.ts';

/** So many NOTIFYs a second to one SIP server: each may make a phone fetch, or restart. */
const PER_SECOND = 10;

/** No turn is taken so far ahead, since nobody is taken on who would wait so long. */
const LONGEST_QUEUE_MILLISECONDS = 120_000;

export interface Pace {
  /** Seconds until the next turn at the server, over those who wait for theirs. */
  waitOf(server: string): number;
  /** Resolves when it is this one's turn at the server. */
  turn(server: string): Promise<void>;
}

interface PacePorts {
  readonly clock: Clock;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Turns at each server, a tenth of a second apart and up to half of that earlier or later, so that no two servers beat in step. */
export function createPace({ clock, wait, random }: PacePorts): Pace {
  const free = new Map<string, number>();
  /** When the next turn is. One that was taken while the clock was wrong would be waited for until then. */
  const freeAt = (server: string, now: Date): number => {
    const until = free.get(server) ?? 0;
    return isRecent(until, now, LONGEST_QUEUE_MILLISECONDS) ? Math.max(until, now.getTime()) : now.getTime();
  };
  return {
    waitOf: (server) => {
      const now = clock.now();
      return (freeAt(server, now) - now.getTime()) / 1000;
    },
    turn: async (server) => {
      const today = clock.now();
      const [now, at] = [today.getTime(), freeAt(server, today)];
      // Whose last turn is over has none in the way of the next: it need not be remembered.
      for (const [name, until] of free) if (until <= now) free.delete(name);
      free.set(server, at + (1000 / PER_SECOND) * (0.5 + random()));
      if (at > now) await wait(at - now);
    },
  };
}
