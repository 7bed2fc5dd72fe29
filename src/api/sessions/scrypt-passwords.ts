import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Passwords } from '../../app/access/passwords.ts';

/** RFC 7914 §2. N = 2^15 and r = 8 take 32 MB and about 90 ms. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const MAX_MEMORY = 256 * 1024 * 1024;
const KEY_BYTES = 32;
const SALT_BYTES = 16;

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const derive = (password: string, salt: Buffer, cost: Cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem: MAX_MEMORY }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });

const FORM = /^scrypt\$N=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** Compared with where there is no hash, so that an unknown user takes as long as a wrong password. */
const NOBODY = { cost: COST, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) };

function parse(hash: string): typeof NOBODY | undefined {
  const [, N, r, p, salt, key] = FORM.exec(hash) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  // `as`: the cost of a stored hash may be another than today's; the numbers have the same names.
  const cost = { N: Number(N), r: Number(r), p: Number(p) } as typeof COST;
  return { cost, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

/** scrypt with its parameters in the hash, so that they can be raised later. */
export const scryptPasswords: Passwords = {
  hash: async (password) => {
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(password, salt, COST);
    return `scrypt$N=${COST.N},r=${COST.r},p=${COST.p}$${salt.toString('base64')}$${key.toString('base64')}`;
  },
  matches: async (password, hash) => {
    const stored = parse(hash);
    const { cost, salt, key } = stored ?? NOBODY;
    const right = timingSafeEqual(await derive(password, salt, cost), key);
    return stored !== undefined && right;
  },
};
