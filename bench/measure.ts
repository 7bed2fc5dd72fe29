/** What one round came to. */
export interface Round {
  readonly perSecond: number;
  readonly p99Milliseconds: number;
  /** Of one core, what the clients took. */
  readonly clientCores: number;
}

export const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);

export const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)] ?? NaN;

const percentile99 = (values: readonly number[]): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * 0.99))] ?? NaN;

/** Any one of them, each as likely as the other. */
export function anyOf<T>(all: readonly T[]): T {
  const one = all[Math.floor(Math.random() * all.length)];
  if (one === undefined) throw new Error('there is none to draw');
  return one;
}

export const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1000;

/** Runs `total` transfers, `atOnce` at a time. */
export async function runRound(
  total: number,
  atOnce: number,
  transfer: (index: number) => Promise<unknown>,
): Promise<Round> {
  const milliseconds: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < total) {
      const startedAt = performance.now();
      await transfer(next++);
      milliseconds.push(performance.now() - startedAt);
    }
  };
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, client));
  const seconds = secondsSince(startedAt);
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    perSecond: total / seconds,
    p99Milliseconds: percentile99(milliseconds),
    clientCores: (user + system) / 1e6 / seconds,
  };
}

/** Rounds of two that take turns: each pair saw the same machine. */
export type Pair<T> = readonly [T, T];

/** Interleaved rounds of both, after one of each that does not count. */
export async function takeTurns<T>(
  rounds: number,
  ours: () => Promise<T>,
  other: () => Promise<T>,
): Promise<readonly Pair<T>[]> {
  await ours();
  await other();
  const pairs: Pair<T>[] = [];
  for (let round = 0; round < rounds; round++) pairs.push([await ours(), await other()]);
  return pairs;
}

/** The median of the ratios, pair by pair. */
export const ratioOf = <T>(pairs: readonly Pair<T>[], pick: (round: T) => number): number =>
  median(pairs.map(([ours, other]) => pick(ours) / pick(other)));

export const perSecond = ({ perSecond: rate }: Round): number => rate;
export const p99 = ({ p99Milliseconds }: Round): number => p99Milliseconds;

const rateOf = (rounds: readonly Round[]): string => `${median(rounds.map(perSecond)).toFixed(0)}/s`;
const clientsOf = (rounds: readonly Round[]): string => median(rounds.map((round) => round.clientCores)).toFixed(2);

/** `4120/s against 9300/s; client 0.55 and 0.97 of a core`. */
export function describeRates(pairs: readonly Pair<Round>[]): string {
  const [ours, other] = [pairs.map(([round]) => round), pairs.map(([, round]) => round)];
  return `${rateOf(ours)} against ${rateOf(other)}; client ${clientsOf(ours)} and ${clientsOf(other)} of a core`;
}
