import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asSibling, bytesOf, differenceFrom, restore } from './sibling-difference.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const config = (name: string): string =>
  Array.from({ length: 100 }, (_, line) => `setting.${line} = ${line % 10 === 0 ? name : 'shared'}\n`).join('');

test('a file comes back byte for byte, whatever it and its sibling are', () => {
  const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c', '\n', '\r\n', 'ü\n', '</x>'), { maxLength: 30 });
  const file = fc.oneof(
    lines.map((parts) => bytes(parts.join(''))),
    fc.uint8Array({ maxLength: 200 }),
  );
  fc.assert(
    fc.property(file, file, (one, other) => {
      expect(restore(differenceFrom(asSibling(one), other))).toEqual(other);
    }),
  );
});

const ROUNDS = [
  ['a file that differs in a tenth of its lines', config('alice'), config('bob')],
  ['a line that the sibling lacks, and one that it has more', `first\nsecond\nthird\n`, `first\nthird\nfourth\n`],
  ['lines in another order', 'a = 1\nb = 2\nc = 3\n', 'c = 3\na = 1\nb = 2\n'],
  ['a longer and a shorter value', 'name = aab\nuser = x\n', 'name = ab\nuser = xxxx\n'],
  ['a file without a line feed at its end', '<a><b>1</b></a>', '<a><b>22</b></a>'],
  ['more of its own than a sentence of steps holds', 'x\n', 'y'.repeat(20_000)],
  ['an empty file', '', 'a\n'],
] as const;

test.each(ROUNDS)('%s comes back, either way', (_what, one, other) => {
  expect(restore(differenceFrom(asSibling(bytes(one)), bytes(other)))).toEqual(bytes(other));
  expect(restore(differenceFrom(asSibling(bytes(other)), bytes(one)))).toEqual(bytes(one));
});

test('a file that differs in a tenth of its lines takes a fraction of its size', () => {
  const difference = differenceFrom(asSibling(bytes(config('alice'))), bytes(config('bob')));
  expect(bytesOf(difference)).toBeLessThan(config('bob').length / 8);
});
