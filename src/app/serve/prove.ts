import type { ClientCertificate } from '../../domain/recognise/clue.ts';
import type { Identity } from '../../domain/recognise/merge-clues.ts';
import { isInAny } from '../../domain/trust/network.ts';
import type { Proof } from '../../domain/trust/proof.ts';
import type { Challenge, PhoneDoor, Tenant } from '../../domain/tenant.ts';
import { TOKEN_PURPOSE, type PhoneRef } from '../ports.ts';
import { findClaimed, type Recognised } from './identify.ts';
import type { PhoneRequest } from './outcome.ts';
import {
  candidatesFor,
  NOT_SHOWN,
  proofOfPassword,
  shownPassword,
  type PasswordPorts,
  type Verdict,
} from './prove-password.ts';
import type { TokenLookups, TokenOwner } from './token-lookups.ts';
import type { KnownPhone } from './known-phone.ts';

export interface ProvePorts extends PasswordPorts {
  readonly tokens: Pick<TokenLookups, 'ownerOf'>;
  readonly loadTenant: (tenant: Tenant['id']) => Promise<Tenant | undefined>;
  /** Resolves a fixed time after it was called, which is longer than looking up and loading so many phones takes. */
  readonly evenOut: (phones: number) => Promise<void>;
  /** Whether the operator has said that this very certificate counts as none. */
  readonly isRevoked: (certificate: ClientCertificate) => Promise<boolean>;
  /** Doors at which everybody is asked for credentials. */
  readonly httpAuth: Readonly<Partial<Record<PhoneDoor, Challenge>>>;
}

/** Everything that is known of who is asking: what the request claims, and what it proves. */
export interface Standing {
  readonly recognised: Recognised;
  /** The phone whose file is asked for, when it is ours and was looked up. */
  readonly known: KnownPhone | undefined;
  /** The tenant whose prefix was used. */
  readonly prefixTenant: Tenant | undefined;
  /** How credentials are asked for here, if they are: a property of the door or prefix, for every name under it alike. */
  readonly challenge: Challenge | undefined;
  readonly proofs: readonly Proof[];
  /** Why proofs were not taken, in words, for the journal. */
  readonly doubts: readonly string[];
  /** A prefix was used that leads to nobody: refused, like any wrong token. */
  readonly deadPrefix: boolean;
  readonly staleNonce: boolean;
  /** Keyed hash of the token in the URL, whoever's it is. */
  readonly tokenHash?: string | undefined;
  /** Where a phone was looked up by what a stranger may know: when an answer may go out that must not tell whether it is ours. */
  readonly even?: Promise<void> | undefined;
  /** The user name is that of another phone than the one asked for: whether it is ours must not show in any answer. */
  readonly otherUser: boolean;
}

interface FromUrl {
  /** Keyed hash of the token that was shown. */
  readonly tokenHash?: string;
  readonly phone?: PhoneRef;
  readonly tenant?: Tenant;
  readonly dead: boolean;
}

const NO_PREFIX: FromUrl = { dead: false };

const ofOwner = ({ hash, phone }: TokenOwner): FromUrl =>
  phone === undefined ? { tokenHash: hash, dead: true } : { tokenHash: hash, phone, dead: false };

function lookUpPhoneToken({ tokens }: ProvePorts, token: string): FromUrl | Promise<FromUrl> {
  const owner = tokens.ownerOf(token);
  return owner instanceof Promise ? owner.then(ofOwner) : ofOwner(owner);
}

async function lookUpTenantToken({ crypto, directory, loadTenant }: ProvePorts, token: string): Promise<FromUrl> {
  const tokenHash = crypto.keyedHash(TOKEN_PURPOSE.tenant, token);
  const found = await directory.byTenantToken(tokenHash);
  const tenant = found === undefined ? undefined : await loadTenant(found.tenant);
  return tenant === undefined ? { tokenHash, dead: true } : { tokenHash, tenant, dead: false };
}

function lookUpPrefix(ports: ProvePorts, { prefix }: PhoneRequest): FromUrl | Promise<FromUrl> {
  if (prefix.kind === 'none') return NO_PREFIX;
  return prefix.kind === 'phone' ? lookUpPhoneToken(ports, prefix.token) : lookUpTenantToken(ports, prefix.token);
}

interface Subject {
  readonly known: KnownPhone | undefined;
  readonly even?: Promise<void>;
}

const NOT_LOOKED_UP: Subject = { known: undefined };

/** The usual case: the file named is that of the phone whose token was shown, or names no phone. */
function isOfToken({ mac, serial }: Identity, own: KnownPhone | undefined): boolean {
  if (mac === undefined || own?.phone.mac === mac) return true;
  return own?.phone.mac === undefined && own?.phone.serial !== undefined && own.phone.serial === serial;
}

/** The phone a request is about: the one its file name, User-Agent or certificate names; else the one its token names. */
async function findSubject(
  ports: ProvePorts,
  identity: Identity,
  fromUrl: FromUrl,
  begun: Promise<void> | undefined,
): Promise<Subject> {
  if (fromUrl.phone !== undefined) {
    const own = await ports.loadPhone(fromUrl.phone);
    if (isOfToken(identity, own)) return { known: own };
  }
  const even = begun ?? ports.evenOut(1);
  const claimed = await findClaimed(ports.directory, identity);
  return { known: claimed === undefined ? undefined : await ports.loadPhone(claimed), even };
}

