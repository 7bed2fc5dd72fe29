import type { Result } from '../../domain/result.ts';
import type { Secret } from '../../domain/secret.ts';

/** What hinders a returned chain from being used; all that is wrong at once. */
export type ChainProblem =
  | { readonly kind: 'no_certificate' }
  | { readonly kind: 'does_not_match_key'; readonly subject: string }
  | { readonly kind: 'host_not_covered'; readonly host: string; readonly covers: string }
  | { readonly kind: 'chain_incomplete'; readonly missing: string }
  | { readonly kind: 'expired'; readonly subject: string; readonly at: string }
  | { readonly kind: 'not_yet_valid'; readonly subject: string; readonly from: string };

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
  }): Result<{ readonly chain: string; readonly notAfter: string }, readonly ChainProblem[]>;
  /** Reads one CA certificate in PEM; the error says why it is none to use. */
  readAuthority(pem: string, now: Date): Result<ReadAuthority, string>;
}

/** A problem of a chain in words. */
export function describeChainProblem(problem: ChainProblem): string {
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
