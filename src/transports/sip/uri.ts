import { err, ok, type Result } from '../../domain/result.ts';
import { hostPort } from '../../domain/sip-uri.ts';

/** RFC 3261 §19.1: a `sip:` or `sips:` URI. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** Without escapes; undefined where the URI names a host only. */
  readonly user: string | undefined;
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** As written, in order; names are compared without regard to case. */
  readonly parameters: readonly string[];
}

export interface NotASipUri {
  readonly kind: 'not_a_sip_uri';
  readonly text: string;
}

const MAX_URI_LENGTH = 1_024;

// RFC 3261 §25.1: what a user part may hold without being escaped. `;` and `?` may as well, but old phones take them for the end.
const ESCAPED = /[^\w.!~*'()&=+$,/-]/gu;

const escapeByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** `*98#` → `*98%23`. */
export const escapeUser = (user: string): string =>
  user.replace(ESCAPED, (sign) => Array.from(new TextEncoder().encode(sign), escapeByte).join(''));

function unescapeUser(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const HOST_PORT = /^(?:\[(?<v6>[0-9A-Fa-f:.]{2,45})\]|(?<host>[A-Za-z0-9_.-]{1,253}))(?::(?<port>\d{1,5}))?$/;

function readHostPort(text: string): Pick<SipUri, 'host' | 'port'> | undefined {
  const found = HOST_PORT.exec(text)?.groups;
  const host = found?.['v6'] ?? found?.['host'];
  if (host === undefined) return undefined;
  const port = found?.['port'] === undefined ? undefined : Number(found['port']);
  return port === 0 || (port ?? 1) > 65_535 ? undefined : { host: host.toLowerCase(), port };
}

/** The part before the last `@`, without a password; undefined where it is empty or its escapes are broken. */
function readUser(body: string, at: number): string | undefined {
  const user = unescapeUser(body.slice(0, at).split(':', 1)[0] ?? '');
  return user === '' ? undefined : user;
}

/** A password in the user part, which nobody should write, and header fields after `?` are read and dropped. */
export function parseSipUri(text: string): Result<SipUri, NotASipUri> {
  const wrong = err({ kind: 'not_a_sip_uri', text } as const);
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (text.length > MAX_URI_LENGTH || (scheme !== 'sip' && scheme !== 'sips')) return wrong;
  const [body = ''] = text.slice(colon + 1).split('?', 1);
  const at = body.lastIndexOf('@');
  const user = at < 0 ? undefined : readUser(body, at);
  const [place = '', ...parameters] = body.slice(at + 1).split(';');
  const found = readHostPort(place);
  const isWrong = found === undefined || (at >= 0 && user === undefined);
  return isWrong ? wrong : ok({ scheme, user, ...found, parameters });
}

/** The value of a parameter: `transport` → `tcp`; '' where it stands without one. */
export function uriParameter(uri: SipUri, name: string): string | undefined {
  const found = uri.parameters.find((parameter) => parameter.split('=', 1)[0]?.toLowerCase() === name);
  return found?.slice(name.length + 1);
}

export function writeSipUri({ scheme, user, host, port, parameters }: SipUri): string {
  const place = hostPort(host, port);
  const account = user === undefined ? '' : `${escapeUser(user)}@`;
  return [`${scheme}:${account}${place}`, ...parameters].join(';');
}
