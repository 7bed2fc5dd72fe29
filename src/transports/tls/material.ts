import { constants, createHash } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { TrustedAuthority } from './client-certificate.ts';

/** A key with its certificate; the chain is PEM, leaf first. */
export interface KeyAndChain {
  readonly host: string;
  readonly key: string;
  readonly chain: string;
  /** Answers only for this host name (SNI); otherwise it is the listener's own. */
  readonly sniOnly: boolean;
}

/** What a TLS listener shows, and whom it believes. May be exchanged while it runs. */
export interface TlsMaterial {
  /** At least one that is not for SNI only: old phones name no host. RSA and P-256 side by side. */
  readonly certificates: readonly KeyAndChain[];
  readonly authorities: readonly TrustedAuthority[];
  /** PEM; see `certificateReader`. */
  readonly intermediates: readonly string[];
  /** Opened by the operator for old phones: TLS 1.0 and weak factory certificates. */
  readonly legacyTls: boolean;
  /** 48 bytes that all processes share, so that they resume each other's sessions; others every day. */
  readonly ticketKeys: Buffer;
}

// Security level 0 lets in what TLS 1.0 and 1024-bit certificates need; it would let in export, NULL, anonymous and RC4 suites too, so
// each suite is named. SPA9x2 firmware 2.0.6 offers the last four.
const LEGACY_CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'DHE-RSA-AES256-SHA',
  'AES256-SHA',
  'DHE-RSA-AES128-SHA',
  'AES128-SHA',
  '@SECLEVEL=0',
].join(':');

const versions = (legacy: boolean): SecureContextOptions =>
  legacy ? { minVersion: 'TLSv1', ciphers: LEGACY_CIPHERS, dhparam: 'auto' } : { minVersion: 'TLSv1.2' };

function contextOptions(certificates: readonly KeyAndChain[], material: TlsMaterial): SecureContextOptions {
  return {
    ...versions(material.legacyTls),
    key: certificates.map((certificate) => certificate.key),
    cert: certificates.map((certificate) => certificate.chain),
    // An empty list, too: without one Node would believe the public CAs, which sign no phones.
    ca: material.authorities.map((authority) => authority.pem),
    ticketKeys: material.ticketKeys,
    // T6: a client may not renegotiate (TLS 1.2 and older); no phone needs it.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: sessionContext(material),
  };
}

/** Sessions made under other CAs or another level are not resumed: their client certificate was judged by other rules. */
function sessionContext(material: TlsMaterial): string {
  const hash = createHash('sha256').update(material.legacyTls ? 'legacy' : 'default');
  for (const { vendor, pem } of material.authorities) hash.update(vendor).update('\0').update(pem).update('\0');
  return hash.digest('hex').slice(0, 32);
}

/** The listener's own certificates: what a phone sees that names no host. */
export const ownContextOptions = (material: TlsMaterial): SecureContextOptions =>
  contextOptions(
    material.certificates.filter((certificate) => !certificate.sniOnly),
    material,
  );

/** By host name, lower case: certificates that answer for that name alone. */
export function contextsByHost(material: TlsMaterial): ReadonlyMap<string, SecureContext> {
  const named = material.certificates.filter((certificate) => certificate.sniOnly);
  const hosts = new Set(named.map((certificate) => certificate.host.toLowerCase()));
  const contextFor = (host: string): SecureContext => {
    const ofHost = named.filter((certificate) => certificate.host.toLowerCase() === host);
    return createSecureContext(contextOptions(ofHost, material));
  };
  return new Map([...hosts].map((host) => [host, contextFor(host)]));
}
