import { readAuthority } from '../api/authorities/read-authority.ts';
import type { CertificateChecks } from '../app/certificates/certificate-checks.ts';
import { checkImportedCertificate } from '../transports/tls/imported-certificate.ts';

/** X.509 for the use cases. */
export const certificateChecks: CertificateChecks = {
  // Loaded when somebody asks for one: the X.509 library takes eight megabytes.
  request: async (host, keyType) => {
    const { createCertificateRequest } = await import('../transports/tls/csr.ts');
    return createCertificateRequest(host, keyType);
  },
  check: checkImportedCertificate,
  readAuthority,
};
