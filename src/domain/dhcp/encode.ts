import { err, ok, type Result } from '../result.ts';
import type { DhcpProblem } from './problem.ts';

// RFC 2132 §2. RFC 3396 splits what is longer over several options; no source says that a phone puts them together again.
const LONGEST = 255;

/** Printable ASCII without blanks, and without what any configuration takes for the end of a text: enough for hosts, URLs and macros. */
const PLAIN = /^[\x21-\x7e]+$/;
const SPECIAL = /["'`\\,;<>|^#]/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

export const isIpv4 = (text: string): boolean => IPV4.test(text);

const within = (
  octets: readonly number[],
  thing: string,
  value: string,
): Result<readonly number[], Extract<DhcpProblem, { kind: 'too_long' }>> =>
  octets.length > LONGEST ? err({ kind: 'too_long', thing, value, octets: octets.length }) : ok(octets);

const ascii = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0));

/** A text as it stands, without an end mark (RFC 2132 §2). */
export function encodeText(thing: string, text: string): Result<readonly number[], DhcpProblem> {
  if (!PLAIN.test(text) || SPECIAL.test(text)) return err({ kind: 'not_plain', thing, value: text });
  return within(ascii(text), thing, text);
}

/** IPv4 addresses, four octets each. */
export function encodeAddresses(thing: string, addresses: readonly string[]): Result<readonly number[], DhcpProblem> {
  const wrong = addresses.find((address) => !isIpv4(address));
  if (wrong !== undefined) return err({ kind: 'not_ipv4', thing, value: wrong });
  const octets = addresses.flatMap((address) => address.split('.').map(Number));
  return within(octets, thing, addresses.join(' '));
}

export interface SubText {
  readonly code: number;
  readonly text: string;
}

/** RFC 2132 §8.4: code, length and value of each sub-option in one option. */
export function encodeSubOptions(
  thing: string,
  texts: readonly SubText[],
  { endsWithNul }: { readonly endsWithNul: boolean },
): Result<readonly number[], DhcpProblem> {
  const octets: number[] = [];
  for (const { code, text } of texts) {
    const name = `sub-option ${code} of ${thing}`;
    const encoded = encodeText(name, text);
    if (!encoded.ok) return encoded;
    const whole = within(endsWithNul ? [...encoded.value, 0] : encoded.value, name, text);
    if (!whole.ok) return whole;
    octets.push(code, whole.value.length, ...whole.value);
  }
  return within(octets, thing, texts.map(({ text }) => text).join(' '));
}

/** `420c68…`, two digits for each octet. */
export const hexOf = (octets: readonly number[]): string =>
  octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');
