import { expect, test } from 'vitest';
import { macWithColons, ouiOf, parseMac } from './mac.ts';

test.each([
  '00:15:65:AA:BB:CC',
  '00-15-65-aa-bb-cc',
  '0015.65aa.bbcc',
  '001565AABBCC',
  '00 15 65 aa bb cc',
  '00:15:65:aa:BB:cc',
  '001565-aabbcc',
])('%s is one phone', (text) => {
  expect(parseMac(text)).toEqual({ ok: true, value: '001565aabbcc' });
});

test.each([
  '',
  '001565aabbc',
  '001565aabbccd',
  '001565aabbcg',
  '００１５６５ａａｂｂｃｃ',
  '00:15:65:aa:bb:cc\n',
  '0x1565aabbcc',
])('%j is none', (text) => {
  expect(parseMac(text).ok).toBe(false);
});

test('a MAC starts with its maker’s prefix and is shown with colons', () => {
  const mac = parseMac('001565aabbcc');
  expect(mac.ok && [ouiOf(mac.value), macWithColons(mac.value)]).toEqual(['001565', '00:15:65:aa:bb:cc']);
});
