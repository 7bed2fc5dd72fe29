import type { Crypto, PlatformStore, ServerCertificate } from '../app/ports.ts';
import type * as Making from '../transports/tls/ca.ts';

export interface OwnCertificates {
  readonly platform: PlatformStore;
  readonly crypto: Crypto;
  /** The host name that phones are told first, then other names and addresses of this machine. */
  readonly hosts: readonly [string, ...string[]];
  readonly now: Date;
}

// Most starts make nothing: the X.509 library takes eight megabytes, so it is loaded by those that do.
const loadMaking = (): Promise<typeof Making> => import('../transports/tls/ca.ts');

const AUTHORITY = 'ca/offhook/rsa';
const DOORS = ['secure', 'spa', 'admin'] as const;
const KEY_TYPES = ['rsa', 'ec'] as const;
/** A certificate of ours is renewed so long before its end. */
const RENEW_DAYS = 60;

async function ensureAuthority({ platform, crypto, now }: OwnCertificates): Promise<Making.KeyAndCertificate> {
  const kept = await platform.certificates.byKey(AUTHORITY);
  if (kept?.chain !== undefined) return { privateKey: kept.privateKey, certificate: kept.chain };
  const { createAuthority } = await loadMaking();
  const made = await createAuthority('Offhook provisioning CA', now);
  const record: ServerCertificate = {
    id: crypto.id(),
    name: AUTHORITY,
    door: 'ca',
    host: 'offhook',
    keyType: 'rsa',
    privateKey: made.privateKey,
    chain: made.certificate,
    sniOnly: false,
    selfSigned: true,
  };
  const created = await platform.certificates.create(record);
  if (created.ok) return made;
  // Another node of the same store was first.
  return ensureAuthority({ platform, crypto, hosts: [''], now });
}

const endsSoon = ({ notAfter }: ServerCertificate, now: Date): boolean =>
  notAfter !== undefined && new Date(notAfter).getTime() < now.getTime() + RENEW_DAYS * 86_400_000;

async function ensureCertificate(
  world: OwnCertificates,
  authority: Making.KeyAndCertificate,
  door: (typeof DOORS)[number],
  keyType: (typeof KEY_TYPES)[number],
): Promise<void> {
  const { platform, crypto, hosts, now } = world;
  const name = `${door}/${hosts[0]}/${keyType}/own`;
  const kept = await platform.certificates.byKey(name);
  if (kept !== undefined && !endsSoon(kept, now)) return;
  const { issueServerCertificate } = await loadMaking();
  const made = await issueServerCertificate(authority, { hosts, keyType, now });
  const record: ServerCertificate = {
    id: kept?.id ?? crypto.id(),
    name,
    door,
    host: hosts[0],
    keyType,
    privateKey: made.privateKey,
    chain: `${made.certificate}\n${authority.certificate}`,
    notAfter: new Date(now.getTime() + 825 * 86_400_000).toISOString(),
    sniOnly: false,
    selfSigned: true,
  };
  await (kept === undefined ? platform.certificates.create(record) : platform.certificates.replace(record));
}

/** First start: our own CA, and for each TLS door a certificate with an RSA key (old phones) and one with P-256. The answer is the CA's certificate in PEM. */
export async function ensureOwnCertificates(world: OwnCertificates): Promise<string> {
  const authority = await ensureAuthority(world);
  for (const door of DOORS) for (const keyType of KEY_TYPES) await ensureCertificate(world, authority, door, keyType);
  return authority.certificate;
}
