import { setFlagsFromString } from 'node:v8';

// V8 lets a heap grow up to fourfold before it looks for what is garbage: with 250 MB alive the process took 1,019.
const GROWING_PERCENT = 30;

/**
 * Keeps the memory of a process that runs for months near what is alive in it. Two options more can be said on Node's own command
 * line only, and `npm start` and everything in `deploy/` do: `--max-semi-space-size`, and `--no-memory-reducer`, without which V8
 * collects garbage for a process that has nothing to do. At that moment there is no connection, so V8 takes what it has learned
 * of connections for garbage too, throws away the code that it had compiled for them, and the next phones wait for new code.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
  // Little of a young generation is alive when it is collected: sharing that among threads costs more than it takes.
  setFlagsFromString('--no-parallel-scavenge');
  // V8 may once find that most sockets live long, and from then on makes each of them old (ADR 0015).
  setFlagsFromString('--no-allocation-site-pretenuring');
}
