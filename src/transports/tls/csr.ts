// The X.509 library resolves its parts through decorators and needs this first.
import 'reflect-metadata';
import { Name, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import type { Secret } from '../../domain/secret.ts';
import { alternativeNames, exportPrivateKey, generateKeyPair, type KeyType } from './ca.ts';

/** A key that stays here, and the request (PKCS #10, PEM) that goes to who signs it. */
export interface CertificateRequest {
  readonly privateKey: Secret;
  readonly csr: string;
}

/**
 * Makes a key pair and a signing request for a provisioning host name (S0.25). The name stands in the subject, where SPA phones look for
 * it, and in subjectAltName, where all others do.
 */
export async function createCertificateRequest(host: string, keyType: KeyType): Promise<CertificateRequest> {
  const keys = await generateKeyPair(keyType);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: new Name([{ CN: [host] }]),
    keys,
    signingAlgorithm:
      keyType === 'rsa' ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [alternativeNames([host])],
  });
  return { privateKey: await exportPrivateKey(keys.privateKey), csr: request.toString('pem') };
}
