import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAuthorization } from './authorization.ts';

const read = (header: string) => readAuthorization(header, (text) => Buffer.from(text, 'base64').toString('utf8'));

test('Basic is a user and a password, divided at the first colon', () => {
  expect(read(`Basic ${Buffer.from('alice:a:b').toString('base64')}`)).toEqual({
    ok: true,
    value: { scheme: 'basic', user: 'alice', password: 'a:b' },
  });
});

test('Digest fields are read with and without quotes, blanks and an algorithm', () => {
  const header =
    'Digest username="al\\"ice", realm="offhook",nonce="n", uri="/a.cfg", response="AB", qop=auth, nc=00000001, cnonce="c"';
  expect(read(header)).toEqual({
    ok: true,
    value: {
      scheme: 'digest',
      fields: {
        username: 'al"ice',
        realm: 'offhook',
        nonce: 'n',
        uri: '/a.cfg',
        response: 'ab',
        algorithm: 'MD5',
        qop: 'auth',
        nc: '00000001',
        cnonce: 'c',
      },
    },
  });
});

test.each([
  '',
  'Basic',
  'Basic bm9jb2xvbg==',
  'Bearer x',
  'Digest',
  'Digest username="a"',
  'Digest username="a", username="b", realm="r", nonce="n", uri="/", response="x"',
  `Digest ${'x'.repeat(5000)}`,
])('%j is refused', (header) => {
  expect(read(header).ok).toBe(false);
});

test('no header makes the parser throw', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      (text) => typeof read(`Digest ${text}`).ok === 'boolean' && typeof read(text).ok === 'boolean',
    ),
  );
});
