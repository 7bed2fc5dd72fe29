import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { SipServer } from '../../domain/resync/notify.ts';
import type { SipHop } from './flow.ts';

export interface Naptr {
  readonly service: string;
  readonly flags: string;
  readonly replacement: string;
  readonly order: number;
  readonly preference: number;
}

export interface Srv {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** What the DNS knows; nothing where it knows nothing. */
export interface SipNames {
  naptr(name: string): Promise<readonly Naptr[]>;
  srv(name: string): Promise<readonly Srv[]>;
  /** IPv4 before IPv6. */
  addresses(name: string): Promise<readonly string[]>;
}

const NOTHING: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

async function orNothing<T>(found: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOTHING.has(String(error.code))) return [];
    throw error;
  }
}

/** By the machine's own resolvers. Addresses come from the hosts file as well (`lookup`). */
export function systemNames(lookup: (name: string) => Promise<readonly string[]>): SipNames {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return {
    naptr: (name) => orNothing(resolver.resolveNaptr(name)),
    srv: (name) => orNothing(resolver.resolveSrv(name)),
    addresses: (name) => orNothing(lookup(name)),
  };
}

const DEFAULT_PORT = { udp: 5060, tcp: 5060, tls: 5061 } as const;

// RFC 3263 §4.1; the order in which we look where the name says nothing.
const SERVICES = [
  { transport: 'tls', naptr: 'SIPS+D2T', srv: '_sips._tcp' },
  { transport: 'tcp', naptr: 'SIP+D2T', srv: '_sip._tcp' },
  { transport: 'udp', naptr: 'SIP+D2U', srv: '_sip._udp' },
] as const;
const srvPrefix = (transport: SipHop['transport']): string =>
  SERVICES.find((service) => service.transport === transport)?.srv ?? '';

/** Hops are bounded: a name may answer with hundreds. */
const MAX_HOPS = 8;

interface Place {
  readonly transport: SipHop['transport'];
  readonly host: string;
  readonly port: number;
}

/** RFC 2782: by priority; of one priority the heavier first, so that the order is the same for every request. */
const inOrder = (records: readonly Srv[]): readonly Srv[] =>
  records.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight);

async function placesBySrv(names: SipNames, transport: SipHop['transport'], name: string): Promise<readonly Place[]> {
  const records = inOrder(await names.srv(name));
  return records.map((record) => ({ transport, host: record.name, port: record.port }));
}

/** RFC 3263 §4.1: NAPTR says which transports there are and under which names; without it, SRV of each is asked for. */
async function placesByName(names: SipNames, host: string): Promise<readonly Place[]> {
  const services = (await names.naptr(host))
    .filter(({ flags }) => flags.toLowerCase() === 's')
    .toSorted((a, b) => a.order - b.order || a.preference - b.preference);
  for (const { service, replacement } of services) {
    const known = SERVICES.find(({ naptr }) => naptr === service.toUpperCase());
    const places = known === undefined ? [] : await placesBySrv(names, known.transport, replacement);
    if (places.length > 0) return places;
  }
  // Without NAPTR a server that is asked without TLS is what every line of ours means by a bare name.
  for (const { transport, srv } of SERVICES.filter((service) => service.transport !== 'tls').toReversed()) {
    const places = await placesBySrv(names, transport, `${srv}.${host}`);
    if (places.length > 0) return places;
  }
  return [];
}

async function placesOf(names: SipNames, { host, port, transport }: SipServer): Promise<readonly Place[]> {
  const plain: Place = { transport: transport ?? 'udp', host, port: port ?? DEFAULT_PORT[transport ?? 'udp'] };
  if (isIP(host) !== 0 || port !== undefined) return [plain];
  const found =
    transport === undefined
      ? await placesByName(names, host)
      : await placesBySrv(names, transport, `${srvPrefix(transport)}.${host}`);
  return found.length === 0 ? [plain] : found;
}

/** RFC 3263 §4: where a request to this server goes, first choice first; empty where the name has no address. */
export async function locate(names: SipNames, server: SipServer): Promise<readonly SipHop[]> {
  const hops: SipHop[] = [];
  for (const { transport, host, port } of await placesOf(names, server)) {
    const addresses = isIP(host) === 0 ? await names.addresses(host) : [host];
    // RFC 5922 §7: the certificate is for the name that was asked for, not for where DNS points.
    for (const address of addresses) hops.push({ transport, address, port, name: server.host });
    if (hops.length >= MAX_HOPS) break;
  }
  return hops.slice(0, MAX_HOPS);
}
