import { setFlagsFromString } from 'node:v8';

// V8 lets a heap grow up to fourfold before it looks for what is garbage: with 250 MB alive the process took 1,019. Measured on
// two cores at 100,000 phones: twofold takes 571 MB and a tenth off the rate of known phones, four tenths more 494 MB and a
// seventh.
const GROWING_PERCENT = 100;

/**
 * Keeps the memory of a process that runs for months near what is alive in it. Together with `--max-semi-space-size`, which can
 * be said on Node's own command line only: `npm start` and everything in `deploy/` do.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
