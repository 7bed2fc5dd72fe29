// The X.509 library resolves its parts through decorators and needs this first.
import 'reflect-metadata';
import { createPublicKey, randomBytes, webcrypto, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
  type Extension,
  type JsonName,
} from '@peculiar/x509';

cryptoProvider.set(webcrypto);

export interface TestCertificate {
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
  /** Leaf first, up to but without the root. */
  readonly chain: string;
}

export interface TestCa extends TestCertificate {
  readonly issue: (wanted?: Wanted) => Promise<TestCertificate>;
  readonly issueCa: (commonName: string, wanted?: Wanted) => Promise<TestCa>;
  /** What comes back for a signing request (PEM), leaf first: for the name that it states, or for other `hosts`. */
  readonly answer: (csr: string, wanted?: Pick<Wanted, 'hosts' | 'notAfter'>) => Promise<string>;
}

export interface Wanted {
  /** Subject in order: `[['OU', 'SPA-962'], ['L', '88019FA42805'], ['ST', '000e08abcdef']]`. */
  readonly subject?: readonly (readonly [string, string])[];
  /** `rsa1024` with a SHA-1 signature is what old factories made. */
  readonly keyType?: 'rsa' | 'rsa1024' | 'ec';
  readonly hash?: 'SHA-256' | 'SHA-1';
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** OIDs; none by default, as in many factory certificates. */
  readonly extendedKeyUsage?: readonly string[];
  /** A server certificate: names and addresses of subjectAltName. */
  readonly hosts?: readonly string[];
  /** For `issueCa`: a certificate that signs others although it may not. */
  readonly pretendsToBeCa?: true;
}

const YEAR = 365 * 24 * 60 * 60 * 1000;
const rsa = (modulusLength: number, hash: string): RsaHashedKeyGenParams => ({
  name: 'RSASSA-PKCS1-v1_5',
  hash,
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
});
type RsaHashedKeyGenParams = webcrypto.RsaHashedKeyGenParams;

const algorithmOf = (wanted: Wanted): RsaHashedKeyGenParams | webcrypto.EcKeyGenParams =>
  wanted.keyType === 'ec'
    ? { name: 'ECDSA', namedCurve: 'P-256' }
    : rsa(wanted.keyType === 'rsa1024' ? 1024 : 2048, wanted.hash ?? 'SHA-256');

const newKeys = (wanted: Wanted): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithmOf(wanted), true, ['sign', 'verify']);

const nameOf = (subject: Wanted['subject'] = [['CN', 'test']]): Name =>
  new Name(subject.map(([type, value]): JsonName[number] => ({ [type]: [value] })));

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function extensionsOf(wanted: Wanted, isCa: boolean): Extension[] {
  return [
    new BasicConstraintsExtension(isCa, undefined, true),
    new KeyUsagesExtension(isCa ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature, true),
    ...(wanted.extendedKeyUsage === undefined ? [] : [new ExtendedKeyUsageExtension([...wanted.extendedKeyUsage])]),
    ...(wanted.hosts === undefined
      ? []
      : [
          new SubjectAlternativeNameExtension(
            wanted.hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host })),
          ),
        ]),
  ];
}

/** Signs a request; the key stays where it was made. */
async function answerRequest(csr: string, wanted: Pick<Wanted, 'hosts' | 'notAfter'>, signer: Signer): Promise<string> {
  const request = new Pkcs10CertificateRequest(csr);
  if (!(await request.verify())) throw new Error('the request is not signed with its own key');
  const hosts = wanted.hosts ?? request.subjectName.getField('CN');
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `00${randomBytes(8).toString('hex')}`,
    subject: request.subjectName,
    issuer: signer.name,
    notBefore: new Date(Date.now() - YEAR),
    notAfter: wanted.notAfter ?? new Date(Date.now() + YEAR),
    publicKey: request.publicKey,
    signingKey: signer.key,
    signingAlgorithm: { ...signer.key.algorithm, hash: 'SHA-256' },
    extensions: extensionsOf({ hosts }, false),
  });
  return `${certificate.toString('pem')}\n${signer.chain}`;
}

interface Signer {
  readonly name: Name;
  readonly key: webcrypto.CryptoKey;
  /** What stands between what it signs and the root. */
  readonly chain: string;
}

interface Signed {
  readonly certificate: string;
  readonly key: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly name: Name;
}

async function sign(wanted: Wanted, isCa: boolean, signer: Signer | undefined): Promise<Signed> {
  const keys = await newKeys(wanted);
  const name = nameOf(wanted.subject);
  const signingKey = signer?.key ?? keys.privateKey;
  const certificate: X509Certificate = await X509CertificateGenerator.create({
    serialNumber: `00${randomBytes(8).toString('hex')}`,
    subject: name,
    issuer: signer?.name ?? name,
    notBefore: wanted.notBefore ?? new Date(Date.now() - YEAR),
    notAfter: wanted.notAfter ?? new Date(Date.now() + YEAR),
    publicKey: keys.publicKey,
    signingKey,
    // The hash of a signature is a property of an RSA key in WebCrypto; of an EC key it is chosen here.
    signingAlgorithm: { ...signingKey.algorithm, hash: wanted.hash ?? 'SHA-256' },
    extensions: extensionsOf(wanted, isCa),
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyPem(keys.privateKey), keys, name };
}

/** The same private key with another hash, since WebCrypto binds the two. */
async function withHash(key: webcrypto.CryptoKey, hash: string): Promise<webcrypto.CryptoKey> {
  if (key.algorithm.name === 'ECDSA') return key;
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key);
  return webcrypto.subtle.importKey('pkcs8', bytes, { name: key.algorithm.name, hash }, true, ['sign']);
}

function toCa(signed: Signed, chain: string): TestCa {
  const signerFor = async (wanted: Wanted): Promise<Signer> => ({
    name: signed.name,
    key: await withHash(signed.keys.privateKey, wanted.hash ?? 'SHA-256'),
    chain,
  });
  return {
    key: signed.key,
    certificate: signed.certificate,
    chain,
    issue: async (wanted = {}) => {
      const leaf = await sign(wanted, false, await signerFor(wanted));
      return { key: leaf.key, certificate: leaf.certificate, chain: leaf.certificate + chain };
    },
    issueCa: async (commonName, wanted = {}) => {
      const isCa = wanted.pretendsToBeCa !== true;
      const ca = await sign({ ...wanted, subject: [['CN', commonName]] }, isCa, await signerFor(wanted));
      return toCa(ca, ca.certificate + chain);
    },
    answer: async (csr, wanted = {}) => answerRequest(csr, wanted, await signerFor({})),
  };
}

/** A root CA, as a maker has one. */
export const createTestCa = async (commonName: string, wanted: Wanted = {}): Promise<TestCa> =>
  toCa(await sign({ ...wanted, subject: [['CN', commonName]] }, true, undefined), '');

/** A certificate that nobody but itself vouches for. */
export async function selfSigned(wanted: Wanted): Promise<TestCertificate> {
  const { key, certificate } = await sign(wanted, false, undefined);
  return { key, certificate, chain: certificate };
}

/** What a signing request (PEM) states, as the one who signs reads it. */
export async function readRequest(
  csr: string,
): Promise<{ readonly subject: string; readonly signedByItsKey: boolean; readonly publicKey: KeyObject }> {
  const request = new Pkcs10CertificateRequest(csr);
  return {
    subject: request.subject,
    signedByItsKey: await request.verify(),
    publicKey: createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' }),
  };
}
