import { expect, test } from 'vitest';
import { locate, type Naptr, type SipNames, type Srv } from './locate.ts';

interface Zone {
  readonly naptr?: Readonly<Record<string, readonly Naptr[]>>;
  readonly srv?: Readonly<Record<string, readonly Srv[]>>;
  readonly a?: Readonly<Record<string, readonly string[]>>;
}

const names = ({ naptr = {}, srv = {}, a = {} }: Zone): SipNames => ({
  naptr: (name) => Promise.resolve(naptr[name] ?? []),
  srv: (name) => Promise.resolve(srv[name] ?? []),
  addresses: (name) => Promise.resolve(a[name] ?? []),
});

const short = async (zone: Zone, server: Parameters<typeof locate>[1]): Promise<readonly string[]> =>
  (await locate(names(zone), server)).map(
    ({ transport, address, port, name }) => `${transport} ${address}:${String(port)} ${name}`,
  );

const A = {
  'pbx.example.com': ['192.0.2.1'],
  'a.example.com': ['192.0.2.2', '2001:db8::2'],
  'b.example.com': ['192.0.2.3'],
};
const srv = (name: string, priority: number, weight = 0, port = 5080): Srv => ({ name, priority, weight, port });

test('an address, or a name with a port, is asked as it stands (RFC 3263 §4.1, §4.2)', async () => {
  expect(await short({}, { host: '192.0.2.9' })).toEqual(['udp 192.0.2.9:5060 192.0.2.9']);
  expect(await short({}, { host: '2001:db8::9', transport: 'tls' })).toEqual(['tls 2001:db8::9:5061 2001:db8::9']);
  expect(await short({ a: A }, { host: 'pbx.example.com', port: 5062, transport: 'tcp' })).toEqual([
    'tcp 192.0.2.1:5062 pbx.example.com',
  ]);
});

test('NAPTR says which transport comes first, SRV where it is', async () => {
  const zone: Zone = {
    naptr: {
      'pbx.example.com': [
        { service: 'SIP+D2U', flags: 's', replacement: '_sip._udp.example.com', order: 20, preference: 1 },
        { service: 'SIP+D2X', flags: 's', replacement: '_sip._sctp.example.com', order: 1, preference: 1 },
        { service: 'SIPS+D2T', flags: 'S', replacement: '_sips._tcp.example.com', order: 10, preference: 1 },
      ],
    },
    srv: { '_sips._tcp.example.com': [srv('b.example.com', 2), srv('a.example.com', 1)] },
    a: A,
  };
  expect(await short(zone, { host: 'pbx.example.com' })).toEqual([
    'tls 192.0.2.2:5080 pbx.example.com',
    'tls 2001:db8::2:5080 pbx.example.com',
    'tls 192.0.2.3:5080 pbx.example.com',
  ]);
});

test('without NAPTR the SRV records of UDP, then of TCP are asked for; without any the name itself', async () => {
  const tcp = { '_sip._tcp.pbx.example.com': [srv('b.example.com', 1, 1), srv('a.example.com', 1, 5)] };
  expect(await short({ srv: tcp, a: A }, { host: 'pbx.example.com' })).toEqual([
    'tcp 192.0.2.2:5080 pbx.example.com',
    'tcp 2001:db8::2:5080 pbx.example.com',
    'tcp 192.0.2.3:5080 pbx.example.com',
  ]);
  expect(await short({ srv: tcp, a: A }, { host: 'pbx.example.com', transport: 'udp' })).toEqual([
    'udp 192.0.2.1:5060 pbx.example.com',
  ]);
});

test('a name without an address leads nowhere, and one with hundreds to eight', async () => {
  expect(await short({}, { host: 'nowhere.example.com' })).toEqual([]);
  const many = { 'pbx.example.com': Array.from({ length: 300 }, (_, host) => `192.0.2.${String(host)}`) };
  expect(await short({ a: many }, { host: 'pbx.example.com' })).toHaveLength(8);
});
