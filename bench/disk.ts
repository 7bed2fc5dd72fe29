import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { secondsSince } from './measure.ts';

const BYTES = 4096;
const WRITES = 500;

/** How often a second this disk makes an append of 4 KB durable, one after the other. */
export function durableWritesPerSecond(directory: string): number {
  const path = join(directory, 'fdatasync');
  const file = openSync(path, 'a');
  const startedAt = performance.now();
  for (let n = 0; n < WRITES; n++) {
    writeSync(file, Buffer.alloc(BYTES, n));
    fdatasyncSync(file);
  }
  const rate = WRITES / secondsSince(startedAt);
  closeSync(file);
  rmSync(path);
  return rate;
}
