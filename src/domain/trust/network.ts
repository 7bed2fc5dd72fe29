/** An address or network as bits, for membership only. */
interface Bits {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

function ipv4(text: string): bigint | undefined {
  const octets = IPV4.exec(text)?.slice(1).map(Number);
  if (octets === undefined || octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n);
}

function ipv6(text: string): bigint | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array.from({ length: tail === undefined ? 0 : missing }, () => '0'), ...right];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((value, group) => value * 65536n + BigInt(Number.parseInt(group, 16)), 0n);
}

/** Reads an address as sockets give it; `::ffff:192.0.2.1` is the IPv4 address inside (RFC 4291 §2.5.5.2), a zone is dropped. */
function parseAddress(text: string): Bits | undefined {
  const bare = text.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  const four = ipv4(bare);
  if (four !== undefined) return { family: 4, value: four };
  const six = bare.includes(':') ? ipv6(bare) : undefined;
  return six === undefined ? undefined : { family: 6, value: six };
}

/** Does the address lie in the network, `192.0.2.0/24` or `2001:db8::/32`? Never throws: what cannot be read lies nowhere. */
export function isInNetwork(address: string, network: string): boolean {
  const [base = '', length = ''] = network.split('/');
  const a = parseAddress(address);
  const n = parseAddress(base);
  if (a === undefined || n === undefined || a.family !== n.family || !/^\d{1,3}$/.test(length)) return false;
  const free = BigInt((a.family === 4 ? 32 : 128) - Number(length));
  return free >= 0n && a.value >> free === n.value >> free;
}

export const isInAny = (address: string, networks: readonly string[]): boolean =>
  networks.some((network) => isInNetwork(address, network));

/** RFC 1918, RFC 3927, RFC 4193, loopback: where a phone can be that shares a network with us. Not RFC 6598, which providers share. */
export const PRIVATE_NETWORKS: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
];
