/** What hinders a certificate from being used; all that is wrong is named at once. */
export type CertificateProblem =
  | { readonly kind: 'no_certificate' }
  | { readonly kind: 'does_not_match_key'; readonly subject: string }
  | { readonly kind: 'host_not_covered'; readonly host: string; readonly covers: string }
  | { readonly kind: 'chain_incomplete'; readonly missing: string }
  | { readonly kind: 'expired'; readonly subject: string; readonly at: string }
  | { readonly kind: 'not_yet_valid'; readonly subject: string; readonly from: string };
