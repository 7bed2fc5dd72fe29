import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import type { Passwords } from '../app/access/passwords.ts';

// RFC 7914 §2; about 0.1 s on one core. Kept in the hash, so that it can be raised later.
const COST = { N: 32_768, r: 8, p: 1 } as const;
const KEY_BYTES = 32;

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { ...cost, maxmem: 256 * 1024 * 1024 }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** scrypt with a salt of its own for each password: `scrypt$N$r$p$salt$key`. */
export const scryptPasswords: Passwords = {
  hash: async (password) => {
    const salt = randomBytes(16);
    const key = await derive(password, salt, COST);
    return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join('$');
  },
  matches: async (password, hash) => {
    const [scheme, n, r, p, salt = '', key = ''] = hash.split('$');
    const isHash = scheme === 'scrypt' && key !== '';
    const cost = isHash ? { N: Number(n), r: Number(r), p: Number(p) } : COST;
    const derived = await derive(password, Buffer.from(salt, 'base64'), cost);
    const stored = Buffer.from(key, 'base64');
    return isHash && stored.length === derived.length && timingSafeEqual(stored, derived);
  },
};
