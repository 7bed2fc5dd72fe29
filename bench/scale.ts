/** `BENCH_QUICK=1` runs every goal to its end in seconds, to see that it can: its figures mean nothing. */
export const QUICK = process.env.BENCH_QUICK === '1';

/**
 * How much of everything: the phones of a company of each size, and what one round asks. Of 5,000
 * requests the fifty slowest are those of one collection of garbage: a p99 beside something that lasts wants a round of several.
 */
export const SCALE = QUICK
  ? {
      small: 20,
      usual: 100,
      large: 200,
      imported: 50,
      rounds: 2,
      requests: 200,
      tailRequests: 400,
      transfers: 100,
      created: 20,
      halfOpen: 60,
    }
  : {
      small: 100,
      usual: 10_000,
      large: 100_000,
      imported: 10_000,
      rounds: 5,
      requests: 5_000,
      tailRequests: 20_000,
      transfers: 2_000,
      created: 300,
      halfOpen: 1_000,
    };

/** Phones that ask at the same time on a usual day, and when the power is back. */
export const CLIENTS = 16;
export const MANY_CLIENTS = 200;
