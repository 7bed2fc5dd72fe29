import { Buffer } from 'node:buffer';
import { createGuardState, type GuardLimits, type GuardPorts } from '../app/guard/guard.ts';
import { loadGuard } from '../app/guard/load-guard.ts';
import { shareCounters, trimGuard } from '../app/guard/share-counters.ts';
import type { Clock, Crypto, Log, Store } from '../app/ports.ts';
import type { Config } from '../config.ts';
import { commandFirewall } from './firewall.ts';

export interface GuardWorld {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
}

export interface OpenGuard {
  readonly ports: GuardPorts;
  /** One turn with the other nodes. */
  readonly share: () => Promise<void>;
  /** Forgets what is over. */
  readonly trim: () => Promise<void>;
  /** Resolves when no ban is being written any more. */
  finish(): Promise<void>;
}

const SWEEP_WINDOW_MINUTES = 10;

const limitsOf = ({ guard }: Config): GuardLimits => ({
  enabled: guard.enabled,
  misses: guard.missesPerMinute,
  windowMinutes: 1,
  missesToBan: guard.missesToBan,
  sweep: { macs: guard.sweepMacs, windowMinutes: SWEEP_WINDOW_MINUTES },
  ban: { minutes: guard.banMinutes, mostMinutes: guard.mostBanMinutes },
  never: guard.never,
});

/** The guard of this process, with the bans and decoys that the store knows. */
export async function openGuard({ config, store, clock, crypto, log }: GuardWorld): Promise<OpenGuard> {
  const limits = limitsOf(config);
  const unfinished = new Set<Promise<void>>();
  const { banCommand } = config.guard;
  const ports: GuardPorts = {
    store,
    clock,
    crypto,
    log,
    limits,
    node: crypto.id(),
    decodeBase64: (text) => Buffer.from(text, 'base64').toString('utf8'),
    state: createGuardState(limits),
    ...(banCommand === undefined ? {} : { firewall: commandFirewall(banCommand, log) }),
    goesOn: (work) => {
      const noted = work
        .catch((error: unknown) => {
          // This node holds the ban in memory; the others will see for themselves.
          log.error('ban_not_kept', { reason: error instanceof Error ? error.message : 'unknown' });
        })
        .finally(() => unfinished.delete(noted));
      unfinished.add(noted);
    },
  };
  await loadGuard(ports);
  return {
    ports,
    share: shareCounters(ports),
    trim: trimGuard(ports),
    finish: async () => {
      while (unfinished.size > 0) await Promise.all(unfinished);
    },
  };
}
