import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../app/ports.ts';
import type { DoorReport } from './doors.ts';
import { keptFor } from './kept-for.ts';

/** Whether this process can serve. It has migrated its store before anybody can ask. */
export interface Readiness {
  /** Why it cannot, in sentences; empty when it can. */
  readonly reasons: () => Promise<readonly string[]>;
  /** From now on it cannot: it is about to end. */
  readonly end: () => void;
}

/** A load balancer waits not much longer. */
const STORE_MILLISECONDS = 2_000;
/** Whoever asks without a login must not become a load for the store. */
const KEPT_MILLISECONDS = 1_000;

async function storeProblem(store: Store): Promise<string | undefined> {
  const late = new AbortController();
  try {
    return await Promise.race([
      store.platform.tenants.list({ limit: 1 }).then(() => undefined),
      delay(STORE_MILLISECONDS, 'the store does not answer', { signal: late.signal, ref: false }),
    ]);
  } catch (error) {
    return `the store cannot be read: ${error instanceof Error ? error.message : 'unknown'}`;
  } finally {
    late.abort();
  }
}

const doorProblem = ({ name, open, remark }: DoorReport): readonly string[] =>
  open ? [] : [`door ${name} is closed: ${remark ?? 'unknown'}`];

/** Of the store, and of the doors that are configured open. */
export function readinessOf(store: Store, doors: readonly DoorReport[]): Readiness {
  let isEnding = false;
  const askStore = keptFor(KEPT_MILLISECONDS, () => storeProblem(store));
  return {
    reasons: async () => {
      if (isEnding) return ['it is shutting down'];
      const ofStore = await askStore();
      return [...doors.flatMap(doorProblem), ...(ofStore === undefined ? [] : [ofStore])];
    },
    end: () => {
      isEnding = true;
    },
  };
}
