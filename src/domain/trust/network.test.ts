import { expect, test } from 'vitest';
import { isInAny, isInNetwork, PRIVATE_NETWORKS } from './network.ts';

test.each([
  ['192.0.2.7', '192.0.2.0/24', true],
  ['192.0.3.7', '192.0.2.0/24', false],
  ['192.0.2.7', '192.0.2.7/32', true],
  ['203.0.113.9', '0.0.0.0/0', true],
  ['::ffff:192.0.2.7', '192.0.2.0/24', true],
  ['2001:db8::1', '2001:db8::/32', true],
  ['2001:db9::1', '2001:db8::/32', false],
  ['fe80::1%eth0', 'fe80::/10', true],
  ['192.0.2.7', '2001:db8::/32', false],
  ['999.0.2.7', '0.0.0.0/0', false],
  ['nonsense', '0.0.0.0/0', false],
  ['192.0.2.7', 'nonsense', false],
  ['1::2::3', '::/0', false],
])('%s in %s is %s', (address, network, expected) => {
  expect(isInNetwork(address, network)).toBe(expected);
});

test('private networks are those that no router of the internet knows', () => {
  expect(
    ['10.1.2.3', '172.31.0.1', '192.168.1.1', '127.0.0.1', '::1', 'fd00::1'].every((address) =>
      isInAny(address, PRIVATE_NETWORKS),
    ),
  ).toBe(true);
  expect(
    ['172.32.0.1', '11.0.0.1', '203.0.113.1', '2001:db8::1'].some((address) => isInAny(address, PRIVATE_NETWORKS)),
  ).toBe(false);
});
