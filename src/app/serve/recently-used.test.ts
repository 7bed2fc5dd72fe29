import { expect, test } from 'vitest';
import { RecentlyUsed } from './recently-used.ts';

const keys = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `phone ${n}`);

test('what is asked for again and again stays, however much else comes by', () => {
  const kept = new RecentlyUsed<string>(10, (text) => text.length);
  kept.set('often', 'a');
  for (const key of keys(100)) {
    kept.set(key, 'b');
    expect(kept.get('often')).toBe('a');
  }
});

test('never more is kept than it may, and what nobody asked for goes', () => {
  const kept = new RecentlyUsed<string>(100, (text) => text.length);
  for (const key of keys(1000)) kept.set(key, 'ten bytes.');
  const left = keys(1000).filter((key) => kept.get(key) !== undefined);
  expect(left.length * 10).toBeLessThanOrEqual(100);
  expect(left).toContain('phone 999');
  expect(left).not.toContain('phone 0');
});

test('a value that grows counts as what it has become', () => {
  const kept = new RecentlyUsed<{ bytes: number }>(100, ({ bytes }) => bytes);
  for (const key of keys(1000)) {
    const value = { bytes: 1 };
    kept.set(key, value);
    value.bytes += 9;
    kept.grown(9);
  }
  expect(keys(1000).filter((key) => kept.get(key) !== undefined).length).toBeLessThanOrEqual(10);
});

test('a value that is set again counts once, and what is cleared is gone', () => {
  const kept = new RecentlyUsed<string>(100, (text) => text.length);
  kept.set('other', 'ten bytes.');
  for (let n = 0; n < 1000; n++) kept.set('same', 'ten bytes.');
  expect(kept.get('other')).toBe('ten bytes.');
  kept.clear();
  expect(kept.get('same')).toBeUndefined();
});
