import type { VendorId } from '../../domain/ids.ts';
import type { Actor } from '../access/actor.ts';
import { noteAudit } from '../documents/save-document.ts';
import { driverOf, type Catalogue, type PlatformScope } from '../documents/scope.ts';
import { listAll } from '../pages.ts';
import type { Authority, PlatformStore, Versioned } from '../ports.ts';
import type { CertificateChecks } from './certificate-checks.ts';

const PAGE = 200;

/** All imported CA certificates: a few for each maker. */
export const allAuthorities = ({
  authorities,
}: Pick<PlatformStore, 'authorities'>): Promise<readonly Versioned<Authority>[]> =>
  listAll(authorities, (authority) => authority.fingerprint, PAGE);

export type Imported =
  | { readonly kind: 'imported' | 'known'; readonly authorities: readonly Authority[] }
  | { readonly kind: 'unknown_vendor' }
  | { readonly kind: 'unreadable'; readonly reason: string };

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Imports a maker's CA certificates, one or a bundle; what is there already stays. */
export async function importAuthorities(
  scope: PlatformScope,
  actor: Actor,
  checks: CertificateChecks,
  { vendor, pem }: { readonly vendor: string; readonly pem: string },
): Promise<Imported> {
  const driver = driverOf(scope.catalogue, vendor);
  if (driver === undefined) return { kind: 'unknown_vendor' };
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) return { kind: 'unreadable', reason: 'there is no certificate in PEM form in it' };
  const read: Authority[] = [];
  for (const block of blocks) {
    const one = checks.readAuthority(block, new Date(scope.at));
    if (!one.ok) return { kind: 'unreadable', reason: one.error };
    read.push({ id: scope.crypto.id(), vendor: driver.id, ...one.value });
  }
  let added = false;
  const authorities: Authority[] = [];
  for (const authority of read) {
    const known = await scope.platform.authorities.byKey(authority.fingerprint);
    if (known === undefined) {
      await scope.platform.authorities.create(authority);
      await noteAudit(scope, actor, 'authority.imported', authority.fingerprint, authority.subject);
      added = true;
    }
    authorities.push(known ?? authority);
  }
  return { kind: added ? 'imported' : 'known', authorities };
}

export interface MissingAuthorities {
  readonly vendor: VendorId;
  /** Common names that the maker is known to sign with and nobody has imported. */
  readonly missing: readonly string[];
  /** Whether a factory certificate of this maker counts as identity (proof level 4) now. */
  readonly identityOn: boolean;
}

/** Makers whose phones carry a factory certificate, and whose CA certificates are not here: level 4 is off for them. */
export function missingAuthorities(
  catalogue: Catalogue,
  imported: readonly Authority[],
): readonly MissingAuthorities[] {
  return catalogue.vendors.flatMap((driver) => {
    const wanted = driver.trust.certificate?.authorities ?? [];
    const here = imported.filter((authority) => authority.vendor === driver.id);
    const missing = wanted.filter((name) => !here.some((authority) => authority.subject.includes(name)));
    const identityOn = here.length > 0;
    return driver.trust.certificate !== undefined && (missing.length > 0 || !identityOn)
      ? [{ vendor: driver.id, missing, identityOn }]
      : [];
  });
}
