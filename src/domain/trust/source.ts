import type { Brand } from '../brand.ts';

/**
 * Who is counted and banned as one: an IPv4 address, or the /64 of an IPv6 one, since whoever has one address of a /64 has all
 * of it (RFC 6177 §2). IPv4 networks are not counted together: behind a /24 may be two hundred customers.
 */
export type Source = Brand<string, 'Source'>;

const GROUPS_OF_PREFIX = 4;

function prefixOf(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const middle = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  const all = [...left, ...Array.from({ length: middle }, () => '0'), ...right];
  const groups = all.slice(0, GROUPS_OF_PREFIX).map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.join(':')}::/64`;
}

/** The source that an address, as doors write it, belongs to. */
export const sourceOf = (address: string): Source =>
  // `as`: the constructor of the brand.
  (address.includes(':') ? prefixOf(address) : address) as Source;
