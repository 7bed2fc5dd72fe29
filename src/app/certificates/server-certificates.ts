import type { Actor } from '../access/actor.ts';
import { unversioned } from '../documents/kind.ts';
import { noteAudit } from '../documents/save-document.ts';
import type { PlatformScope } from '../documents/scope.ts';
import type { ServerCertificate, Versioned } from '../ports.ts';
import { allAuthorities } from './authorities.ts';
import { describeProblem, type CertificateChecks } from './certificate-checks.ts';

export type CertificatePlace = Pick<ServerCertificate, 'door' | 'host' | 'keyType'>;

const readyName = ({ door, host, keyType }: CertificatePlace): string => `${door}/${host}/${keyType}`;
/** A request waits beside the certificate in use: phones are served with the old one until the new one has passed its checks. */
const requestedName = (place: CertificatePlace): string => `${readyName(place)}/requested`;

export const isRequest = (certificate: ServerCertificate): boolean => certificate.chain === undefined;

/** The request that waits for its certificate, or the certificate. */
export const findCertificate = (
  scope: PlatformScope,
  place: CertificatePlace,
  state: 'requested' | 'ready',
): Promise<Versioned<ServerCertificate> | undefined> =>
  scope.platform.certificates.byKey(state === 'ready' ? readyName(place) : requestedName(place));

/** Makes a key pair and a request for a host name (S0.25); asked again while one waits, it is the same. */
export async function requestCertificate(
  scope: PlatformScope,
  actor: Actor,
  checks: CertificateChecks,
  about: CertificatePlace & { readonly sniOnly: boolean },
): Promise<Versioned<ServerCertificate>> {
  const waiting = await findCertificate(scope, about, 'requested');
  if (waiting !== undefined) return waiting;
  const { privateKey, csr } = await checks.request(about.host, about.keyType);
  const created = await scope.platform.certificates.create({
    id: scope.crypto.id(),
    name: requestedName(about),
    ...about,
    privateKey,
    csr,
    selfSigned: false,
  });
  if (!created.ok) throw new Error('a certificate request that was looked for exists already');
  await noteAudit(scope, actor, 'certificate.requested', readyName(about));
  return created.value;
}

export type ChainImported =
  | { readonly kind: 'ready'; readonly certificate: Versioned<ServerCertificate> }
  | { readonly kind: 'no_request' }
  | { readonly kind: 'refused'; readonly reasons: readonly string[] };

/** Puts a returned chain to use once it matches the key, the host name and itself (S0.26). */
export async function importChain(
  scope: PlatformScope,
  actor: Actor,
  checks: CertificateChecks,
  place: CertificatePlace,
  chainPem: string,
): Promise<ChainImported> {
  const waiting = await findCertificate(scope, place, 'requested');
  if (waiting === undefined) return { kind: 'no_request' };
  const checked = checks.check({
    key: waiting.privateKey,
    host: place.host,
    chainPem,
    caPems: (await allAuthorities(scope.platform)).map((authority) => authority.pem),
    now: new Date(scope.at),
  });
  if (!checked.ok) return { kind: 'refused', reasons: checked.error.map(describeProblem) };
  const ready: ServerCertificate = {
    ...unversioned<ServerCertificate>(waiting),
    name: readyName(place),
    chain: checked.value.chain,
    notAfter: checked.value.notAfter,
  };
  const old = await findCertificate(scope, place, 'ready');
  if (old !== undefined) await scope.platform.certificates.remove(old.id);
  const written = await scope.platform.certificates.replace(ready, waiting.version);
  if (!written.ok) throw new Error('a certificate that was read in this transaction has changed');
  await noteAudit(scope, actor, 'certificate.imported', readyName(place), `valid until ${checked.value.notAfter}`);
  return { kind: 'ready', certificate: written.value };
}
