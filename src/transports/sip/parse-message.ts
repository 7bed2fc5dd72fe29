import { Buffer } from 'node:buffer';
import { err, ok, type Result } from '../../domain/result.ts';
import { headerName } from './header-names.ts';
import { MAX_HEADER_BYTES, MAX_HEADERS, MAX_MESSAGE_BYTES } from './limits.ts';
import type { HeaderField, SipMessage } from './message.ts';

/** Bytes that are no SIP message. The reason is a fixed word: nothing of what was sent. */
export interface MalformedMessage {
  readonly kind: 'malformed_message';
  readonly reason:
    | 'too_long'
    | 'no_end_of_headers'
    | 'start_line'
    | 'too_many_headers'
    | 'header'
    | 'content_length'
    | 'body_too_short';
}

const malformed = (reason: MalformedMessage['reason']): Result<never, MalformedMessage> =>
  err({ kind: 'malformed_message', reason });

const CR = 13;
const LF = 10;

// RFC 3261 §25.1, "token". No quantifier stands beside another that takes the same characters: time is linear in the length.
const TOKEN = /^[\w.!%*+`'~-]+$/;
const VERSION = 'SIP/2.0';

/** Where the headers end and the body begins. Some phones end lines with LF alone. */
function endOfHeaders(bytes: Buffer, from: number): { readonly end: number; readonly body: number } | undefined {
  const [strict, bare] = [bytes.indexOf('\n\r\n', from), bytes.indexOf('\n\n', from)];
  if (bare >= 0 && (strict < 0 || bare < strict)) return { end: bare, body: bare + 2 };
  return strict < 0 ? undefined : { end: strict, body: strict + 3 };
}

// RFC 3261 §7.5: empty lines before the start line are ignored.
function startOfMessage(bytes: Uint8Array): number {
  let start = 0;
  while (bytes[start] === CR || bytes[start] === LF) start++;
  return start;
}

/** RFC 3261 §7.3.1: a line that begins with white space goes on where the one before ended. */
function unfold(lines: readonly string[]): readonly string[] | undefined {
  const unfolded: string[] = [];
  for (const line of lines) {
    const isContinued = line.startsWith(' ') || line.startsWith('\t');
    const before = unfolded.pop();
    if (isContinued && before === undefined) return undefined;
    if (before !== undefined && !isContinued) unfolded.push(before);
    unfolded.push(isContinued ? `${before ?? ''} ${line.trim()}` : line);
    if ((unfolded.at(-1)?.length ?? 0) > MAX_HEADER_BYTES) return undefined;
  }
  return unfolded;
}

function readHeader(line: string): HeaderField | undefined {
  const colon = line.indexOf(':');
  const name = colon < 0 ? '' : line.slice(0, colon).trimEnd();
  return TOKEN.test(name) ? { name: headerName(name), value: line.slice(colon + 1).trim() } : undefined;
}

function readHeaders(lines: readonly string[]): readonly HeaderField[] | undefined {
  const headers: HeaderField[] = [];
  for (const line of unfold(lines) ?? ['']) {
    const header = readHeader(line);
    if (header === undefined) return undefined;
    headers.push(header);
  }
  return headers;
}

type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string };

function readStartLine(line: string): StartLine | undefined {
  // Four pieces at most: a line of blanks would have 60,000.
  const [first = '', second = '', ...rest] = line.split(' ', 4);
  if (first === VERSION) {
    const reason = line.slice(VERSION.length + second.length + 2);
    return /^[1-6]\d\d$/.test(second) ? { kind: 'response', status: Number(second), reason } : undefined;
  }
  return TOKEN.test(first) && second !== '' && rest.length === 1 && rest[0] === VERSION
    ? { kind: 'request', method: first, uri: second }
    : undefined;
}

/** `undefined` where nothing is said; twice the same is once. */
function readContentLength(headers: readonly HeaderField[]): number | undefined | 'wrong' {
  const said = new Set(headers.filter(({ name }) => name === 'content-length').map(({ value }) => value));
  const [length, ...others] = said;
  if (length === undefined) return undefined;
  return others.length === 0 && /^\d{1,6}$/.test(length) ? Number(length) : 'wrong';
}

/**
 * One message from one datagram, or from as many bytes of a stream as `Framing` found to be one. What comes after a body of the
 * length that it says is not looked at (RFC 3261 §18.3).
 */
export function parseMessage(message: Uint8Array): Result<SipMessage, MalformedMessage> {
  if (message.length > MAX_MESSAGE_BYTES) return malformed('too_long');
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  const start = startOfMessage(bytes);
  const place = endOfHeaders(bytes, start);
  if (place === undefined) return malformed('no_end_of_headers');
  // One line more than there may be shows that there are too many.
  const text = bytes.toString('utf8', start, place.end).split('\n', MAX_HEADERS + 2);
  const [first = '', ...lines] = text.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const startLine = readStartLine(first);
  if (startLine === undefined) return malformed('start_line');
  if (lines.length > MAX_HEADERS) return malformed('too_many_headers');
  const headers = readHeaders(lines);
  if (headers === undefined) return malformed('header');
  const length = readContentLength(headers);
  if (length === 'wrong') return malformed('content_length');
  const rest = bytes.subarray(place.body);
  if (length !== undefined && rest.length < length) return malformed('body_too_short');
  return ok({ ...startLine, headers, body: length === undefined ? rest : rest.subarray(0, length) });
}
