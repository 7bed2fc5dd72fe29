import type { Clock, NonceUses } from '../ports.ts';

/** Most nonces remembered; past that the oldest go, and their next use is answered as stale would be: with a fresh nonce. */
const MAX_NONCES = 50_000;

/** Used counts of nonces in this process's memory. */
export class MemoryNonceUses implements NonceUses {
  readonly #clock: Clock;
  readonly #used = new Map<string, { readonly until: Date; readonly counts: Set<string> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  use(nonce: string, count: string, until: Date): Promise<boolean> {
    this.#forget();
    const known = this.#used.get(nonce);
    if (known?.counts.has(count) === true) return Promise.resolve(false);
    if (known === undefined) this.#used.set(nonce, { until, counts: new Set([count]) });
    else known.counts.add(count);
    return Promise.resolve(true);
  }

  // Nonces end in the order in which they were first used, so the old ones stand first.
  #forget(): void {
    const now = this.#clock.now();
    for (const [nonce, { until }] of this.#used) {
      if (until > now && this.#used.size < MAX_NONCES) return;
      this.#used.delete(nonce);
    }
  }
}
