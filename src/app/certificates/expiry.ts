import type { Clock, Log, ServerCertificate } from '../ports.ts';

/** A certificate that a door shows, and its end. */
export interface ExpiringCertificate {
  readonly name: string;
  readonly notAfter: Date;
}

/** So long before its end the operator is told: time enough for whoever signs it, and for phones that come once a week. */
const WARN_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;

/** Bought ones, and our own for the host name that phones are told; those of an earlier name are shown to nobody. */
export const shownCertificates = (
  certificates: readonly ServerCertificate[],
  host: string,
): readonly ExpiringCertificate[] =>
  certificates.flatMap(({ name, notAfter, chain, selfSigned, host: its }) =>
    notAfter === undefined || chain === undefined || (selfSigned && its !== host)
      ? []
      : [{ name, notAfter: new Date(notAfter) }],
  );

/** Logs each certificate that ends within a month, or has ended. */
export function warnOfExpiry(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  certificates: readonly ExpiringCertificate[],
): void {
  const now = clock.now().getTime();
  for (const { name, notAfter } of certificates) {
    const days = Math.floor((notAfter.getTime() - now) / DAY_MILLISECONDS);
    if (days < WARN_DAYS)
      log.warn('certificate_expiring', { certificate: name, notAfter: notAfter.toISOString(), days });
  }
}
