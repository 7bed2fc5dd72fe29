import type { Result } from '../../domain/result.ts';
import type { Secret } from '../../domain/secret.ts';
import type { CertificateProblem } from '../../domain/trust/certificate-problem.ts';

export interface ReadAuthority {
  readonly pem: string;
  readonly subject: string;
  /** Lower-case hexadecimal SHA-256. */
  readonly fingerprint: string;
  readonly notAfter: string;
}

/** What X.509 can say; the mathematics live with the TLS doors. */
export interface CertificateChecks {
  /** A new key pair and a PKCS #10 request (RFC 2986) for a host name. */
  request(host: string, keyType: 'rsa' | 'ec'): Promise<{ readonly privateKey: Secret; readonly csr: string }>;
  /** Whether a returned chain fits key, host name, time and itself; `caPems` are roots beside the public ones. */
  check(imported: {
    readonly key: Secret;
    readonly host: string;
    readonly chainPem: string;
    readonly caPems: readonly string[];
    readonly now: Date;
  }): Result<{ readonly chain: string; readonly notAfter: string }, readonly CertificateProblem[]>;
  /** Reads one CA certificate in PEM; the error says why it is none to use. */
  readAuthority(pem: string, now: Date): Result<ReadAuthority, string>;
}

/** A problem in words. */
export function describeProblem(problem: CertificateProblem): string {
  switch (problem.kind) {
    case 'no_certificate':
      return 'there is no certificate in PEM form in it';
    case 'does_not_match_key':
      return `${problem.subject} was made for another key than that of the request`;
    case 'host_not_covered':
      return `it is for ${problem.covers}, not for ${problem.host}`;
    case 'chain_incomplete':
      return `the certificate of ${problem.missing} is missing: put it after the leaf, or import it as an authority`;
    case 'expired':
      return `${problem.subject} ended at ${problem.at}`;
    case 'not_yet_valid':
      return `${problem.subject} begins at ${problem.from}`;
  }
}
