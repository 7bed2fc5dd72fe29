import { createHmac, createSecretKey, hash, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { Crypto } from '../app/ports.ts';
import { randomByte, randomFew } from './random.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

// Ids that begin with the time (as RFC 9562 §5.7 does) are written side by side in every index: random ones touch a page
// each. In order of the bytes, which base32 is not.
const TIME_DIGITS = '234567abcdefghijklmnopqrstuvwxyz';
const TIME_LENGTH = 9;
const ID_RANDOM_LENGTH = 15;

function timeText(milliseconds: number): string {
  let text = '';
  for (let rest = milliseconds, n = 0; n < TIME_LENGTH; n++, rest = Math.floor(rest / 32))
    text = TIME_DIGITS.charAt(rest % 32) + text;
  return text;
}

// Many ids are made within a millisecond.
let lastMillisecond = 0;
let lastText = timeText(0);

function textOfNow(): string {
  const now = Date.now();
  if (now !== lastMillisecond) lastText = timeText(now);
  lastMillisecond = now;
  return lastText;
}

function randomBase32(bits: number): string {
  if (bits <= 0 || bits % 5 !== 0) throw new Error(`a token has a multiple of 5 bits, not ${bits}`);
  let text = '';
  for (const byte of randomFew(bits / 5)) text += BASE32.charAt(byte & 31);
  return text;
}

/** An id is no secret, only nobody else's. In one piece: a text that is put together letter by letter takes ten times the memory. */
function newId(): string {
  const own: number[] = [];
  for (let n = 0; n < ID_RANDOM_LENGTH; n++) own.push(BASE32.charCodeAt(randomByte() & 31));
  return textOfNow() + String.fromCharCode(...own);
}

// Names, passwords and hashes find room here, three bytes a character; longer texts are compared by their hashes.
const ROOM_BYTES = 256;
const LONGEST_IN_ROOM = Math.floor(ROOM_BYTES / 3);
const [one, other] = [Buffer.alloc(ROOM_BYTES), Buffer.alloc(ROOM_BYTES)];

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** Neither the place of the first difference nor a length shows in the time. Nothing of the texts stays in the rooms. */
function isEqual(a: string, b: string): boolean {
  if (a.length > LONGEST_IN_ROOM || b.length > LONGEST_IN_ROOM) return timingSafeEqual(digest(a), digest(b));
  const isAsLong = one.write(a) === other.write(b);
  const isSame = timingSafeEqual(one, other);
  one.fill(0);
  other.fill(0);
  return isSame && isAsLong;
}

/**
 * The `Crypto` of the use cases. Keyed hashes come from a key of their own, not from the keys that encrypt: what was
 * hashed (tokens, served files) stays valid when those are changed.
 */
export function createCrypto(hashingKey: Uint8Array): Crypto {
  const derived = new Map<string, KeyObject>();
  const keyFor = (purpose: string): KeyObject => {
    const known = derived.get(purpose);
    if (known !== undefined) return known;
    // RFC 5869 §3.2: `info` keeps the keys of different purposes apart.
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', hashingKey, '', `offhook ${purpose}`, 32)));
    derived.set(purpose, key);
    return key;
  };
  return {
    token: randomBase32,
    id: newId,
    keyedHash: (purpose, text) => createHmac('sha256', keyFor(purpose)).update(text).digest('hex'),
    hash: (algorithm, text) => hash(algorithm, text, 'hex'),
    equal: isEqual,
  };
}
