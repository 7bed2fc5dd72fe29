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

test('a file that differs in a tenth of its lines takes a fraction of its size', () => {
  const difference = differenceFrom(asSibling(bytes(config('alice'))), bytes(config('bob')));
  expect(restore(difference)).toEqual(bytes(config('bob')));
  expect(difference.own.length).toBeLessThan(config('bob').length / 5);
  expect(bytesOf(difference)).toBeLessThan(config('bob').length / 2);
});
