import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressReplacer, replaceInside } from './address-mapping.ts';

const replace = addressReplacer([{ from: '1.1.1.1', to: 'master88.commzilla.net' }], []);

test.each([
  ['1.1.1.1', 'master88.commzilla.net'],
  ['1.1.1.1:5060', 'master88.commzilla.net:5060'],
  ['http://1.1.1.1:5555/tftpboot/', 'http://master88.commzilla.net:5555/tftpboot/'],
  ['sip:201@1.1.1.1;transport=udp', 'sip:201@master88.commzilla.net;transport=udp'],
  ['11.1.1.1', '11.1.1.1'],
  ['1.1.1.10', '1.1.1.10'],
  ['1.1.1.1.1', '1.1.1.1.1'],
  ['x1.1.1.1', 'x1.1.1.1'],
  ['ask 1.1.1.1.', 'ask master88.commzilla.net.'],
])('%s becomes %s', (before, after) => {
  expect(replace(before)).toBe(after);
});

test('a tenant’s mapping beats the global one', () => {
  expect(
    addressReplacer(
      [{ from: '1.1.1.1', to: 'global.example.com' }],
      [{ from: '1.1.1.1', to: 'own.example.com' }],
    )('1.1.1.1'),
  ).toBe('own.example.com');
});

test('a replacement with a dollar sign is taken as it is', () => {
  expect(addressReplacer([{ from: '1.1.1.1', to: '$&' }], [])('1.1.1.1')).toBe('$&');
});

test('lists and records are replaced inside, other values left alone', () => {
  expect(replaceInside({ a: ['1.1.1.1', 5], b: { c: 'x 1.1.1.1 y' } }, replace)).toEqual({
    a: ['master88.commzilla.net', 5],
    b: { c: 'x master88.commzilla.net y' },
  });
});

test('text without the address is never changed', () => {
  fc.assert(fc.property(fc.string(), (text) => text.includes('1.1.1.1') || replace(text) === text));
});
