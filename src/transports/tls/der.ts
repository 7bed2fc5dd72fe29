import { err, ok, type Result } from '../../domain/result.ts';

/** One element of DER (X.690 §8.1): its tag byte and its content. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

export interface BadDer {
  readonly kind: 'bad_der';
}

const BAD: Result<never, BadDer> = err({ kind: 'bad_der' });

function readLength(bytes: Uint8Array, at: number): { readonly length: number; readonly next: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { length: first, next: at + 1 };
  const count = first & 0x7f;
  // DER knows no indefinite length, and nothing in a certificate is beyond four bytes of length.
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) return undefined;
  const length = bytes.subarray(at + 1, at + 1 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return { length, next: at + 1 + count };
}

/** The elements that follow one another in these bytes. Never throws. */
export function readDer(bytes: Uint8Array): Result<readonly DerElement[], BadDer> {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const size = readLength(bytes, at + 1);
    if (size === undefined || (tag & 0x1f) === 0x1f || size.next + size.length > bytes.length) return BAD;
    elements.push({ tag, content: bytes.subarray(size.next, size.next + size.length) });
    at = size.next + size.length;
  }
  return ok(elements);
}

/** X.690 §8.19: `2.5.4.3`. */
export function readOid(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0) arcs.push(Math.min(Math.floor(arc / 40), 2), arc - 40 * Math.min(Math.floor(arc / 40), 2));
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}
