// The X.509 library resolves its parts through decorators and needs this first.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';
import { Secret } from '../../domain/secret.ts';

cryptoProvider.set(webcrypto);

/** A private key (PKCS #8, PEM) with its certificate (PEM). */
export interface KeyAndCertificate {
  readonly privateKey: Secret;
  readonly certificate: string;
}

export type KeyType = 'rsa' | 'ec';

/** Old phones know RSA only; new handshakes cost less with P-256. Both stand side by side on a listener. */
const KEY_ALGORITHMS = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  ec: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;

const SIGNING = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 20 * 365;
// What the strictest clients accept of a certificate.
const SERVER_DAYS = 825;

export const generateKeyPair = (type: KeyType): Promise<CryptoKeyPair> =>
  webcrypto.subtle.generateKey(KEY_ALGORITHMS[type], true, ['sign', 'verify']);

type CryptoKeyPair = webcrypto.CryptoKeyPair;

export async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<Secret> {
  return new Secret(PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY'));
}

const importSigningKey = (privateKey: Secret): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    'pkcs8',
    PemConverter.decode(privateKey.reveal())[0] ?? new ArrayBuffer(0),
    SIGNING,
    false,
    ['sign'],
  );

/** RFC 5280 §4.1.2.2: positive, at most 20 octets. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('hex');
}

/** RFC 6125: the name a phone asks for stands in subjectAltName; addresses have a type of their own. */
export const alternativeNames = (hosts: readonly string[]): SubjectAlternativeNameExtension =>
  new SubjectAlternativeNameExtension(hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host })));

// A day of grace for phones whose clock is behind.
const validity = (now: Date, days: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(now.getTime() - DAY),
  notAfter: new Date(now.getTime() + days * DAY),
});

/** Makes the server's own certificate authority, which phones can install instead of switching their check off. RSA, so that the oldest can read it. */
export async function createAuthority(commonName: string, now: Date): Promise<KeyAndCertificate> {
  const keys = await generateKeyPair('rsa');
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: new Name([{ CN: [commonName] }]),
    ...validity(now, AUTHORITY_DAYS),
    keys,
    signingAlgorithm: SIGNING,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { privateKey: await exportPrivateKey(keys.privateKey), certificate: certificate.toString('pem') };
}

const SERVER_EXTENSIONS: readonly Extension[] = [
  new BasicConstraintsExtension(false, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
  new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
];

/** Makes a certificate of our own CA for these host names and addresses; the first is the one that old phones read from the subject. */
export async function issueServerCertificate(
  authority: KeyAndCertificate,
  wanted: { readonly hosts: readonly string[]; readonly keyType: KeyType; readonly now: Date },
): Promise<KeyAndCertificate> {
  const keys = await generateKeyPair(wanted.keyType);
  const issuer = new X509Certificate(authority.certificate);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: new Name([{ CN: [wanted.hosts[0] ?? ''] }]),
    issuer: issuer.subjectName,
    ...validity(wanted.now, SERVER_DAYS),
    publicKey: keys.publicKey,
    signingKey: await importSigningKey(authority.privateKey),
    signingAlgorithm: SIGNING,
    extensions: [
      ...SERVER_EXTENSIONS,
      alternativeNames(wanted.hosts),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { privateKey: await exportPrivateKey(keys.privateKey), certificate: certificate.toString('pem') };
}
