import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Crypto } from '../app/ports.ts';
import { randomFew } from './random.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_BITS = 120;

function randomBase32(bits: number): string {
  if (bits <= 0 || bits % 5 !== 0) throw new Error(`a token has a multiple of 5 bits, not ${bits}`);
  return Array.from(randomFew(bits / 5), (byte) => BASE32.charAt(byte & 31)).join('');
}

/**
 * The `Crypto` of the use cases. Keyed hashes come from a key of their own, not from the keys that encrypt: what was
 * hashed (tokens, served files) stays valid when those are changed.
 */
export function createCrypto(hashingKey: Uint8Array): Crypto {
  const derived = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    // RFC 5869 §3.2: `info` keeps the keys of different purposes apart.
    const key = derived.get(purpose) ?? Buffer.from(hkdfSync('sha256', hashingKey, '', `offhook ${purpose}`, 32));
    derived.set(purpose, key);
    return key;
  };
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return {
    token: randomBase32,
    id: () => randomBase32(ID_BITS),
    keyedHash: (purpose, text) => createHmac('sha256', keyFor(purpose)).update(text).digest('hex'),
    hash: (algorithm, text) => createHash(algorithm).update(text).digest('hex'),
    // Hashed first, so that neither the place of the first difference nor the length shows in the time.
    equal: (a, b) => timingSafeEqual(digest(a), digest(b)),
  };
}
