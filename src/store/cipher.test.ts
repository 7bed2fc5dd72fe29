import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileText } from '../../test/kit/hostile-text.ts';
import { StoreUnavailable } from '../app/ports.ts';
import { Secret } from '../domain/secret.ts';
import { createCipher, type MasterKey } from './cipher.ts';
import { createCrypto } from './crypto.ts';
import { decodeDocument, encodeDocument } from './json-codec.ts';

const keyNamed = (id: string, byte: number): MasterKey => ({ id, key: new Uint8Array(32).fill(byte) });
const [first, second] = [keyNamed('first', 1), keyNamed('second', 2)];
const cipher = createCipher(() => [first]);

test('what was sealed opens again, under its own context only', () => {
  const sealed = cipher.seal(Buffer.from('s3cret'), 'phones/1');
  expect(cipher.open(sealed, 'phones/1').toString()).toBe('s3cret');
  expect(() => cipher.open(sealed, 'phones/2')).toThrow(StoreUnavailable);
  const bytes = cipher.sealBytes(Buffer.from('s3cret'), 'uploads/1/log');
  expect(cipher.openBytes(bytes, 'uploads/1/log').toString()).toBe('s3cret');
  expect(() => cipher.openBytes(bytes, 'uploads/2/log')).toThrow(StoreUnavailable);
});

test('the same secret never looks the same twice', () => {
  expect(cipher.seal(Buffer.from('x'), 'a').c).not.toBe(cipher.seal(Buffer.from('x'), 'a').c);
});

test('one changed byte is noticed', () => {
  const sealed = cipher.sealBytes(Buffer.from('s3cret'), 'a');
  for (let at = 1; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => cipher.openBytes(changed, 'a')).toThrow(StoreUnavailable);
  }
  expect(() => cipher.openBytes(new Uint8Array(), 'a')).toThrow(StoreUnavailable);
});

test('a tag cut short is no tag', () => {
  const sealed = cipher.seal(Buffer.from('s3cret'), 'a');
  const short = { ...sealed, c: Buffer.from(sealed.c, 'base64').subarray(0, -8).toString('base64') };
  expect(() => cipher.open(short, 'a')).toThrow(StoreUnavailable);
});

test('an older key reads, the first one writes, a missing one is named', () => {
  const both = createCipher(() => [second, first]);
  const old = cipher.seal(Buffer.from('x'), 'a');
  expect(both.open(old, 'a').toString()).toBe('x');
  expect(both.seal(Buffer.from('x'), 'a').k).toBe('second');
  expect(() => createCipher(() => [second]).open(old, 'a')).toThrow(
    /under key first, which the key file does not have/,
  );
});

test('a document comes back as it was, its secrets as secrets that nothing prints', () => {
  const document = { name: 'a', list: [1, null, { password: new Secret('s3cret') }], off: false };
  const text = encodeDocument(document, cipher, 'a');
  expect(text).not.toContain('s3cret');
  expect(text).toMatch(/"password":\{"\$secret":\{"k":"first","n":"[^"]+","c":"[^"]+"\}\}/);
  const read = decodeDocument(text, cipher, 'a');
  expect(read).toEqual(document);
  expect(inspect(read, { depth: 9 })).not.toContain('s3cret');
});

test('no text and no name in a document reads as a secret or loses anything', () => {
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      hostileText,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof(fc.constantFrom('$secret', '$$secret', '$', 'k', 'n', 'c', '__proto__', 'constructor'), fc.string()),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      const expected: unknown = JSON.parse(JSON.stringify(value));
      expect(decodeDocument(encodeDocument<unknown>(value, cipher, 'a'), cipher, 'a')).toEqual(expected);
    }),
  );
});

test('tokens are lower-case base32 of the bits asked for, and ids differ', () => {
  const crypto = createCrypto(new Uint8Array(32));
  expect(crypto.token(160)).toMatch(/^[a-z2-7]{32}$/);
  expect(() => crypto.token(128)).toThrow(/multiple of 5/);
  expect(new Set(Array.from({ length: 1000 }, () => crypto.id())).size).toBe(1000);
});

test('keyed hashes differ by key and purpose; equality is of the whole text', () => {
  const [a, b] = [createCrypto(new Uint8Array(32)), createCrypto(new Uint8Array(32).fill(1))];
  expect(a.keyedHash('served', 'x')).toMatch(/^[0-9a-f]{64}$/);
  expect(a.keyedHash('served', 'x')).toBe(a.keyedHash('served', Buffer.from('x')));
  expect(a.keyedHash('served', 'x')).not.toBe(a.keyedHash('phone_token', 'x'));
  expect(a.keyedHash('served', 'x')).not.toBe(b.keyedHash('served', 'x'));
  expect(a.equal('abc', 'abc')).toBe(true);
  expect(a.equal('abc', 'abcd')).toBe(false);
  // RFC 1321 §A.5
  expect(a.hash('md5', 'abc')).toBe('900150983cd24fb0d6963f7d28e17f72');
});
