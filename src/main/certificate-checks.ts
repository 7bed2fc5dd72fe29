import { readAuthority } from '../api/authorities/read-authority.ts';
import type { CertificateChecks } from '../app/certificates/certificate-checks.ts';
import { createCertificateRequest } from '../transports/tls/csr.ts';
import { checkImportedCertificate } from '../transports/tls/imported-certificate.ts';

/** X.509 for the use cases. */
export const certificateChecks: CertificateChecks = {
  request: createCertificateRequest,
  check: checkImportedCertificate,
  readAuthority,
};
