import type { ClientCertificate } from '../../domain/recognise/clue.ts';
import type { PhoneDoor } from '../../domain/tenant.ts';

/** What the path before the file name says of who is asking. */
export type UrlPrefix =
  | { readonly kind: 'none' }
  | { readonly kind: 'phone'; readonly token: string }
  | { readonly kind: 'tenant'; readonly token: string };

/** One request of a phone or a stranger, whatever the protocol: from here on no framework object. */
export interface PhoneRequest {
  readonly door: PhoneDoor;
  /** The connection is encrypted. */
  readonly secure: boolean;
  /** The peer's address, behind trusted proxies only. */
  readonly address: string;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST';
  readonly prefix: UrlPrefix;
  /** What is asked for below the prefix, decoded once, without a leading slash: `805ec0123456.cfg`, `logs/….log`. */
  readonly file: string;
  /** The request target as it stood on the wire, for the digest (RFC 7616 §3.4). */
  readonly target: string;
  /** Host name that the phone asked for, without port: HTTP's Host, else the door's own. */
  readonly host: string;
  readonly userAgent?: string | undefined;
  /** The one Authorization header; two are refused by the door. */
  readonly authorization?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly range?: string | undefined;
  /** Body of a PUT or POST, bounded by the door. */
  readonly body?: Uint8Array | undefined;
  readonly requestId: string;
  readonly at: Date;
}

/** How the transfer ended, told by the door: only a complete one makes a phone `served`. */
export interface Transfer {
  readonly completed: boolean;
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Called once by the door when the answer has been sent, or could not be. */
export type OnTransfer = (transfer: Transfer) => void;

/** What a phone gets. Doors translate it into their protocol; none of it tells more than the phone may know. */
export type Outcome = { readonly onTransfer: OnTransfer } & (
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly contentType: string; readonly etag: string }
  | {
      readonly kind: 'stored_file';
      readonly open: (range?: ByteRange) => NodeJS.ReadableStream;
      readonly size: number;
      readonly contentType: string;
      readonly etag: string;
    }
  | { readonly kind: 'not_modified'; readonly etag: string }
  /** The one refusal: unknown, blocked, foreign and unproven answer alike. */
  | { readonly kind: 'not_found' }
  | { readonly kind: 'challenge'; readonly challenges: readonly string[] }
  | { readonly kind: 'bad_request' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }
);

/** Both ends inclusive, as in RFC 9110 §14. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** The story of one request, as the doors call it. Never rejects: a broken world is `unavailable`. */
export type ServeFile = (request: PhoneRequest) => Promise<Outcome>;
