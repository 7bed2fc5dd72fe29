import { Buffer } from 'node:buffer';
import { isIP, SocketAddress } from 'node:net';
import { err, ok, type Result } from '../../domain/result.ts';

/** What a proxy says of a connection before its first byte; see "The PROXY protocol, versions 1 & 2" of HAProxy. */
export interface ProxyHeader {
  /** Bytes that belong to the header; what follows is the client's. */
  readonly length: number;
  /** Absent where the proxy speaks for itself (`LOCAL`: a health check) or does not know. */
  readonly client?: string;
}

export interface BadProxyHeader {
  readonly kind: 'bad_proxy_header';
}

export type ReadProxyHeader = Result<ProxyHeader | 'incomplete', BadProxyHeader>;

const BAD = err<BadProxyHeader>({ kind: 'bad_proxy_header' });
const INCOMPLETE = ok('incomplete' as const);

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const FIXED_BYTES = 16;
// §2.2 lets a header be 64 KB long for the sake of extensions; those that proxies send fit into a packet.
const MAX_EXTENDED_BYTES = 4096;
// §2.1: "a 108-byte buffer is always enough to store all the line and a trailing zero".
const MAX_LINE_BYTES = 107;
const LINE_START = Buffer.from('PROXY ');

/** One spelling for each address, as sockets give it. */
const canonical = (address: string): string =>
  new SocketAddress({ address, family: isIP(address) === 6 ? 'ipv6' : 'ipv4' }).address;

const isPort = (text: string): boolean => /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65535;

const LINE = /^PROXY (?:UNKNOWN(?: .*)?|TCP([46]) ([^ ]+) ([^ ]+) (\d+) (\d+))$/;

/** §2.1: `PROXY TCP4 192.0.2.7 192.0.2.1 56324 1444`. */
function readLine(line: string): Result<string | undefined, BadProxyHeader> {
  const parts = LINE.exec(line);
  if (parts === null) return BAD;
  const [, family, source = '', target = '', ...ports] = parts;
  if (family === undefined) return ok(undefined);
  const fits = [source, target].every((address) => isIP(address) === Number(family)) && ports.every(isPort);
  return fits ? ok(canonical(source)) : BAD;
}

function readVersion1(bytes: Buffer): ReadProxyHeader {
  const end = bytes.subarray(0, MAX_LINE_BYTES).indexOf('\r\n');
  if (end < 0) return bytes.length < MAX_LINE_BYTES ? INCOMPLETE : BAD;
  const client = readLine(bytes.toString('latin1', 0, end));
  if (!client.ok) return client;
  return ok({ length: end + 2, ...(client.value === undefined ? {} : { client: client.value }) });
}

const groupsOf = (bytes: Buffer): string =>
  Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16)).join(':');

/** §2.2, by address family and transport: bytes that both addresses and ports take, and how the source is written. */
const FAMILIES: ReadonlyMap<number, { readonly bytes: number; readonly source: (addresses: Buffer) => string }> =
  new Map([
    [0x11, { bytes: 12, source: (addresses) => Array.from(addresses.subarray(0, 4)).join('.') }],
    [0x21, { bytes: 36, source: (addresses) => canonical(groupsOf(addresses)) }],
  ]);

const LOCAL = 0x20;
const PROXIED = 0x21;
const UNSPECIFIED = 0x00;

function readVersion2(bytes: Buffer): ReadProxyHeader {
  if (bytes.length < FIXED_BYTES) return INCOMPLETE;
  const [command = 0, family = 0] = bytes.subarray(SIGNATURE.length);
  const length = FIXED_BYTES + bytes.readUInt16BE(SIGNATURE.length + 2);
  if ((command !== LOCAL && command !== PROXIED) || length > MAX_EXTENDED_BYTES) return BAD;
  if (bytes.length < length) return INCOMPLETE;
  if (command === LOCAL || family === UNSPECIFIED) return ok({ length });
  const form = FAMILIES.get(family);
  // Datagrams and UNIX sockets reach none of our doors.
  if (form === undefined || length < FIXED_BYTES + form.bytes) return BAD;
  return ok({ length, client: form.source(bytes.subarray(FIXED_BYTES, length)) });
}

const startsAs = (bytes: Buffer, start: Buffer): boolean => {
  const shared = Math.min(bytes.length, start.length);
  return bytes.subarray(0, shared).equals(start.subarray(0, shared));
};

/** Reads the header at the start of a connection, of either version. It must be there: a receiver may not guess (§2). */
export function readProxyHeader(bytes: Buffer): ReadProxyHeader {
  if (startsAs(bytes, SIGNATURE)) return readVersion2(bytes);
  return startsAs(bytes, LINE_START) ? readVersion1(bytes) : BAD;
}
