import { fork, type ChildProcess } from 'node:child_process';

/** A server under test in a process of its own. */
export interface Server<Ready> {
  readonly ready: Ready;
  stop(): Promise<void>;
}

/** Starts a file of this folder and waits until it says what it is ready with. */
export function startServer<Ready>(file: string, argument: object): Promise<Server<Ready>> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), [JSON.stringify(argument)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`${file} ended with ${String(code)}`));
    });
    child.once('message', (ready) => {
      // `as`: what the file sends is declared beside it.
      resolve({ ready: ready as Ready, stop: () => stopChild(child) });
    });
  });
}

function stopChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGTERM');
  });
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Runs `total` transfers, `atOnce` at a time, and says how many a second it were. */
export async function ratePerSecond(
  total: number,
  atOnce: number,
  transfer: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < total) await transfer(next++);
  };
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return total / (Number(process.hrtime.bigint() - start) / 1e9);
}

export interface Compared {
  readonly ours: number;
  readonly yardstick: number;
  readonly ratio: number;
}

/** Interleaved rounds of both, after a warm-up; medians, and the median of the ratios round by round. */
export async function compare(
  rounds: number,
  ours: () => Promise<number>,
  yardstick: () => Promise<number>,
): Promise<Compared> {
  await ours();
  await yardstick();
  const pairs: { readonly ours: number; readonly yardstick: number }[] = [];
  for (let round = 0; round < rounds; round++) pairs.push({ ours: await ours(), yardstick: await yardstick() });
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    yardstick: median(pairs.map((pair) => pair.yardstick)),
    ratio: median(pairs.map((pair) => pair.ours / pair.yardstick)),
  };
}
