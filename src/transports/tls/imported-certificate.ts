import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Secret } from '../../domain/secret.ts';
import type { CertificateProblem } from '../../domain/trust/certificate-problem.ts';

export interface ImportedCertificate {
  readonly key: Secret;
  /** The name that phones will ask for. */
  readonly host: string;
  /** The certificate and what stands between it and its CA, in any order. */
  readonly chainPem: string;
  /** Roots it may end in, besides the public ones: the maker's. */
  readonly caPems?: readonly string[];
  readonly now: Date;
}

/** A certificate that may be used: leaf first, then what stands between it and the root. */
export interface UsableCertificate {
  readonly chain: string;
  readonly subject: string;
  readonly notAfter: string;
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function readCertificates(pem: string): readonly X509Certificate[] {
  return (pem.match(PEM_BLOCK) ?? []).flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

const oneLine = (name: string): string => name.replaceAll('\n', ', ');

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/** The path from the leaf upwards; `missing` names the issuer that is not there. */
interface Path {
  readonly chain: readonly X509Certificate[];
  readonly missing?: string;
}

function buildPath(leaf: X509Certificate, given: readonly X509Certificate[], roots: readonly X509Certificate[]): Path {
  const chain = [leaf];
  for (let last = leaf; !isIssuedBy(last, last);) {
    if (roots.some((root) => isIssuedBy(last, root))) return { chain };
    const issuer = given.find(
      (certificate) => certificate.ca && !chain.includes(certificate) && isIssuedBy(last, certificate),
    );
    if (issuer === undefined) return { chain, missing: oneLine(last.issuer) };
    // A root that came with the chain is known to be one; phones have it, or do not believe it.
    if (isIssuedBy(issuer, issuer)) return { chain };
    chain.push(issuer);
    last = issuer;
  }
  return { chain };
}

function coversHost(leaf: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return leaf.checkIP(host) !== undefined;
  if (leaf.checkHost(host) !== undefined) return true;
  // SPA phones take the name from the subject alone, which may go on after a slash ("prov.example.com/…").
  const commonName = /(?:^|\n)CN=([^\n]*)/.exec(leaf.subject)?.[1] ?? '';
  return leaf.subjectAltName === undefined && commonName.split('/', 1)[0]?.toLowerCase() === host.toLowerCase();
}

function timeProblem(certificate: X509Certificate, now: Date): CertificateProblem | undefined {
  const subject = oneLine(certificate.subject);
  if (now < new Date(certificate.validFrom)) {
    return { kind: 'not_yet_valid', subject, from: new Date(certificate.validFrom).toISOString() };
  }
  if (now < new Date(certificate.validTo)) return undefined;
  return { kind: 'expired', subject, at: new Date(certificate.validTo).toISOString() };
}

/** Checks a certificate that came back from who signs it, before it is used (S0.26): key, host name, chain, time. */
export function checkImportedCertificate(
  imported: ImportedCertificate,
): Result<UsableCertificate, readonly CertificateProblem[]> {
  const given = readCertificates(imported.chainPem);
  const key = createPrivateKey(imported.key.reveal());
  const leaf = given.find((certificate) => certificate.checkPrivateKey(key)) ?? given[0];
  if (leaf === undefined) return err([{ kind: 'no_certificate' }]);

  const roots = readCertificates([...(imported.caPems ?? []), ...rootCertificates].join('\n'));
  const path = buildPath(leaf, given, roots);
  const subject = oneLine(leaf.subject);
  const problems: CertificateProblem[] = path.chain.flatMap((part) => timeProblem(part, imported.now) ?? []);
  if (!leaf.checkPrivateKey(key)) problems.push({ kind: 'does_not_match_key', subject });
  if (!coversHost(leaf, imported.host)) {
    problems.push({ kind: 'host_not_covered', host: imported.host, covers: leaf.subjectAltName ?? subject });
  }
  if (path.missing !== undefined) problems.push({ kind: 'chain_incomplete', missing: path.missing });
  if (problems.length > 0) return err(problems);
  return ok({
    chain: path.chain.map((part) => part.toString()).join(''),
    subject,
    notAfter: new Date(leaf.validTo).toISOString(),
  });
}
