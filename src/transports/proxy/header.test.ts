import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { proxyHeader2 } from '../../../test/kit/proxy.ts';
import { readProxyHeader } from './header.ts';

const read = (text: string) => readProxyHeader(Buffer.from(text, 'latin1'));

const IPV4 = Buffer.from([203, 0, 113, 9, 127, 0, 0, 1, 0xdc, 0x04, 0x05, 0xa4]);
const IPV6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000009', 'hex'),
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from([0xdc, 0x04, 0x05, 0xa4]),
]);

test.each([
  ['PROXY TCP4 203.0.113.9 127.0.0.1 56324 1444\r\n', '203.0.113.9'],
  ['PROXY TCP6 2001:DB8:0::9 2001:db8::1 56324 1444\r\n', '2001:db8::9'],
  ['PROXY UNKNOWN\r\n', undefined],
  [
    'PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n',
    undefined,
  ],
])('version 1: %j', (line, client) => {
  expect(read(`${line}GET / HTTP/1.1`)).toEqual({
    ok: true,
    value: { length: line.length, ...(client === undefined ? {} : { client }) },
  });
});

test.each([
  'PROXY TCP4 203.0.113.9 127.0.0.1 56324\r\n',
  'PROXY TCP4 203.0.113.9 127.0.0.1 56324 1444 more\r\n',
  'PROXY TCP4 203.0.113.9 127.0.0.1 65536 1444\r\n',
  'PROXY TCP4 203.0.113.9 127.0.0.1 01 1444\r\n',
  'PROXY TCP4 2001:db8::9 127.0.0.1 56324 1444\r\n',
  'PROXY TCP6 203.0.113.9 127.0.0.1 56324 1444\r\n',
  'PROXY  TCP4 203.0.113.9 127.0.0.1 56324 1444\r\n',
  'PROXY UDP4 203.0.113.9 127.0.0.1 56324 1444\r\n',
  'proxy TCP4 203.0.113.9 127.0.0.1 56324 1444\r\n',
  'GET / HTTP/1.1\r\n',
  '\u0016\u0003\u0001',
  `PROXY ${'x'.repeat(200)}`,
  `PROXY UNKNOWN ${'x'.repeat(120)}\r\n`,
])('%j is no header', (text) => {
  expect(read(text)).toMatchObject({ ok: false });
});

test.each([
  ['IPv4', 0x21, 0x11, IPV4, '203.0.113.9'],
  ['IPv4 with extensions behind', 0x21, 0x11, Buffer.concat([IPV4, Buffer.alloc(50)]), '203.0.113.9'],
  ['IPv6', 0x21, 0x21, IPV6, '2001:db8::9'],
  ['of the proxy itself', 0x20, 0x11, IPV4, undefined],
  ['of the proxy itself without addresses', 0x20, 0x00, Buffer.alloc(0), undefined],
  ['unspecified', 0x21, 0x00, Buffer.alloc(0), undefined],
])('version 2: %s', (_, command, family, addresses, client) => {
  const header = proxyHeader2(command, family, addresses);
  expect(readProxyHeader(Buffer.concat([header, Buffer.from('GET /')]))).toEqual({
    ok: true,
    value: { length: header.length, ...(client === undefined ? {} : { client }) },
  });
});

test.each([
  ['of version 1', 0x11, 0x11, IPV4],
  ['with an unknown command', 0x22, 0x11, IPV4],
  ['of datagrams', 0x21, 0x12, IPV4],
  ['of a UNIX socket', 0x21, 0x31, Buffer.alloc(216)],
  ['that is too short for its addresses', 0x21, 0x11, IPV4.subarray(1)],
  ['that is too long', 0x21, 0x11, Buffer.alloc(5000)],
])('a version 2 header %s is none', (_, command, family, addresses) => {
  expect(readProxyHeader(proxyHeader2(command, family, addresses))).toMatchObject({ ok: false });
});

test('cut off anywhere, a header is waited for and nothing behind it is needed', () => {
  for (const header of [
    Buffer.from('PROXY TCP4 203.0.113.9 127.0.0.1 56324 1444\r\n'),
    proxyHeader2(0x21, 0x21, IPV6),
  ]) {
    for (let length = 0; length < header.length; length += 1)
      expect(readProxyHeader(header.subarray(0, length))).toEqual({ ok: true, value: 'incomplete' });
    expect(readProxyHeader(header)).toMatchObject({ ok: true, value: { length: header.length } });
  }
});

test('no bytes make the reader throw, and it never waits for more than its bound', () => {
  const start = fc.constantFrom('', 'PROXY ', 'PROXY TCP6 ', '\r\n\r\n\0\r\nQUIT\n', '\r\n\r\n\0\r\nQUIT\n\x21\x21');
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 300 }), (text, rest) => {
      const result = readProxyHeader(Buffer.concat([Buffer.from(text, 'latin1'), rest, Buffer.alloc(5000)]));
      return !result.ok || result.value !== 'incomplete';
    }),
  );
});
