import { BlockList, isIP } from 'node:net';

/** One form for each address: an IPv4 peer of a dual-stack socket shows as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2), a link-local one with its zone. */
export function plainAddress(address: string): string {
  if (!address.startsWith('::') && !address.includes('%')) return address;
  const bare = address.split('%', 1)[0] ?? address;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(bare);
  return mapped?.[1] ?? bare;
}

/** Whether an address lies in one of these networks (CIDR). A network that cannot be read is our caller's mistake and throws. */
export function inNetworks(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}
