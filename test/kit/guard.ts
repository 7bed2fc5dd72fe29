import { createGuardState, type GuardLimits, type GuardPorts } from '../../src/app/guard/guard.ts';
import type { Clock, Crypto, Store } from '../../src/app/ports.ts';
import { collectLog, type LogLine } from './door.ts';

/** The defaults of the product. */
export const GUARD_LIMITS: GuardLimits = {
  enabled: true,
  misses: 30,
  windowMinutes: 1,
  missesToBan: 120,
  sweep: { macs: 200, windowMinutes: 10 },
  ban: { minutes: 60, mostMinutes: 1440 },
  never: [],
};

export interface TestGuard extends GuardPorts {
  readonly lines: readonly LogLine[];
  /** Resolves when no ban is being written any more. */
  finish(): Promise<void>;
}

let nodes = 0;

/** The guard of a node of its own, over a store that others may share. */
export function testGuard(store: Store, crypto: Crypto, clock: Clock, changes: Partial<GuardLimits> = {}): TestGuard {
  const limits = { ...GUARD_LIMITS, ...changes };
  const { log, lines } = collectLog();
  const unfinished = new Set<Promise<void>>();
  return {
    store,
    crypto,
    clock,
    log,
    lines,
    limits,
    node: `node-${String((nodes += 1))}`,
    decodeBase64: (text) => Buffer.from(text, 'base64').toString('utf8'),
    state: createGuardState(limits),
    goesOn: (work) => {
      unfinished.add(work);
      void work.finally(() => unfinished.delete(work));
    },
    finish: async () => {
      while (unfinished.size > 0) await Promise.all(unfinished);
    },
  };
}
