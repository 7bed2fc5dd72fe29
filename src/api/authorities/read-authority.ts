import { X509Certificate } from 'node:crypto';
import type { ReadAuthority } from '../../app/certificates/certificate-checks.ts';
import { err, ok, type Result } from '../../domain/result.ts';

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    // OpenSSL says only that it is no certificate.
    return undefined;
  }
}

/** Reads one CA certificate; an end-entity certificate would make every phone that has its key a maker. */
export function readAuthority(pem: string, now: Date): Result<ReadAuthority, string> {
  const certificate = parse(pem);
  if (certificate === undefined) return err('it cannot be read as a certificate');
  const subject = certificate.subject.replaceAll('\n', ', ');
  if (!certificate.ca) return err(`${subject} is no CA certificate`);
  const notAfter = new Date(certificate.validTo);
  if (notAfter <= now) return err(`${subject} ended at ${notAfter.toISOString()}`);
  return ok({
    pem: certificate.toString(),
    subject,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notAfter: notAfter.toISOString(),
  });
}
