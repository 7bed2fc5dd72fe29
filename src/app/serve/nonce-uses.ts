import type { NonceUses } from '../ports.ts';

/** Most nonces remembered. */
const MAX_NONCES = 50_000;

/**
 * So long after its first use a nonce is remembered whatever the clock says: one that was ahead for a while and is back takes
 * nonces of before it again. Longer than a nonce lives, with the grace that clocks get.
 */
const AT_LEAST_MILLISECONDS = 400_000;

interface Used {
  readonly until: Date;
  /** Of the clock that nobody sets. */
  readonly since: number;
  readonly counts: Set<string>;
}

/**
 * Used counts of nonces in this process's memory, for a process that has its store to itself. It remembers nothing of
 * before its start, so nonces of before (another epoch) are stale; and once the oldest had to be forgotten before their
 * time, so is every nonce of their age: the phone comes again with the fresh one it is given.
 */
export class MemoryNonceUses implements NonceUses {
  readonly epoch: string;
  readonly #elapsed: () => number;
  readonly #used = new Map<string, Used>();
  /** What ends no later may have been forgotten. */
  #forgottenUntil = 0;

  /** `elapsed` gives milliseconds of a clock that nobody sets. */
  constructor(epoch: string, elapsed: () => number) {
    this.epoch = epoch;
    this.#elapsed = elapsed;
  }

  use(nonce: string, count: string, until: Date): Promise<boolean> {
    const known = this.#used.get(nonce);
    if (known === undefined) {
      if (until.getTime() <= this.#forgottenUntil) return Promise.resolve(false);
      this.#used.set(nonce, { until, since: this.#elapsed(), counts: new Set([count]) });
      if (this.#used.size > MAX_NONCES) this.#forgetOldest();
      return Promise.resolve(true);
    }
    if (known.counts.has(count)) return Promise.resolve(false);
    known.counts.add(count);
    return Promise.resolve(true);
  }

  forget(now: Date): Promise<void> {
    const longAgo = this.#elapsed() - AT_LEAST_MILLISECONDS;
    for (const [nonce, { until, since }] of this.#used) if (until < now && since < longAgo) this.#used.delete(nonce);
    return Promise.resolve();
  }

  // Nonces end nearly in the order in which they were first used.
  #forgetOldest(): void {
    for (const [nonce, { until }] of this.#used) {
      this.#forgottenUntil = Math.max(this.#forgottenUntil, until.getTime());
      this.#used.delete(nonce);
      return;
    }
  }
}
