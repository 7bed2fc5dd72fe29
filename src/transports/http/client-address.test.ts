import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientOf } from './client-address.ts';

const TRUSTED = ['127.0.0.0/8', '192.0.2.7/32', '2001:db8:1::/48'];
const PEER = '127.0.0.1';

test.each([
  ['203.0.113.9', 'https', '203.0.113.9', true],
  ['203.0.113.9', 'http', '203.0.113.9', false],
  ['203.0.113.9', undefined, '203.0.113.9', false],
  ['10.0.0.1, 203.0.113.9', 'https', '203.0.113.9', true],
  ['203.0.113.9, 192.0.2.7', 'http, https', '203.0.113.9', true],
  ['203.0.113.9:4711', 'https', '203.0.113.9', true],
  ['[2001:db8::9]:4711', undefined, '2001:db8::9', false],
  ['203.0.113.9, nonsense', 'https', PEER, false],
  ['', 'https', PEER, false],
])('X-Forwarded-For: %s and X-Forwarded-Proto: %s', (forwardedFor, proto, address, secure) => {
  const headers = {
    'x-forwarded-for': forwardedFor,
    ...(proto === undefined ? {} : { 'x-forwarded-proto': proto }),
    forwarded: 'for=198.51.100.1;proto=https',
  };
  expect(clientOf(TRUSTED, 'x-forwarded-for')(PEER, headers)).toEqual({ address, secure });
});

test.each([
  ['for=203.0.113.9;proto=https', '203.0.113.9', true],
  ['For="[2001:db8::9]:4711";proto=http;by=192.0.2.7', '2001:db8::9', false],
  ['proto=https;for="203.0.113.9:80"', '203.0.113.9', true],
  ['for=10.0.0.1;proto=https, for=203.0.113.9', '203.0.113.9', false],
  ['for=203.0.113.9;proto=https, for=192.0.2.7;proto=http', '203.0.113.9', true],
  // The client left a quote open to hide what the proxy adds.
  ['for="10.0.0.1, for=203.0.113.9;proto=http', '203.0.113.9', false],
  ['for=_hidden', PEER, false],
  ['for=unknown', PEER, false],
])('Forwarded: %s', (forwarded, address, secure) => {
  const headers = { forwarded, 'x-forwarded-for': '198.51.100.1', 'x-forwarded-proto': 'https' };
  expect(clientOf(TRUSTED, 'forwarded')(PEER, headers)).toEqual({ address, secure });
});

test('whatever a client sends before it, the address that the proxy wrote last is the client’s', () => {
  for (const header of ['x-forwarded-for', 'forwarded'] as const) {
    const written = header === 'forwarded' ? 'for=203.0.113.9;proto=http' : '203.0.113.9';
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (forged) => {
        const headers = { [header]: `${forged}, ${written}` };
        return clientOf(TRUSTED, header)(PEER, headers).address === '203.0.113.9';
      }),
    );
  }
});

test('nobody’s word counts but a trusted proxy’s', () => {
  const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', forwarded: 'for=203.0.113.9' };
  for (const header of ['x-forwarded-for', 'forwarded'] as const) {
    expect(clientOf(TRUSTED, header)('198.51.100.2', headers)).toEqual({ address: '198.51.100.2', secure: false });
    expect(clientOf([], header)(PEER, headers)).toEqual({ address: PEER, secure: false });
  }
});
