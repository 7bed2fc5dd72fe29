/** An address as bits. IPv4 fits a number, which is many times faster to compare. */
type Address = { readonly family: 4; readonly value: number } | { readonly family: 6; readonly value: bigint };

/** The address that it begins with, and how many bits at its end are free. */
interface Network {
  readonly base: Address;
  readonly free: number;
}

const DOT = 0x2e;
const ZERO = 0x30;

/** Four numbers up to 255 with dots between them; read by hand, since every request's address is. */
function ipv4(text: string): number | undefined {
  let value = 0;
  let part = 0;
  let digits = 0;
  let parts = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || digits > 3 || part > 255) return undefined;
      value = value * 256 + part;
      part = digits = 0;
      parts += 1;
    } else {
      if (code < ZERO || code > ZERO + 9) return undefined;
      part = part * 10 + code - ZERO;
      digits += 1;
    }
  }
  return parts === 4 ? value : undefined;
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
function parseAddress(text: string): Address | undefined {
  const plain = ipv4(text);
  if (plain !== undefined) return { family: 4, value: plain };
  const bare = text.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  const four = ipv4(bare);
  if (four !== undefined) return { family: 4, value: four };
  const six = bare.includes(':') ? ipv6(bare) : undefined;
  return six === undefined ? undefined : { family: 6, value: six };
}

function parseNetwork(text: string): Network | undefined {
  const [start = '', length = ''] = text.split('/');
  const base = parseAddress(start);
  if (base === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const free = (base.family === 4 ? 32 : 128) - Number(length);
  return free < 0 ? undefined : { base, free };
}

// Networks are written by administrators and asked for with every request; addresses are written by strangers and not kept.
const MAX_KNOWN = 5000;
const known = new Map<string, Network | undefined>();

function networkOf(text: string): Network | undefined {
  if (known.has(text)) return known.get(text);
  const network = parseNetwork(text);
  if (known.size < MAX_KNOWN) known.set(text, network);
  return network;
}

function lies(address: Address, { base, free }: Network): boolean {
  if (address.family === 4)
    return base.family === 4 && Math.floor(address.value / 2 ** free) === Math.floor(base.value / 2 ** free);
  return base.family === 6 && address.value >> BigInt(free) === base.value >> BigInt(free);
}

/** Does the address lie in one of the networks, `192.0.2.0/24` or `2001:db8::/32`? Never throws: what cannot be read lies nowhere. */
export function isInAny(text: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return false;
  const address = parseAddress(text);
  if (address === undefined) return false;
  return networks.some((one) => {
    const network = networkOf(one);
    return network !== undefined && lies(address, network);
  });
}

export const isInNetwork = (address: string, network: string): boolean => isInAny(address, [network]);

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
