import type { PhoneState } from '../domain/phone.ts';

/**
 * Whether what a phone should have was computed for this fingerprint. Undefined for a phone that was never served: it is
 * not compared, it is waited for.
 */
export function isCompared(state: PhoneState, fingerprint: string): boolean | undefined {
  if (Object.keys(state.served).length === 0) return undefined;
  return state.desired?.fingerprint === fingerprint;
}

/** Whether the phone told or was given something that its next file depends on. */
export const isNoticed = (before: PhoneState, after: PhoneState): boolean =>
  before.seen?.firmware !== after.seen?.firmware ||
  before.seen?.model !== after.seen?.model ||
  before.given.length !== after.given.length ||
  before.given.some((name, index) => name !== after.given[index]);
