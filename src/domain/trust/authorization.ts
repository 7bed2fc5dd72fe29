import { given } from '../fields.ts';
import { err, ok, type Result } from '../result.ts';

/** What an Authorization header says (RFC 9110 §11.6.2), before anything of it is believed. */
export type Authorization =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | { readonly scheme: 'digest'; readonly fields: DigestFields };

/** RFC 7616 §3.4. Fields that were not sent are absent. */
export interface DigestFields {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: string;
  readonly qop?: string;
  readonly nc?: string;
  readonly cnonce?: string;
}

/** Who somebody says he is. */
export const userOf = (authorization: Authorization): string =>
  authorization.scheme === 'basic' ? authorization.user : authorization.fields.username;

export interface UnreadableAuthorization {
  readonly kind: 'unreadable_authorization';
}

const unreadable = err<UnreadableAuthorization>({ kind: 'unreadable_authorization' });

const FIELD = /([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,\s*|$)/giy;

function readFields(text: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const match = FIELD.exec(text);
    const name = match?.[1]?.toLowerCase();
    if (match === null || name === undefined || fields.has(name)) return undefined;
    fields.set(name, match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '');
  }
  return fields;
}

function readDigest(text: string): Result<Authorization, UnreadableAuthorization> {
  const sent = readFields(text);
  if (sent === undefined) return unreadable;
  const [username, realm, nonce] = [sent.get('username'), sent.get('realm'), sent.get('nonce')];
  const [uri, response] = [sent.get('uri'), sent.get('response')];
  if (
    username === undefined ||
    realm === undefined ||
    nonce === undefined ||
    uri === undefined ||
    response === undefined
  )
    return unreadable;
  const [qop, nc, cnonce] = [sent.get('qop'), sent.get('nc'), sent.get('cnonce')];
  return ok({
    scheme: 'digest',
    fields: {
      username,
      realm,
      nonce,
      uri,
      response: response.toLowerCase(),
      // RFC 7616 §3.3: no algorithm means MD5.
      algorithm: sent.get('algorithm') ?? 'MD5',
      ...given({ qop, nc, cnonce }),
    },
  });
}

/** Reads one Authorization header; `decodeBase64` comes in because this layer has no bytes of its own. */
export function readAuthorization(
  header: string,
  decodeBase64: (text: string) => string,
): Result<Authorization, UnreadableAuthorization> {
  if (header.length > 4096) return unreadable;
  const [scheme = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*)$/s.exec(header)?.slice(1) ?? [];
  if (scheme.toLowerCase() === 'digest') return readDigest(rest.trim());
  if (scheme.toLowerCase() !== 'basic') return unreadable;
  const pair = decodeBase64(rest.trim());
  const colon = pair.indexOf(':');
  return colon < 0 ? unreadable : ok({ scheme: 'basic', user: pair.slice(0, colon), password: pair.slice(colon + 1) });
}
