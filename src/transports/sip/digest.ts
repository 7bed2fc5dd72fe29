import { createHash } from 'node:crypto';
import { quote, readParameters, splitOutside, type Parameters } from './parameters.ts';

// RFC 7616 §6.1; RFC 8760 §2 for SIP. Names as OpenSSL has them.
const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};

/** One challenge for a digest, as we can answer it. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** As it was written; undefined where nothing was said, which means MD5 (RFC 3261 §22.4). */
  readonly algorithm: string | undefined;
  /** Whether `auth` was offered; without any qop the answer is that of RFC 2069. */
  readonly qop: 'auth' | undefined;
  readonly isStale: boolean;
}

/** The scheme of a `WWW-Authenticate` and what comes after it. */
function readScheme(value: string): { readonly scheme: string; readonly fields: Parameters } {
  const space = value.indexOf(' ');
  const scheme = (space < 0 ? value : value.slice(0, space)).toLowerCase();
  return { scheme, fields: readParameters(splitOutside(space < 0 ? '' : value.slice(space + 1), ',')) };
}

const sessionOf = (algorithm: string): { readonly base: string; readonly isSession: boolean } => {
  const isSession = /-sess$/i.test(algorithm);
  return { base: (isSession ? algorithm.slice(0, -5) : algorithm).toUpperCase(), isSession };
};

/** undefined for any scheme but Digest (never Basic), an unknown algorithm, or nothing but `auth-int`. */
export function readChallenge(value: string): DigestChallenge | undefined {
  const { scheme, fields } = readScheme(value);
  const [realm, nonce, algorithm] = [fields.get('realm'), fields.get('nonce'), fields.get('algorithm')];
  if (scheme !== 'digest' || realm === undefined || nonce === undefined) return undefined;
  if (!Object.hasOwn(ALGORITHMS, sessionOf(algorithm ?? 'MD5').base)) return undefined;
  const offered = fields
    .get('qop')
    ?.toLowerCase()
    .split(',')
    .map((qop) => qop.trim());
  if (offered !== undefined && !offered.includes('auth')) return undefined;
  return {
    realm,
    nonce,
    algorithm,
    opaque: fields.get('opaque'),
    qop: offered === undefined ? undefined : 'auth',
    isStale: fields.get('stale')?.toLowerCase() === 'true',
  };
}

export interface DigestAnswer {
  readonly challenge: DigestChallenge;
  readonly method: string;
  /** The Request-URI as we sent it: a proxy rewrites it, and the phone hashes what stands in `uri`. */
  readonly uri: string;
  readonly user: string;
  readonly password: string;
  readonly cnonce: string;
  /** How often this nonce is used with this answer, from 1. */
  readonly uses: number;
}

// RFC 7616 §3.4: eight hexadecimal digits.
const nonceCount = (uses: number): string => uses.toString(16).padStart(8, '0');

/** RFC 7616 §3.4.1 and, without qop, RFC 2069 §2.1.2. */
export function digestResponse({ challenge, method, uri, user, password, cnonce, uses }: DigestAnswer): string {
  const { realm, nonce, algorithm = 'MD5', qop } = challenge;
  const { base, isSession } = sessionOf(algorithm);
  const hash = (...parts: readonly string[]): string =>
    createHash(ALGORITHMS[base] ?? 'md5')
      .update(parts.join(':'))
      .digest('hex');
  const secret = hash(user, realm, password);
  const ha1 = isSession ? hash(secret, nonce, cnonce) : secret;
  const ha2 = hash(method, uri);
  return qop === undefined ? hash(ha1, nonce, ha2) : hash(ha1, nonce, nonceCount(uses), cnonce, qop, ha2);
}

/** The value of `Authorization` or `Proxy-Authorization`. `qop`, `nc` and `algorithm` stand without quotes (RFC 3261 §25.1). */
export function writeDigest(answer: DigestAnswer): string {
  const { challenge, uri, user, cnonce, uses } = answer;
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  return `Digest ${[
    `username=${quote(user)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${digestResponse(answer)}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${nonceCount(uses)}`]),
    ...(qop === undefined && !sessionOf(algorithm ?? '').isSession ? [] : [`cnonce=${quote(cnonce)}`]),
  ].join(', ')}`;
}
