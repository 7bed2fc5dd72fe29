import type { Challenge } from '../../domain/tenant.ts';
import type { Authorization, DigestFields } from '../../domain/trust/authorization.ts';
import type { Crypto, NonceUses } from '../ports.ts';

/** Whose credentials a request may show: the phone's own, or its tenant's. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface DigestPorts {
  readonly crypto: Crypto;
  readonly nonces: NonceUses;
}

const REALM = 'offhook';

/** RFC 7616 §5.12 asks for short lives; long enough for a phone's slow flash. */
export const NONCE_SECONDS = 300;

const ALGORITHMS = { 'SHA-256': 'sha256', MD5: 'md5' } as const;
type Algorithm = keyof typeof ALGORITHMS;

// RFC 7616 §3.3 and §6.1; the stronger one first, so that a phone takes the best it knows.
const OFFERED = {
  basic: [],
  digest: ['SHA-256', 'MD5'],
  'digest-sha256': ['SHA-256'],
} as const satisfies Record<Challenge, readonly Algorithm[]>;

const isAlgorithm = (text: string): text is Algorithm => Object.hasOwn(ALGORITHMS, text);

/** The clocks of processes that share a store may differ by so much. */
const SKEW_SECONDS = 10;

/** A nonce proves by itself that we issued it and when: nothing is stored until it is used. */
function issueNonce({ crypto, nonces }: DigestPorts, now: Date): string {
  const issued = `${now.getTime().toString(36)}-${nonces.epoch}${crypto.token(60)}`;
  return `${issued}-${crypto.keyedHash('nonce', issued).slice(0, 32)}`;
}

type NonceState = { readonly kind: 'stale' | 'foreign' } | { readonly kind: 'good'; readonly until: Date };

function judgeNonce({ crypto, nonces }: DigestPorts, nonce: string, now: Date): NonceState {
  const [time = '', random = '', mac = '', more] = nonce.split('-');
  if (more !== undefined || !crypto.equal(crypto.keyedHash('nonce', `${time}-${random}`).slice(0, 32), mac))
    return { kind: 'foreign' };
  const issued = Number.parseInt(time, 36);
  const age = now.getTime() - issued;
  const isFresh = age >= -SKEW_SECONDS * 1000 && age <= NONCE_SECONDS * 1000 && random.startsWith(nonces.epoch);
  return isFresh ? { kind: 'good', until: new Date(issued + NONCE_SECONDS * 1000) } : { kind: 'stale' };
}

/** The challenges of one answer, one header each (RFC 9110 §11.6.1). */
export function challengesFor(ports: DigestPorts, scheme: Challenge, now: Date, stale: boolean): readonly string[] {
  if (scheme === 'basic') return [`Basic realm="${REALM}", charset="UTF-8"`];
  const nonce = issueNonce(ports, now);
  return OFFERED[scheme].map(
    (algorithm) =>
      `Digest realm="${REALM}", qop="auth", algorithm=${algorithm}, nonce="${nonce}"${stale ? ', stale=true' : ''}`,
  );
}

/** Whether credentials of this kind count where `asked` is asked for: nobody may choose less than SHA-256 where that is demanded (A5). */
export const isStrongEnough = (sent: Authorization, asked: Challenge | undefined): boolean =>
  asked !== 'digest-sha256' || (sent.scheme === 'digest' && sent.fields.algorithm.toUpperCase() === 'SHA-256');

export function basicMatches(crypto: Crypto, sent: Credentials, expected: Credentials): boolean {
  // Both are compared always, so that a wrong name takes as long as a wrong password.
  const user = crypto.equal(sent.user, expected.user);
  const password = crypto.equal(sent.password, expected.password);
  return user && password;
}

export type DigestVerdict = 'right' | 'wrong' | 'stale';

export interface DigestRequest {
  readonly fields: DigestFields;
  readonly method: string;
  readonly target: string;
  /** RFC 2617 phones without qop; on the legacy door only. */
  readonly mayOmitQop: boolean;
  readonly now: Date;
}

/** RFC 7616 §3.4.1 with qop=auth, or RFC 2069 without qop. */
function expectedResponse(
  crypto: Crypto,
  algorithm: Algorithm,
  { fields, method }: DigestRequest,
  expected: Credentials,
): string {
  const hash = (text: string): string => crypto.hash(ALGORITHMS[algorithm], text);
  const ha1 = hash(`${fields.username}:${REALM}:${expected.password}`);
  const ha2 = hash(`${method}:${fields.uri}`);
  return fields.qop === undefined
    ? hash(`${ha1}:${fields.nonce}:${ha2}`)
    : hash(`${ha1}:${fields.nonce}:${fields.nc ?? ''}:${fields.cnonce ?? ''}:${fields.qop}:${ha2}`);
}

function isWellFormed({ fields, target, mayOmitQop }: DigestRequest): boolean {
  if (fields.realm !== REALM || fields.uri !== target) return false;
  if (fields.qop === undefined) return mayOmitQop;
  return (
    fields.qop === 'auth' &&
    /^[0-9a-f]{8}$/i.test(fields.nc ?? '') &&
    fields.cnonce !== undefined &&
    fields.cnonce !== ''
  );
}

/** Whether the answer was made with this name and password, for what is asked for, over whatever nonce. */
function isAnswerOf(crypto: Crypto, request: DigestRequest, expected: Credentials): boolean {
  const { fields } = request;
  const algorithm = fields.algorithm.toUpperCase();
  if (!isAlgorithm(algorithm) || !isWellFormed(request)) return false;
  const response = crypto.equal(expectedResponse(crypto, algorithm, request, expected), fields.response);
  const user = crypto.equal(fields.username, expected.user);
  return response && user;
}

/** Checks one digest; a right one is counted, so that the same header sent again is refused. */
export async function judgeDigest(
  ports: DigestPorts,
  request: DigestRequest,
  expected: Credentials,
): Promise<DigestVerdict> {
  const { fields, now } = request;
  if (!isAnswerOf(ports.crypto, request, expected)) return 'wrong';
  const nonce = judgeNonce(ports, fields.nonce, now);
  if (nonce.kind !== 'good') return nonce.kind === 'stale' ? 'stale' : 'wrong';
  // Without qop the count is not part of what was hashed: whoever replays could write any.
  const count = fields.qop === undefined ? 'none' : (fields.nc ?? '');
  return (await ports.nonces.use(fields.nonce, count, nonce.until)) ? 'right' : 'stale';
}

/** The same for credentials that open nothing: nothing is counted, and a nonce that is too old makes them wrong like any other. */
export const showsPassword = (ports: DigestPorts, request: DigestRequest, expected: Credentials): boolean =>
  isAnswerOf(ports.crypto, request, expected) && judgeNonce(ports, request.fields.nonce, request.now).kind === 'good';
