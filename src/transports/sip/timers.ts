/** RFC 3261 Table 4, in milliseconds. Tests run with a smaller T1; everything else follows from it. */
export interface SipTimers {
  readonly t1: number;
  readonly t2: number;
  /** How long a TCP or TLS connection may take to be there. */
  readonly connect: number;
}

export const SIP_TIMERS: SipTimers = { t1: 500, t2: 4_000, connect: 5_000 };

/** Timers B, F and H: no answer after this is none. 32 seconds. */
export const transactionMilliseconds = ({ t1 }: SipTimers): number => 64 * t1;
