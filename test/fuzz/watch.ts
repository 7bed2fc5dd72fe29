import { setFlagsFromString } from 'node:v8';
import { createContext, Script, runInNewContext } from 'node:vm';

/** No parser may take longer for one input. */
export const MOST_MILLISECONDS = 100;
const TRIES = 5;

/** Long enough for a machine that has much else to do; who has not ended by then never would. */
const HANGS_MILLISECONDS = 20_000;

// One for all: to make one takes longer than most parsers.
const watched: { work: () => unknown } = { work: () => undefined };
const context = createContext(watched);
const script = new Script('work()');

/**
 * Runs `work` under a watch that ends even what loops without an end; a promise is waited for without one. Its time is that of
 * the processor, and the least of five where the first was too long: only what is slow by itself counts, not what had to wait
 * for the machine, or was compiled meanwhile.
 */
export async function millisecondsOf(work: () => unknown): Promise<number> {
  const once = async (): Promise<number> => {
    watched.work = work;
    const start = process.cpuUsage();
    await script.runInContext(context, { timeout: HANGS_MILLISECONDS });
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  let least = await once();
  for (let again = 1; again < TRIES && least >= MOST_MILLISECONDS; again++) least = Math.min(least, await once());
  return least;
}

setFlagsFromString('--expose-gc');
// As a flag of V8 it comes too late for this context, but not for the next one.
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use when everything that can be let go was let go. */
export function bytesInUse(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
