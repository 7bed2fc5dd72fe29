import { Buffer } from 'node:buffer';
import type { Authority, Crypto, ServerCertificate, Store } from '../app/ports.ts';
import { allAuthorities } from '../app/certificates/authorities.ts';
import type { Config } from '../config.ts';
import type { KeyAndChain, TlsMaterial } from '../transports/tls/material.ts';

/** What the TLS doors show and believe, as the store has it now. */
export interface Trust {
  readonly certificates: readonly ServerCertificate[];
  readonly authorities: readonly Authority[];
}

export async function readTrust(store: Store): Promise<Trust> {
  return {
    certificates: await store.platform.certificates.list({ limit: 1000 }),
    authorities: await allAuthorities(store.platform),
  };
}

const isReady = (certificate: ServerCertificate): boolean => certificate.chain !== undefined;

/** The listener's own certificates: a bought one drives ours out, for its key type and the other alike. */
function chosenFor(trust: Trust, door: 'secure' | 'spa' | 'admin', host: string): readonly ServerCertificate[] {
  const ready = trust.certificates.filter((certificate) => certificate.door === door && isReady(certificate));
  const bought = ready.filter((certificate) => !certificate.selfSigned);
  const named = bought.filter((certificate) => certificate.sniOnly);
  const own = bought.filter((certificate) => !certificate.sniOnly);
  return own.length > 0
    ? [...own, ...named]
    : [...ready.filter((certificate) => certificate.selfSigned && certificate.host === host), ...named];
}

/** Whether the door shows a certificate that was signed elsewhere. */
export const isBought = (trust: Trust, door: 'secure' | 'spa'): boolean =>
  trust.certificates.some(
    (certificate) =>
      certificate.door === door && isReady(certificate) && !certificate.selfSigned && !certificate.sniOnly,
  );

const keyAndChain = ({ host, privateKey, chain = '', sniOnly }: ServerCertificate): KeyAndChain => ({
  host,
  key: privateKey.reveal(),
  chain,
  sniOnly,
});

export const certificatesOf = (trust: Trust, door: 'secure' | 'spa' | 'admin', host: string): readonly KeyAndChain[] =>
  chosenFor(trust, door, host).map(keyAndChain);

/** Shared by all processes with the same master key, so that they resume each other's sessions. */
const ticketKeys = (crypto: Crypto): Buffer =>
  Buffer.from(
    `${crypto.keyedHash('tls-tickets', 'name and AES')}${crypto.keyedHash('tls-tickets', 'HMAC')}`,
    'hex',
  ).subarray(0, 48);

export const materialFor =
  (trust: Trust, config: Config, crypto: Crypto, host: string) =>
  (door: 'secure' | 'spa'): TlsMaterial => ({
    certificates: certificatesOf(trust, door, host),
    authorities: trust.authorities.map(({ vendor, pem }) => ({ vendor, pem })),
    legacyTls: config.doors[door].legacyTls,
    ticketKeys: ticketKeys(crypto),
  });
