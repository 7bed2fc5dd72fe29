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

const OWN = 0xffff_ffff;
const LINE_FEED = 0x0a;

// Every byte is a character of its own: the text is for comparing, in whatever charset the file is.
const decoder = new TextDecoder('latin1');

/** Where the line that begins at `start` ends, its line feed included; a file in one line is one line. */
function endOfLine(bytes: Uint8Array, start: number): number {
  const feed = bytes.indexOf(LINE_FEED, start);
  return feed === -1 ? bytes.length : feed + 1;
}

const textOf = (bytes: Uint8Array, start: number, end: number): string => decoder.decode(bytes.subarray(start, end));

export function asSibling(bytes: Uint8Array): Sibling {
  const lines = new Map<string, number>();
  for (let start = 0; start < bytes.length;) {
    const end = endOfLine(bytes, start);
    lines.set(textOf(bytes, start, end), start);
    start = end;
  }
  return { bytes, lines };
}

interface Stretch {
  /** Where it begins in the sibling, or `OWN`. */
  readonly from: number;
  /** Where it begins in the file. */
  readonly at: number;
  length: number;
}

/** For how many bytes two files are the same from these places on: up to a line's end, or the end of the first file. */
function sameLines(one: Uint8Array, at: number, other: Uint8Array, from: number): number {
  let length = 0;
  let n = 0;
  for (; at + n < one.length && one[at + n] === other[from + n]; n++) if (one[at + n] === LINE_FEED) length = n + 1;
  return at + n === one.length ? n : length;
}

/** Goes through both files side by side; where they differ, a line that the sibling has elsewhere is looked for. */
function stretchesOf({ bytes: sibling, lines }: Sibling, bytes: Uint8Array): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let beside = 0;
  for (let at = 0; at < bytes.length;) {
    const end = endOfLine(bytes, at);
    let from: number | undefined = beside;
    let length = sameLines(bytes, at, sibling, beside);
    if (length === 0) {
      from = lines.get(textOf(bytes, at, end));
      length = from === undefined ? end - at : sameLines(bytes, at, sibling, from);
    }
    const last = stretches.at(-1);
    if (from === undefined && last?.from === OWN) last.length += length;
    else stretches.push({ from: from ?? OWN, at, length });
    beside = from === undefined ? endOfLine(sibling, beside) : from + length;
    at += length;
  }
  return stretches;
}

function ownBytes(stretches: readonly Stretch[], bytes: Uint8Array): Uint8Array {
  const ofOwn = stretches.filter(({ from }) => from === OWN);
  const own = new Uint8Array(ofOwn.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const { at, length } of ofOwn) {
    own.set(bytes.subarray(at, at + length), end);
    end += length;
  }
  return own;
}

/** Phones of one model and template differ in some lines of a hundred: kept like this, a file takes a fifth. */
export function differenceFrom(sibling: Sibling, bytes: Uint8Array): Difference {
  const stretches = stretchesOf(sibling, bytes);
  return {
    sibling,
    length: bytes.length,
    stretches: Uint32Array.from(stretches.flatMap(({ from, length }) => [from, length])),
    own: ownBytes(stretches, bytes),
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
