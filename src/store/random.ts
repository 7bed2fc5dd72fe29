import { randomFillSync } from 'node:crypto';

// One call into the generator costs more than the bytes: nonces and tags are cut from a block of them.
const block = Buffer.alloc(4096);
let used = block.length;

/** A few bytes from the system's generator, none of them given twice. */
export function randomFew(count: number): Buffer {
  if (used + count > block.length) {
    randomFillSync(block);
    used = 0;
  }
  const bytes = Buffer.from(block.subarray(used, used + count));
  block.fill(0, used, used + count);
  used += count;
  return bytes;
}

/** The next byte, for what is no secret: it stays in the block until that is filled anew. */
export function randomByte(): number {
  if (used === block.length) {
    randomFillSync(block);
    used = 0;
  }
  return block[used++] ?? 0;
}
