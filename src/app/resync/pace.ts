import type { Clock } from '../ports.ts';

/** So many NOTIFYs a second to one SIP server: each may make a phone fetch, or restart. */
const PER_SECOND = 10;

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
  return {
    waitOf: (server) => Math.max(0, (free.get(server) ?? 0) - clock.now().getTime()) / 1000,
    turn: async (server) => {
      const now = clock.now().getTime();
      const at = Math.max(now, free.get(server) ?? 0);
      // Whose last turn is over has none in the way of the next: it need not be remembered.
      for (const [name, until] of free) if (until <= now) free.delete(name);
      free.set(server, at + (1000 / PER_SECOND) * (0.5 + random()));
      if (at > now) await wait(at - now);
    },
  };
}
