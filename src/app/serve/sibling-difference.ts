/** A file kept as what it has of its own, and what it shares with a sibling. */
export interface Difference {
  readonly sibling: Sibling;
  readonly length: number;
  /**
   * Steps, each of which copies so many bytes of the sibling, then takes so many of its own, and goes on at another place of the
   * sibling: three numbers and the own bytes, a character for each byte. A text takes less memory than an array of bytes.
   */
  readonly steps: string;
}

/** A whole file that others are kept as differences from. */
export interface Sibling {
  readonly bytes: Uint8Array;
  /** Where its lines begin, by their hash. */
  readonly lines: ReadonlyMap<number, number>;
}

const LINE_FEED = 0x0a;

/** Where the line that begins at `start` ends, its line feed included; a file in one line is one line. */
function endOfLine(bytes: Uint8Array, start: number): number {
  const feed = bytes.indexOf(LINE_FEED, start);
  return feed === -1 ? bytes.length : feed + 1;
}

// FNV-1a: two lines with one hash cost some bytes, as what is found is compared.
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

export function asSibling(bytes: Uint8Array): Sibling {
  const lines = new Map<number, number>();
  for (let start = 0; start < bytes.length;) {
    const end = endOfLine(bytes, start);
    lines.set(hashOf(bytes, start, end), start);
    start = end;
  }
  return { bytes, lines };
}

/** Makes one text of numbers and bytes. */
class StepWriter {
  readonly #codes: number[] = [];

  /** Seven bits a character, the lowest first, 128 added where more follow; the lowest bit of all is the sign. */
  #number(value: number): void {
    let rest = value < 0 ? -value * 2 + 1 : value * 2;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#codes.push((rest % 128) + 128);
    this.#codes.push(rest);
  }

  step(shared: number, own: Uint8Array, goOn: number): void {
    this.#number(shared);
    this.#number(own.length);
    this.#number(goOn);
    for (const byte of own) this.#codes.push(byte);
  }

  text(): string {
    const parts: string[] = [];
    for (let at = 0; at < this.#codes.length; at += 4096)
      parts.push(String.fromCharCode(...this.#codes.slice(at, at + 4096)));
    return parts.join('');
  }
}

const NOTHING = new Uint8Array(0);

/** For how many bytes two files are the same, from these places on. */
function sameBytes(one: Uint8Array, at: number, other: Uint8Array, from: number): number {
  // Within both: a place outside of an array makes the whole loop three times as slow.
  const most = Math.min(one.length - at, other.length - from);
  let n = 0;
  while (n < most && one[at + n] === other[from + n]) n++;
  return n;
}

/** For how many bytes two stretches end alike. */
function sameEnd(one: Uint8Array, start: number, end: number, other: Uint8Array, from: number, to: number): number {
  let n = 0;
  while (end - n > start && to - n > from && one[end - n - 1] === other[to - n - 1]) n++;
  return n;
}

/**
 * Goes through both files side by side. Where a line differs, the sibling may have it elsewhere; otherwise what differs in it
 * is the file's own. Phones of one model and template differ in some words of a hundred lines: a file takes a twentieth.
 */
export function differenceFrom(sibling: Sibling, bytes: Uint8Array): Difference {
  const steps = new StepWriter();
  const { bytes: other, lines } = sibling;
  let beside = 0;
  for (let at = 0; at < bytes.length;) {
    const same = sameBytes(bytes, at, other, beside);
    const lineAt = same === 0 ? at : Math.max(at, bytes.lastIndexOf(LINE_FEED, at + same - 1) + 1);
    const end = endOfLine(bytes, lineAt);
    const elsewhere = lines.get(hashOf(bytes, lineAt, end));
    if (at + same === bytes.length) {
      steps.step(same, NOTHING, 0);
      at += same;
    } else if (elsewhere !== undefined && sameBytes(bytes, lineAt, other, elsewhere) >= end - lineAt) {
      steps.step(lineAt - at, NOTHING, elsewhere - (beside + lineAt - at));
      beside = elsewhere;
      at = lineAt;
    } else {
      const differs = at + same;
      const otherEnd = endOfLine(other, beside + lineAt - at);
      const alike = sameEnd(bytes, differs, end, other, beside + same, otherEnd);
      const goOnAt = Math.max(beside + same, otherEnd - alike);
      steps.step(same, bytes.subarray(differs, end - alike), goOnAt - (beside + same));
      beside = goOnAt;
      at = end - alike;
    }
  }
  return { sibling, length: bytes.length, steps: steps.text() };
}

/** How much memory a difference takes, about, without its sibling. */
export const bytesOf = ({ steps }: Difference): number => 100 + steps.length;

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

/** The file again, byte for byte. Written for speed: this is what is done for every request of a phone that has its file. */
export function restore({ sibling: { bytes: other }, length, steps }: Difference): Uint8Array {
  const bytes = roomFor(length);
  let at = 0;
  let beside = 0;
  let place = 0;
  const nextNumber = (): number => {
    let code = steps.charCodeAt(place++);
    let value = code % 128;
    for (let factor = 128; code > 127; factor *= 128) {
      code = steps.charCodeAt(place++);
      value += (code % 128) * factor;
    }
    return value % 2 === 0 ? value / 2 : -(value - 1) / 2;
  };
  while (place < steps.length) {
    const shared = nextNumber();
    const own = nextNumber();
    const goOn = nextNumber();
    copy(other, beside, shared, bytes, at);
    at += shared;
    for (let n = 0; n < own; n++) bytes[at++] = steps.charCodeAt(place++);
    beside += shared + goOn;
  }
  return bytes;
}
