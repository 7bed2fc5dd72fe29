/** A file kept as what it has of its own, and the stretches that it shares with a sibling. */
export interface Difference {
  readonly sibling: Sibling;
  readonly length: number;
  /** Stretches in order: where in the sibling and how long, or `OWN` and how much of `own`. */
  readonly stretches: Uint32Array;
  readonly own: Uint8Array;
}

/** A whole file that others are kept as differences from, with the place of each of its lines. */
export interface Sibling {
  readonly bytes: Uint8Array;
  readonly lines: ReadonlyMap<string, number>;
}

const LINE_FEED = 10;
const OWN = 0xffff_ffff;

/** Begin and end of each line, its line feed included; a file in one line is one line. */
function* linesOf(bytes: Uint8Array): Generator<readonly [number, number]> {
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    yield [start, end];
    start = end;
  }
}

// Every byte is a character of its own: the text is for comparing, in whatever charset the file is.
const decoder = new TextDecoder('latin1');
const textOf = (bytes: Uint8Array, start: number, end: number): string => decoder.decode(bytes.subarray(start, end));

export function asSibling(bytes: Uint8Array): Sibling {
  const lines = new Map<string, number>();
  for (const [start, end] of linesOf(bytes)) lines.set(textOf(bytes, start, end), start);
  return { bytes, lines };
}

interface Stretch {
  readonly from: number;
  length: number;
}

/** Where the stretch would go on; what is its own goes on with what is its own. */
const endOf = ({ from, length }: Stretch): number => (from === OWN ? OWN : from + length);

/** Phones of one model and template differ in some lines of a hundred: kept like this, a file takes a fifth. */
export function differenceFrom(sibling: Sibling, bytes: Uint8Array): Difference {
  const stretches: Stretch[] = [];
  const own: number[] = [];
  for (const [start, end] of linesOf(bytes)) {
    const from = sibling.lines.get(textOf(bytes, start, end)) ?? OWN;
    if (from === OWN) for (const byte of bytes.subarray(start, end)) own.push(byte);
    const last = stretches.at(-1);
    if (last !== undefined && endOf(last) === from) last.length += end - start;
    else stretches.push({ from, length: end - start });
  }
  return {
    sibling,
    length: bytes.length,
    stretches: Uint32Array.from(stretches.flatMap(({ from, length }) => [from, length])),
    own: Uint8Array.from(own),
  };
}

/** How much memory a difference takes, about, without its sibling. */
export const bytesOf = ({ stretches, own }: Difference): number => 400 + stretches.byteLength + own.byteLength;

// A buffer for each file costs more than filling it: files are cut from a large one.
const SLAB_BYTES = 256 * 1024;
let slab = new Uint8Array(0);
let used = 0;

function roomFor(length: number): Uint8Array {
  if (length > SLAB_BYTES / 4) return new Uint8Array(length);
  if (used + length > slab.length) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}

// Up to here a loop is faster than a view of the source, which `set` needs.
const FEW_BYTES = 128;

function copy(source: Uint8Array, from: number, size: number, target: Uint8Array, at: number): void {
  if (size > FEW_BYTES) target.set(source.subarray(from, from + size), at);
  else for (let n = 0; n < size; n++) target[at + n] = source[from + n] ?? 0;
}

/** The file again, byte for byte. */
export function restore({ sibling, length, stretches, own }: Difference): Uint8Array {
  const bytes = roomFor(length);
  let at = 0;
  let ownAt = 0;
  for (let index = 0; index < stretches.length; index += 2) {
    const from = stretches[index] ?? 0;
    const size = stretches[index + 1] ?? 0;
    if (from === OWN) {
      copy(own, ownAt, size, bytes, at);
      ownAt += size;
    } else copy(sibling.bytes, from, size, bytes, at);
    at += size;
  }
  return bytes;
}
