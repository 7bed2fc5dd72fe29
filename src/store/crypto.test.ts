import { expect, test } from 'vitest';
import { createCrypto } from './crypto.ts';

const crypto = createCrypto(new Uint8Array(32));

const TEXTS = [
  '',
  'a',
  'b',
  'a\u0000',
  'ab',
  'secret',
  'secres',
  'ünïcødé',
  '話'.repeat(85),
  '話'.repeat(86),
  'x'.repeat(300),
];

test('texts are equal that have the same characters, whatever was compared before', () => {
  for (const a of TEXTS)
    for (const b of TEXTS) expect(crypto.equal(a, b), `${JSON.stringify(a)} and ${JSON.stringify(b)}`).toBe(a === b);
});

test('long texts are told apart by their last character', () => {
  for (const length of [84, 85, 86, 256, 1000]) {
    const text = 'x'.repeat(length);
    expect(crypto.equal(text, text)).toBe(true);
    expect(crypto.equal(text, `${text.slice(1)}y`)).toBe(false);
  }
});
