import type { ByteRange } from '../../app/serve/outcome.ts';

/** `whole`: send everything, for there is no Range or one that RFC 9110 §14.2 lets us ignore (several ranges, another unit). */
export type RangeAnswer = ByteRange | 'whole' | 'unsatisfiable';

/** `-500`: the last five hundred bytes. */
function readSuffix(length: number, size: number): RangeAnswer {
  return length === 0 || size === 0 ? 'unsatisfiable' : { first: Math.max(size - length, 0), last: size - 1 };
}

/** RFC 9110 §14.1.2: `0-499`, `500-`, `-500`; one range only, since several are asked for by nobody but attackers (P6). */
export function readRange(header: string | undefined, size: number): RangeAnswer {
  const match = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/.exec(header?.trim() ?? '');
  if (match === null) return 'whole';
  const [, from, to = '', suffix] = match;
  if (suffix !== undefined) return readSuffix(Number(suffix), size);
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return 'whole';
  return first >= size ? 'unsatisfiable' : { first, last };
}
