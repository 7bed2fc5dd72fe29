import { X509Certificate } from 'node:crypto';
import type { Clock } from '../../app/ports.ts';
import type { VendorId } from '../../domain/ids.ts';
import type { ClientCertificate } from '../../domain/recognise/clue.ts';
import { readCertificateNames } from './distinguished-name.ts';

/** A maker's CA certificate that the operator has imported. */
export interface TrustedAuthority {
  readonly vendor: VendorId;
  readonly pem: string;
}

interface Anchor {
  readonly vendor: VendorId;
  readonly certificate: X509Certificate;
}

export interface ReaderOptions {
  readonly authorities: readonly TrustedAuthority[];
  /** PEM of CA certificates that phones have sent, here or elsewhere, and that led to one of the authorities. */
  readonly intermediates: readonly string[];
  /** Told of each that is not among them. */
  readonly onIntermediate?: (certificate: X509Certificate) => void;
  /** The operator has opened this listener for old phones: 1024-bit keys and SHA-1 signatures count. */
  readonly allowsWeak: boolean;
  readonly clock: Clock;
}

/** The peer's certificate as it comes from the handshake. */
export interface PeerCertificate {
  readonly certificate: X509Certificate;
  /** OpenSSL's own word on it, where it has one. */
  readonly authorizationError?: string;
}

export type ReadCertificate = (peer: PeerCertificate) => ClientCertificate;

// Longest chain seen at a maker: leaf, issuing CA, policy CA, root.
const MAX_DEPTH = 5;
const MAX_CACHED = 5000;

/** Signatures with MD2, MD5 and SHA-1: RSA (RFC 3279 §2.2.1, RFC 8017), DSA, ECDSA. */
const WEAK_SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
]);

const EKU_CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const EKU_ANY = '2.5.29.37.0';

const startsAt = (certificate: X509Certificate): number => Date.parse(certificate.validFrom);
const endsAt = (certificate: X509Certificate): number => Date.parse(certificate.validTo);
const isInTime = (certificate: X509Certificate, now: number): boolean =>
  startsAt(certificate) <= now && now < endsAt(certificate);

/** Throws inside OpenSSL, where a key is of a kind that it does not know, count as "no". */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function weakKey(certificate: X509Certificate): string | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < 2048 ? `weak key: ${String(bits)}-bit ${asymmetricKeyType ?? ''}` : undefined;
}

function weakness(certificate: X509Certificate): string | undefined {
  const names = readCertificateNames(certificate.raw);
  if (names.ok && WEAK_SIGNATURES.has(names.value.signatureAlgorithm)) return 'weak signature: SHA-1 or older';
  return weakKey(certificate);
}

/** What the peer sent besides its own certificate, in the order of the chain. */
function sentIssuers(certificate: X509Certificate): readonly X509Certificate[] {
  const issuers: X509Certificate[] = [];
  let issuer = certificate.issuerCertificate;
  while (
    issuer !== undefined &&
    issuers.length < MAX_DEPTH &&
    issuer.fingerprint256 !== issuers.at(-1)?.fingerprint256
  ) {
    issuers.push(issuer);
    issuer = issuer.issuerCertificate;
  }
  return issuers;
}

/** The same where the peer sent none: a resumed session brings the peer's own certificate alone. */
function knownIssuers(certificate: X509Certificate, known: readonly X509Certificate[]): readonly X509Certificate[] {
  const issuers: X509Certificate[] = [];
  for (let last = certificate; issuers.length < MAX_DEPTH;) {
    const issuer = known.find((candidate) => !issuers.includes(candidate) && isIssuedBy(last, candidate));
    if (issuer === undefined) break;
    issuers.push(issuer);
    last = issuer;
  }
  return issuers;
}

/** A chain from this certificate to an anchor: what lies between, and the anchor. */
interface Chain {
  readonly between: readonly X509Certificate[];
  readonly anchor: Anchor;
}

function findChains(
  certificate: X509Certificate,
  anchors: readonly Anchor[],
  issuers: readonly X509Certificate[],
  now: number,
): readonly Chain[] {
  const direct = anchors
    .filter((anchor) => isInTime(anchor.certificate, now) && isIssuedBy(certificate, anchor.certificate))
    .map((anchor) => ({ between: [], anchor }));
  const [issuer, ...rest] = issuers;
  if (issuer?.ca !== true || !isInTime(issuer, now) || !isIssuedBy(certificate, issuer)) return direct;
  const longer = findChains(issuer, anchors, rest, now);
  return [...direct, ...longer.map((chain) => ({ ...chain, between: [issuer, ...chain.between] }))];
}

/** RFC 5280 §4.2.1.12: where the extension is there, it must allow client authentication. Many factory certificates have none. */
function mayAuthenticate(certificate: X509Certificate): boolean {
  // Node calls it keyUsage, returns the extended one, and undefined where there is none although its type says otherwise.
  const usages = certificate.keyUsage as readonly string[] | undefined;
  return usages === undefined || usages.includes(EKU_CLIENT_AUTH) || usages.includes(EKU_ANY);
}

