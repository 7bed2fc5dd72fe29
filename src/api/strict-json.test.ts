import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oddityOfJson } from './strict-json.ts';

test('a name that stands twice in one object is found, however it is written', () => {
  expect(oddityOfJson('{"a":1,"a":2}')).toBe('the name "a" stands twice');
  expect(oddityOfJson('{"a":1,"\\u0061":2}')).toBe('the name "a" stands twice');
  expect(oddityOfJson('[{"x":{"b":[1,{"b":2}],"c":3,"b":4}}]')).toBe('the name "b" stands twice');
});

test('the same name in two objects, in a value or behind escaped quotes is no name twice', () => {
  expect(oddityOfJson('[{"a":1},{"a":{"a":"a"}}]')).toBeUndefined();
  expect(oddityOfJson(String.raw`{"a":"\",\"a\":1","b":"\\"}`)).toBeUndefined();
  expect(oddityOfJson('{"a":["a","a"],"b":"a:a"}')).toBeUndefined();
});

test('what JSON.stringify writes has no oddity', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      expect(oddityOfJson(text)).toBeUndefined();
    }),
  );
});

test('a document is not deeper than sixty-four', () => {
  expect(oddityOfJson('['.repeat(64) + ']'.repeat(64))).toBeUndefined();
  expect(oddityOfJson('['.repeat(65))).toBe('it is too deep');
});
