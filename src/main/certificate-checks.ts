import { X509Certificate } from 'node:crypto';
import type { CertificateChecks } from '../app/certificates/certificate-checks.ts';
import { err, ok } from '../domain/result.ts';
import { createCertificateRequest } from '../transports/tls/csr.ts';
import { checkImportedCertificate } from '../transports/tls/imported-certificate.ts';

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** X.509 for the use cases. */
export const certificateChecks: CertificateChecks = {
  request: createCertificateRequest,
  check: checkImportedCertificate,
  readAuthority: (pem, now) => {
    const certificate = readCertificate(pem);
    if (certificate === undefined) return err('it is no certificate');
    const subject = certificate.subject.replaceAll('\n', ', ');
    if (!certificate.ca) return err(`${subject} is no CA certificate`);
    if (new Date(certificate.validTo) <= now) return err(`${subject} expired at ${certificate.validTo}`);
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    return ok({
      pem: certificate.toString(),
      subject,
      fingerprint,
      notAfter: new Date(certificate.validTo).toISOString(),
    });
  },
};