/** Everything but the time of the certificate itself, which is looked at for each use. */
interface Judged {
  readonly read: ClientCertificate;
  readonly startsAt: number;
  readonly endsAt: number;
  /** What a good chain went through. */
  readonly between?: readonly X509Certificate[];
}

type Verdict =
  | {
      readonly verifiedFor: readonly VendorId[];
      /** End of the first CA that ends. */
      readonly until: number;
      readonly between: readonly X509Certificate[];
    }
  | { readonly rejected: string };

/** Whom a reader believes, and by what else it finds the way to them. */
interface Believed {
  readonly anchors: readonly Anchor[];
  readonly known: readonly X509Certificate[];
  readonly allowsWeak: boolean;
}

function chainsOf(certificate: X509Certificate, { anchors, known }: Believed, now: number): readonly Chain[] {
  const sent = findChains(certificate, anchors, sentIssuers(certificate), now);
  return sent.length > 0 ? sent : findChains(certificate, anchors, knownIssuers(certificate, known), now);
}

function isStrong({ between, anchor }: Chain): boolean {
  return between.every((issuer) => weakness(issuer) === undefined) && weakKey(anchor.certificate) === undefined;
}

function verify(peer: PeerCertificate, believed: Believed, now: number): Verdict {
  const { certificate } = peer;
  const { allowsWeak } = believed;
  if (!mayAuthenticate(certificate)) return { rejected: 'not made for client authentication' };
  const chains = chainsOf(certificate, believed, now);
  if (chains.length === 0) {
    return { rejected: certificate.subject === certificate.issuer ? 'self-signed' : 'signed by no imported CA' };
  }
  const weak = weakness(certificate) ?? (peer.authorizationError === 'UNSPECIFIED' ? 'weak' : undefined);
  if (weak !== undefined && !allowsWeak) return { rejected: weak };
  const strong = allowsWeak ? chains : chains.filter(isStrong);
  if (strong.length === 0) return { rejected: 'weak CA' };
  return {
    verifiedFor: [...new Set(strong.map((chain) => chain.anchor.vendor))],
    until: Math.min(...strong.flatMap(({ between, anchor }) => [...between, anchor.certificate].map(endsAt))),
    between: strong.flatMap(({ between }) => between),
  };
}

function judge(peer: PeerCertificate, believed: Believed, now: number): Judged {
  const { certificate } = peer;
  const names = readCertificateNames(certificate.raw);
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const times = { startsAt: startsAt(certificate), endsAt: endsAt(certificate) };
  if (!names.ok) {
    const rejected = names.error.kind === 'hostile_name' ? 'control character in its name' : 'not readable';
    return { read: { subject: [], issuer: [], fingerprint, verifiedFor: [], rejected }, ...times };
  }
  const { subject, issuer } = names.value;
  const verdict = verify(peer, believed, now);
  if ('rejected' in verdict) return { read: { subject, issuer, fingerprint, verifiedFor: [], ...verdict }, ...times };
  const { verifiedFor, until, between } = verdict;
  return {
    read: { subject, issuer, fingerprint, verifiedFor },
    startsAt: times.startsAt,
    endsAt: Math.min(times.endsAt, until),
    between,
  };
}

function judgeTime({ read, startsAt: starts, endsAt: ends }: Judged, now: number): ClientCertificate {
  if (read.rejected !== undefined) return read;
  if (now < starts) return { ...read, verifiedFor: [], rejected: 'not yet valid' };
  return now >= ends ? { ...read, verifiedFor: [], rejected: 'expired' } : read;
}

/**
 * Reads and judges the certificates that phones present at one listener. A verdict is kept for each certificate: a resumed session
 * brings the phone's own certificate without the ones between it and the CA, and is as good as the handshake it continues.
 * Import of another CA makes a new reader.
 */
export function certificateReader(options: ReaderOptions): ReadCertificate {
  const anchors = options.authorities.map(({ vendor, pem }) => ({ vendor, certificate: new X509Certificate(pem) }));
  const known = options.intermediates.map((pem) => new X509Certificate(pem));
  const believed = { anchors, known, allowsWeak: options.allowsWeak };
  const told = new Set(known.map((certificate) => certificate.fingerprint256));
  const tell = (certificate: X509Certificate): void => {
    if (told.has(certificate.fingerprint256)) return;
    told.add(certificate.fingerprint256);
    options.onIntermediate?.(certificate);
  };
  const kept = new Map<string, Judged>();
  return (peer) => {
    const now = options.clock.now().getTime();
    const key = peer.certificate.fingerprint256;
    const judged = kept.get(key) ?? judge(peer, believed, now);
    // Only a good verdict is worth keeping; a stranger's certificates would push the phones' out.
    if (judged.read.rejected === undefined) {
      if (kept.size >= MAX_CACHED) kept.delete(kept.keys().next().value ?? '');
      kept.set(key, judged);
      judged.between?.forEach(tell);
    }
    return judgeTime(judged, now);
  };
}
