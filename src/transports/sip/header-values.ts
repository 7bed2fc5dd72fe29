import { headerOf, headersOf, type SipMessage } from './message.ts';
import { readParameters, splitOutside, unquote, type Parameters } from './parameters.ts';

/** RFC 3261 §20.10: From, To, Contact, Route and the like. */
export interface NameAddress {
  readonly displayName: string;
  readonly uri: string;
  readonly parameters: Parameters;
}

/** Without angle brackets parameters are the header's, not the URI's (RFC 3261 §20). undefined where there is no URI. */
export function parseNameAddress(value: string): NameAddress | undefined {
  const [address = '', ...rest] = splitOutside(value, ';');
  const open = address.lastIndexOf('<');
  if (open < 0) return address === '' ? undefined : { displayName: '', uri: address, parameters: readParameters(rest) };
  const close = address.indexOf('>', open);
  if (close < 0) return undefined;
  const displayName = unquote(address.slice(0, open).trim());
  return { displayName, uri: address.slice(open + 1, close).trim(), parameters: readParameters(rest) };
}

/** Every value of a header that may be a list, over all its fields (RFC 3261 §7.3.1). */
export const listOf = (message: SipMessage, name: string): readonly string[] =>
  headersOf(message, name).flatMap((value) => splitOutside(value, ','));

/** RFC 3261 §20.42. */
export interface Via {
  readonly transport: string;
  /** Host and port as they stand there. */
  readonly sentBy: string;
  readonly parameters: Parameters;
}

export function parseVia(value: string): Via | undefined {
  const [first = '', ...rest] = splitOutside(value, ';');
  const [, transport, sentBy] = /^SIP\s*\/\s*2\.0\s*\/\s*(\w{1,10})\s+(\S{1,300})$/i.exec(first) ?? [];
  return transport === undefined || sentBy === undefined
    ? undefined
    : { transport: transport.toUpperCase(), sentBy, parameters: readParameters(rest) };
}

/** RFC 3261 §20.16: below 2^31. */
export interface Cseq {
  readonly number: number;
  readonly method: string;
}

export function parseCseq(message: SipMessage): Cseq | undefined {
  const [, number, method] = /^(\d{1,10})\s+(\S{1,64})$/.exec(headerOf(message, 'cseq') ?? '') ?? [];
  return number === undefined || method === undefined || Number(number) >= 2 ** 31
    ? undefined
    : { number: Number(number), method };
}

/** The branch of the topmost Via, by which answers find their request (RFC 3261 §17.1.3). */
export const topVia = (message: SipMessage): Via | undefined => {
  const [first] = listOf(message, 'via');
  return first === undefined ? undefined : parseVia(first);
};
