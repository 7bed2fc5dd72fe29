import { expect, test } from 'vitest';
import { putTogetherOnce } from './names.ts';

test('a name is put together once for each part, and is that of its part', () => {
  const made: string[] = [];
  const account = putTogetherOnce((line: number) =>
    putTogetherOnce((name: string) => {
      made.push(`${line} ${name}`);
      return `account.${line}.${name}`;
    }),
  );
  const names = [1, 2, 1].flatMap((line) => [account(line)('label'), account(line)('password')]);
  expect(names).toEqual([
    'account.1.label',
    'account.1.password',
    'account.2.label',
    'account.2.password',
    'account.1.label',
    'account.1.password',
  ]);
  expect(made).toEqual(['1 label', '1 password', '2 label', '2 password']);
});
