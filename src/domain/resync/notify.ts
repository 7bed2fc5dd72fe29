import type { Secret } from '../secret.ts';
import type { Transport } from '../settings/line.ts';

/** Who may answer a challenge for whom. */
export interface SipCredentials {
  readonly user: string;
  readonly password: Secret;
}

/** A SIP server as it is written down; what is left out is found by DNS (RFC 3263). */
export interface SipServer {
  readonly host: string;
  readonly port?: number | undefined;
  readonly transport?: Transport | undefined;
}

/** A NOTIFY without a subscription, which tells a phone to come back (RFC 6665 §4.1.2.2 forbids it; every maker's phones want it). */
export interface NotifyOrder {
  /** The address of record of the line, whose registrar knows where the phone is; or the phone's contact. */
  readonly user: string;
  readonly domain: string;
  /** Where the request goes first: the proxy, or the phone itself. */
  readonly server: SipServer;
  readonly event: string;
  /** Answer the phone's challenge. */
  readonly line: SipCredentials;
  /** Answer the proxy's; the line's where there are none. */
  readonly proxy?: SipCredentials | undefined;
  /** Realms that the line's password may be hashed for: whoever asks for another might not be the phone (U10). */
  readonly realms: readonly string[];
}

/** How it ended, whatever came in between. */
export type NotifyEnd =
  /** Accepted, which does not yet mean that the phone fetches. */
  | { readonly kind: 'accepted'; readonly status: number }
  /** A final answer that is no challenge; `retryAfterSeconds` where the answer says when to come back. */
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'wrong_credentials'; readonly status: 401 | 403 | 407; readonly realm: string }
  | { readonly kind: 'foreign_realm'; readonly realm: string }
  /** A challenge that is no digest, or one of an unknown algorithm. */
  | { readonly kind: 'unknown_challenge'; readonly status: 401 | 407 }
  | { readonly kind: 'no_answer' }
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** The operator has said that nothing goes there (`sip.never`). */
  | { readonly kind: 'forbidden_address'; readonly address: string }
  | { readonly kind: 'unknown_host'; readonly host: string };

export interface NotifyReport {
  /** Status of every final answer, in order: `[401, 200]`. */
  readonly answers: readonly number[];
  readonly end: NotifyEnd;
}
