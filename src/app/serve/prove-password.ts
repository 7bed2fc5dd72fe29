import { given } from '../../domain/fields.ts';
import { macIn, type Mac } from '../../domain/mac.ts';
import type { Identity } from '../../domain/recognise/merge-clues.ts';
import type { Challenge, Tenant } from '../../domain/tenant.ts';
import { readAuthorization, userOf, type Authorization, type DigestFields } from '../../domain/trust/authorization.ts';
import type { Proof } from '../../domain/trust/proof.ts';
import type { Directory, PhoneRef } from '../ports.ts';
import {
  basicMatches,
  isStrongEnough,
  judgeDigest,
  showsPassword,
  type Credentials,
  type DigestPorts,
  type DigestRequest,
} from './http-credentials.ts';
import type { KnownPhone } from './known-phone.ts';
import type { PhoneRequest } from './outcome.ts';

export interface PasswordPorts extends DigestPorts {
  readonly directory: Directory;
  readonly loadPhone: (ref: PhoneRef) => KnownPhone | undefined | Promise<KnownPhone | undefined>;
  readonly decodeBase64: (text: string) => string;
}

/** Said of credentials that are nobody's, and of nothing else: the guard counts them. */
export const WRONG_CREDENTIALS = 'wrong HTTP credentials';

/** What a proof that was shown is worth. */
export interface Verdict {
  readonly proof?: Proof;
  readonly doubt?: string;
  readonly stale: boolean;
}

export const NOT_SHOWN: Verdict = { stale: false };

/** Credentials that are right for somebody, and what showing them proves. */
export interface Candidate {
  readonly expected: Credentials;
  readonly proof: Proof | undefined;
}

const NOBODY: Candidate = { expected: { user: ' ', password: ' ' }, proof: undefined };

const candidateOf = (known: KnownPhone | undefined): Candidate =>
  known === undefined
    ? NOBODY
    : {
        expected: { user: known.phone.httpUser, password: known.phone.httpPassword.reveal() },
        proof: { kind: 'phone_password', tenant: known.tenant.id, phone: known.phone.id },
      };

/**
 * The phone's own credentials, then those of the tenant whose prefix was asked, else of the phone's tenant: under a prefix the
 * right tenant credentials count the same whatever the MAC, or the answer would tell a neighbour's MAC from an unknown one. For
 * somebody unknown credentials that nobody has, so that judging takes as long.
 */
export const candidatesFor = (known: KnownPhone | undefined, tenant: Tenant | undefined): readonly Candidate[] => [
  candidateOf(known),
  tenant === undefined
    ? NOBODY
    : {
        expected: { user: tenant.httpUser, password: tenant.httpPassword.reveal() },
        proof: { kind: 'tenant_password', tenant: tenant.id },
      },
];

const digestOf = ({ method, target, door, at }: PhoneRequest, fields: DigestFields): DigestRequest => ({
  fields,
  method,
  target,
  mayOmitQop: door === 'legacy',
  now: at,
});

async function judgeOne(
  ports: PasswordPorts,
  request: PhoneRequest,
  authorization: Authorization,
  { expected, proof }: Candidate,
): Promise<'right' | 'wrong' | 'stale'> {
  if (authorization.scheme === 'basic')
    return basicMatches(ports.crypto, authorization, expected) && proof !== undefined ? 'right' : 'wrong';
  const verdict = await judgeDigest(ports, digestOf(request, authorization.fields), expected);
  return proof === undefined ? 'wrong' : verdict;
}

async function judgeCredentials(
  ports: PasswordPorts,
  request: PhoneRequest,
  authorization: Authorization,
  candidates: readonly Candidate[],
): Promise<Verdict> {
  let stale = false;
  for (const candidate of candidates) {
    const verdict = await judgeOne(ports, request, authorization, candidate);
    if (verdict === 'right' && candidate.proof !== undefined) return { proof: candidate.proof, stale: false };
    stale ||= verdict === 'stale';
  }
  return { doubt: stale ? 'the nonce is too old or was used before' : WRONG_CREDENTIALS, stale };
}

/**
 * Credentials that are wrong here may be right for the phone that the user name names, which carries its MAC: then somebody
 * shows its key, and the phone asked for is to know (E7). It opens nothing, counts as a wrong password like any other, so that
 * nobody can guess here what he could not guess there, and takes as long whoever is named.
 */
async function proofOfOther(
  ports: PasswordPorts,
  request: PhoneRequest,
  authorization: Authorization,
  mac: Mac,
): Promise<Proof | undefined> {
  const ref = await ports.directory.byMac(mac);
  const { expected, proof } = candidateOf(ref === undefined ? undefined : await ports.loadPhone(ref));
  const isRight =
    authorization.scheme === 'basic'
      ? basicMatches(ports.crypto, authorization, expected)
      : showsPassword(ports, digestOf(request, authorization.fields), expected);
  return isRight ? proof : undefined;
}

export interface ShownPassword {
  readonly header: ReturnType<typeof readAuthorization>;
  /** In the user name, where it is not that of the phone asked for. */
  readonly other: Mac | undefined;
}

export function shownPassword(
  ports: PasswordPorts,
  request: PhoneRequest,
  identity: Identity,
): ShownPassword | undefined {
  if (request.authorization === undefined) return undefined;
  const header = readAuthorization(request.authorization, ports.decodeBase64);
  const asksForSomebody = identity.mac !== undefined || identity.serial !== undefined;
  const user = header.ok && asksForSomebody ? macIn(userOf(header.value)) : undefined;
  return { header, other: user === identity.mac ? undefined : user };
}

export async function proofOfPassword(
  ports: PasswordPorts,
  request: PhoneRequest,
  { header, other }: ShownPassword,
  candidates: readonly Candidate[],
  challenge: Challenge | undefined,
): Promise<Verdict> {
  if (!header.ok) return { doubt: 'unreadable Authorization header', stale: false };
  if (!isStrongEnough(header.value, challenge))
    return { doubt: 'HTTP credentials weaker than what is asked for', stale: false };
  const verdict = await judgeCredentials(ports, request, header.value, candidates);
  if (verdict.proof !== undefined || other === undefined) return verdict;
  return { ...verdict, ...given({ proof: await proofOfOther(ports, request, header.value, other) }) };
}
