import { expect, test } from 'vitest';
import { readText } from './locate.ts';

test('a document of nothing but mistakes is read no further than to the last one that anybody is told', () => {
  const read = readText(`tenants: []\n${'}'.repeat(100_000)}`);
  expect(read.ok ? 0 : read.errors.length).toBe(200);
});

test('two documents in one file are told as one mistake, with the place of the second', () => {
  expect(readText('tenants: []\n---\ntenants: []\n---\ntenants: []\n')).toEqual({
    ok: false,
    errors: [{ message: 'there is a second document in it; write one only', line: 2, column: 1 }],
  });
});
