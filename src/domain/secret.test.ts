import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

test('whatever prints a secret prints stars', () => {
  const secret = new Secret('hunter2');
  for (const shown of [
    String(secret),
    secret.toString(),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }),
  ]) {
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('***');
  }
});

test('only reveal gives it away', () => {
  expect(new Secret('hunter2').reveal()).toBe('hunter2');
  expect(Object.values(new Secret('hunter2'))).toEqual([]);
});
