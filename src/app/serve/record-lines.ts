import type { RequestRecord } from '../ports.ts';

// A thousand records, about.
const BYTES = 640 * 1024;

const encoder = new TextEncoder();

/**
 * Records as lines of JSON, in one piece of memory that lies outside of the heap: as objects they would wait there long enough
 * to count as old, and a collection of what is old takes longer than anything else that a request causes.
 */
export class RecordLines {
  readonly #memory = new Uint8Array(BYTES);
  #used = 0;
  #count = 0;

  /** false where there is no room for the whole of it. */
  add(record: RequestRecord): boolean {
    const line = `${JSON.stringify(record)}\n`;
    const { read, written } = encoder.encodeInto(line, this.#memory.subarray(this.#used));
    if (read < line.length) return false;
    this.#used += written;
    this.#count += 1;
    return true;
  }

  get count(): number {
    return this.#count;
  }

  /** A view of it: good until `clear`. */
  bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#used);
  }

  clear(): void {
    this.#used = 0;
    this.#count = 0;
  }
}
