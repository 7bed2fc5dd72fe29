import { Buffer } from 'node:buffer';
import type { Authority, Crypto, Intermediate, ServerCertificate, Store, Versioned } from '../app/ports.ts';
import { allAuthorities } from '../app/certificates/authorities.ts';
import type { Config } from '../config.ts';
import type { KeyAndChain, TlsMaterial } from '../transports/tls/material.ts';

/** What the TLS doors show and believe, as the store has it now. */
export interface Trust {
  readonly certificates: readonly Versioned<ServerCertificate>[];
  readonly authorities: readonly Versioned<Authority>[];
  readonly intermediates: readonly Versioned<Intermediate>[];
}

/** Most CA certificates that are kept because phones sent them; makers have a few each. */
export const MAX_INTERMEDIATES = 200;

export async function readTrust(store: Store): Promise<Trust> {
  return {
    certificates: await store.platform.certificates.list({ limit: 1000 }),
    authorities: await allAuthorities(store.platform),
    intermediates: await store.platform.intermediates.list({ limit: MAX_INTERMEDIATES }),
  };
}

/** A text that is another one when anything of it has changed. */
export const revisionOf = ({ certificates, authorities, intermediates }: Trust): string =>
  [certificates, authorities, intermediates]
    .map((objects) => objects.map(({ id, version }) => `${id} ${version}`).join(','))
    .join(';');

export type TlsDoor = 'secure' | 'spa' | 'admin';

const isReady = (certificate: ServerCertificate): boolean => certificate.chain !== undefined;

/** The listener's own certificates: a bought one drives ours out, for its key type and the other alike. */
function chosenFor(trust: Trust, door: TlsDoor, host: string): readonly ServerCertificate[] {
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

/** Days since 1970, UTC. A ticket lives for five minutes, so one that a change of day cuts off costs a handshake and nothing else. */
export const ticketDay = (now: Date): number => Math.floor(now.getTime() / 86_400_000);

/** Shared by all processes with the same master key, so that they resume each other's sessions; nothing but the master key leads from one day's keys to another's. */
const ticketKeys = (crypto: Crypto, day: number): Buffer =>
  Buffer.from(
    ['name and AES', 'HMAC'].map((part) => crypto.keyedHash('tls-tickets', `${part} of day ${day}`)).join(''),
    'hex',
  ).subarray(0, 48);

/** Phones show certificates of their makers; people at the admin door show none. */
const believedAt = (door: TlsDoor, trust: Trust): Pick<TlsMaterial, 'authorities' | 'intermediates'> =>
  door === 'admin'
    ? { authorities: [], intermediates: [] }
    : {
        authorities: trust.authorities.map(({ vendor, pem }) => ({ vendor, pem })),
        intermediates: trust.intermediates.map(({ pem }) => pem),
      };

export const materialFor =
  (trust: Trust, config: Config, crypto: Crypto, host: string, day: number) =>
  (door: TlsDoor): TlsMaterial => ({
    certificates: chosenFor(trust, door, host).map(keyAndChain),
    ...believedAt(door, trust),
    legacyTls: door !== 'admin' && config.doors[door].legacyTls,
    ticketKeys: ticketKeys(crypto, day),
  });
