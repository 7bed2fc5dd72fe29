import type { FirmwareVersion } from '../firmware-version.ts';
import type { ModelId, VendorId } from '../ids.ts';
import type { Mac } from '../mac.ts';

/** The strongest first: a certificate cannot be mistaken, an OUI only hints at a maker. */
export const CLUE_SOURCES = ['certificate', 'stored', 'user_agent', 'path', 'dhcp_class', 'oui'] as const;
export type ClueSource = (typeof CLUE_SOURCES)[number];

/** One attribute of a certificate's subject, as it stands there; whole fields are matched, never substrings. */
export interface SubjectField {
  readonly type: string;
  readonly value: string;
}

/** What the peer's certificate says, and whether its chain ends in a CA imported for this maker. */
export interface ClientCertificate {
  readonly subject: readonly SubjectField[];
  readonly issuer: readonly SubjectField[];
  /** Lower-case hexadecimal SHA-256 of the certificate. */
  readonly fingerprint: string;
  /** Vendors whose imported CAs verify the chain. */
  readonly verifiedFor: readonly VendorId[];
  /** Why it counts as none, when it does: `self-signed`, `expired`, `weak key`… */
  readonly rejected?: string;
}

/** What a request shows of who is asking; every recogniser reads from this and from nothing else. */
export interface RequestFacts {
  readonly userAgent?: string | undefined;
  /** The file asked for, without the token prefix, decoded: `805ec0123456.cfg`. */
  readonly path?: string | undefined;
  readonly dhcpClass?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
  /** Where the link layer tells it (DHCP, neighbour table). */
  readonly linkMac?: Mac | undefined;
}

/** What one part of one request tells about who is asking. */
export interface Clue {
  readonly source: ClueSource;
  readonly vendor: VendorId;
  readonly model?: ModelId;
  readonly firmware?: FirmwareVersion;
  readonly mac?: Mac;
  readonly serial?: string;
  /** A certificate that all phones of a maker share: membership, not identity. */
  readonly generic?: true;
  /** What was read, in words for a person: `User-Agent "Yealink SIP-T46U …"`. */
  readonly evidence: string;
}
