import { expect, test } from 'vitest';
import { digestResponse, readChallenge, writeDigest, type DigestChallenge } from './digest.ts';

const challenge = (value: string): DigestChallenge => {
  const read = readChallenge(value);
  if (read === undefined) throw new Error(`not read: ${value}`);
  return read;
};

const about = {
  method: 'NOTIFY',
  uri: 'sip:1001@192.0.2.10:5060',
  user: '1001',
  password: 'secret',
  cnonce: '0a4f113b',
  uses: 1,
};

// Worked out with OpenSSL's command line and two SIP peers.
test.each([
  ['MD5 with qop', 'Digest realm="phone", nonce="abc123", qop="auth"', 'a34978ee835d118d65e0860db23762e2'],
  ['MD5 without qop', 'Digest realm="phone",nonce="abc123"', '54c40272d68e071ff80d2d330e41c155'],
  [
    'SHA-256',
    'Digest algorithm=SHA-256, qop="auth-int, auth", realm="phone", nonce="abc123"',
    '4201d331cf6a1c9fad6f089f429698510524a6a77fb647dc185e703f8fd7439f',
  ],
])('the answer to a challenge of %s is the one that others work out', (_name, value, response) => {
  expect(digestResponse({ challenge: challenge(value), ...about })).toBe(response);
});

test('what was offered is said back as RFC 3261 wants it: quoted, but for qop, nc and algorithm', () => {
  const offered = challenge('Digest realm="a \\"b\\"", nonce="n", opaque="o", algorithm=md5, qop=auth, stale=TRUE');
  expect(offered).toMatchObject({ realm: 'a "b"', isStale: true });
  expect(writeDigest({ challenge: offered, ...about, uses: 11 })).toMatch(
    /^Digest username="1001", realm="a \\"b\\"", nonce="n", uri="sip:1001@192\.0\.2\.10:5060", response="[0-9a-f]{32}", algorithm=md5, opaque="o", qop=auth, nc=0000000b, cnonce="0a4f113b"$/,
  );
});

test('SHA-512-256 and a session key are answered too', () => {
  expect(
    digestResponse({ challenge: challenge('Digest realm="r", nonce="n", algorithm=SHA-512-256'), ...about }),
  ).toHaveLength(64);
  expect(writeDigest({ challenge: challenge('Digest realm="r", nonce="n", algorithm=MD5-sess'), ...about })).toContain(
    'cnonce=',
  );
});

test.each([
  'Basic realm="phone"',
  'Digest realm="phone"',
  'Digest realm="p", nonce="n", algorithm=ROT13',
  'Digest realm="p", nonce="n", qop="auth-int"',
  '',
  'Digest',
])('U10 a challenge that is no digest of ours is none: %s', (value) => {
  expect(readChallenge(value)).toBeUndefined();
});