/** Whoever shows nothing where credentials are asked for is asked for them, whoever he is: nobody is looked up for that, and nothing of it can show in the time it takes. */
const showsNothing = ({ authorization, certificate }: PhoneRequest, { phone }: FromUrl): boolean =>
  authorization === undefined && certificate === undefined && phone === undefined;

const CHALLENGING: readonly PhoneDoor[] = ['secure', 'spa', 'legacy'];

function challengeAt(
  { httpAuth }: ProvePorts,
  { door }: PhoneRequest,
  tenant: Tenant | undefined,
): Challenge | undefined {
  if (!CHALLENGING.includes(door)) return undefined;
  const ofTenant = tenant?.policy.httpAuth ?? 'off';
  return ofTenant === 'off' ? httpAuth[door] : ofTenant;
}

/** A certificate proves the phone that its subject names, if its chain was verified for that phone's own maker. */
async function proofOfCertificate(
  ports: ProvePorts,
  certificate: ClientCertificate,
  { clues }: Recognised,
): Promise<Verdict> {
  if (certificate.rejected !== undefined)
    return { doubt: `client certificate not accepted: ${certificate.rejected}`, stale: false };
  const clue = clues.find((candidate) => candidate.source === 'certificate');
  if (clue === undefined)
    return { doubt: 'the client certificate names no phone of a maker whose CA was imported', stale: false };
  if (await ports.isRevoked(certificate))
    return { doubt: `the client certificate ${certificate.fingerprint} is revoked`, stale: false };
  if (clue.generic === true) return { proof: { kind: 'generic_certificate' }, stale: false };
  const ref = await findClaimed(ports.directory, {
    vendor: clue.vendor,
    evidence: [],
    ...(clue.mac === undefined ? {} : { mac: clue.mac }),
    ...(clue.serial === undefined ? {} : { serial: clue.serial }),
  });
  const own = ref === undefined ? undefined : await ports.loadPhone(ref);
  if (own === undefined) return { doubt: 'the client certificate names a phone that is not ours', stale: false };
  if (own.phone.vendor !== clue.vendor)
    return { doubt: 'the client certificate is of another maker than the phone', stale: false };
  return { proof: { kind: 'certificate', tenant: own.tenant.id, phone: own.phone.id }, stale: false };
}

function proofsOf(
  fromUrl: FromUrl,
  known: KnownPhone | undefined,
  { address }: PhoneRequest,
  verdicts: readonly Verdict[],
): readonly Proof[] {
  const proofs: Proof[] = [];
  if (fromUrl.phone !== undefined)
    proofs.push({ kind: 'phone_token', tenant: fromUrl.phone.tenant, phone: fromUrl.phone.phone });
  if (fromUrl.tenant !== undefined) proofs.push({ kind: 'tenant_token', tenant: fromUrl.tenant.id });
  if (known !== undefined && isInAny(address, known.tenant.networks))
    proofs.push({ kind: 'place', tenant: known.tenant.id });
  for (const { proof } of verdicts) if (proof !== undefined) proofs.push(proof);
  return proofs;
}

function doubtsOf({ dead }: FromUrl, verdicts: readonly Verdict[]): readonly string[] {
  const doubts: string[] = [];
  for (const { doubt } of verdicts) if (doubt !== undefined) doubts.push(doubt);
  if (dead) doubts.push('the token in the URL belongs to nobody');
  return doubts;
}

/** The second half of identifying: whom the directory knows, and what the request proves of it. */
export async function prove(ports: ProvePorts, request: PhoneRequest, recognised: Recognised): Promise<Standing> {
  const shown = shownPassword(ports, request, recognised.identity);
  const otherUser = shown?.other !== undefined;
  // Begun before anything is looked up.
  const evenForTwo = otherUser ? ports.evenOut(2) : undefined;
  const fromUrl = await lookUpPrefix(ports, request);
  const challenge = challengeAt(ports, request, fromUrl.tenant);
  const isAskedAnyway = challenge !== undefined && showsNothing(request, fromUrl);
  const { known, even = evenForTwo } = isAskedAnyway
    ? NOT_LOOKED_UP
    : await findSubject(ports, recognised.identity, fromUrl, evenForTwo);
  const byCertificate =
    request.certificate === undefined ? NOT_SHOWN : await proofOfCertificate(ports, request.certificate, recognised);
  const byPassword =
    shown === undefined
      ? NOT_SHOWN
      : await proofOfPassword(ports, request, shown, candidatesFor(known, fromUrl.tenant ?? known?.tenant), challenge);
  const verdicts = [byCertificate, byPassword];
  return {
    recognised,
    known,
    prefixTenant: fromUrl.tenant,
    challenge,
    proofs: proofsOf(fromUrl, known, request, verdicts),
    doubts: doubtsOf(fromUrl, verdicts),
    deadPrefix: fromUrl.dead,
    staleNonce: byPassword.stale,
    otherUser,
    tokenHash: fromUrl.tokenHash,
    even,
  };
}
