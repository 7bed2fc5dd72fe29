import { err, ok, type Result } from '../../domain/result.ts';

/** RFC 1350 §5, and OACK of RFC 2347. */
const OPCODE = { rrq: 1, wrq: 2, data: 3, ack: 4, error: 5, oack: 6 } as const;

/** RFC 1350, appendix I; 8 is of RFC 2347. */
export const TFTP_ERROR = {
  undefined: 0,
  fileNotFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTid: 5,
  badOption: 8,
} as const;
export type TftpErrorCode = (typeof TFTP_ERROR)[keyof typeof TFTP_ERROR];

/** One `name=value` of a request, as it was written. */
export interface TftpOption {
  readonly name: string;
  readonly value: string;
}

export interface TftpRequest {
  readonly kind: 'rrq' | 'wrq';
  readonly file: string;
  readonly mode: 'octet' | 'netascii';
  readonly options: readonly TftpOption[];
}

export type TftpPacket =
  | TftpRequest
  | { readonly kind: 'data'; readonly block: number; readonly data: Uint8Array }
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number }
  | { readonly kind: 'oack'; readonly options: readonly TftpOption[] };

/** Why these bytes are no packet. */
export interface BadPacket {
  readonly kind: 'bad_packet';
  readonly reason: 'too_short' | 'unknown_opcode' | 'too_long' | 'no_terminator' | 'no_file_name' | 'unknown_mode';
}

const bad = (reason: BadPacket['reason']): Result<never, BadPacket> => err({ kind: 'bad_packet', reason });

// RFC 2347, "Packet Formats": a request packet has at most 512 octets.
const MAX_REQUEST = 512;

/** The NUL-terminated strings that fill the rest of a packet; undefined when the last one does not end. */
function readStrings(packet: Buffer): readonly string[] | undefined {
  if (packet.length > 2 && packet[packet.length - 1] !== 0) return undefined;
  return packet.subarray(2, -1).toString('utf8').split('\0');
}

function pairUp(strings: readonly string[]): readonly TftpOption[] {
  const options: TftpOption[] = [];
  for (let at = 0; at + 1 < strings.length; at += 2) {
    options.push({ name: strings[at] ?? '', value: strings[at + 1] ?? '' });
  }
  return options;
}

function parseRequest(kind: 'rrq' | 'wrq', packet: Buffer): Result<TftpPacket, BadPacket> {
  if (packet.length > MAX_REQUEST) return bad('too_long');
  const strings = readStrings(packet);
  if (strings === undefined) return bad('no_terminator');
  const [file = '', modeText, ...rest] = strings;
  if (file === '') return bad('no_file_name');
  if (modeText === undefined) return bad('no_terminator');
  const mode = modeText.toLowerCase();
  // RFC 1350 §1: "mail" is obsolete and should not be implemented.
  if (mode !== 'octet' && mode !== 'netascii') return bad('unknown_mode');
  return ok({ kind, file, mode, options: pairUp(rest) });
}

/** Reads one datagram. Never throws, whatever the bytes. */
export function parsePacket(packet: Buffer): Result<TftpPacket, BadPacket> {
  if (packet.length < 4) return bad('too_short');
  const second = packet.readUInt16BE(2);
  switch (packet.readUInt16BE(0)) {
    case OPCODE.rrq:
      return parseRequest('rrq', packet);
    case OPCODE.wrq:
      return parseRequest('wrq', packet);
    case OPCODE.data:
      return ok({ kind: 'data', block: second, data: packet.subarray(4) });
    case OPCODE.ack:
      return ok({ kind: 'ack', block: second });
    case OPCODE.error:
      return ok({ kind: 'error', code: second });
    case OPCODE.oack:
      return ok({ kind: 'oack', options: pairUp(readStrings(packet) ?? []) });
    default:
      return bad('unknown_opcode');
  }
}

/** A request as a client writes it. */
export function requestPacket(request: Omit<TftpRequest, 'mode'> & { readonly mode: string }): Buffer {
  const strings = [request.file, request.mode, ...request.options.flatMap((option) => [option.name, option.value])];
  return Buffer.concat([
    Buffer.from([0, OPCODE[request.kind]]),
    Buffer.from(strings.map((text) => `${text}\0`).join('')),
  ]);
}

/** Block numbers are 16 bits wide; what is beyond rolls over to 0, as all clients known to us expect. */
export function dataPacket(block: number, data: Uint8Array): Buffer {
  const packet = Buffer.allocUnsafe(4 + data.length);
  packet.writeUInt16BE(OPCODE.data, 0);
  packet.writeUInt16BE(block & 0xffff, 2);
  packet.set(data, 4);
  return packet;
}

export function ackPacket(block: number): Buffer {
  const packet = Buffer.allocUnsafe(4);
  packet.writeUInt16BE(OPCODE.ack, 0);
  packet.writeUInt16BE(block & 0xffff, 2);
  return packet;
}

export function oackPacket(options: readonly TftpOption[]): Buffer {
  const strings = options.map((option) => `${option.name}\0${option.value}\0`);
  return Buffer.concat([Buffer.from([0, OPCODE.oack]), Buffer.from(strings.join(''))]);
}

/** Messages are ours, short and without anything of the request: nothing is reflected (P8, U1). */
export function errorPacket(code: TftpErrorCode, message: string): Buffer {
  return Buffer.concat([Buffer.from([0, OPCODE.error, 0, code]), Buffer.from(`${message}\0`)]);
}
