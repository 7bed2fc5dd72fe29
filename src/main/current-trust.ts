import type { X509Certificate } from 'node:crypto';
import type { Clock, Crypto, Log, Store } from '../app/ports.ts';
import { serverAddresses, type ServerAddresses } from '../app/serve/server-addresses.ts';
import type { Config } from '../config.ts';
import type { TlsMaterial } from '../transports/tls/material.ts';
import {
  isBought,
  materialFor,
  MAX_INTERMEDIATES,
  readTrust,
  revisionOf,
  ticketDay,
  type TlsDoor,
  type Trust,
} from './tls-material.ts';

interface TrustWorld {
  readonly store: Store;
  readonly config: Config;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly log: Log;
  /** What phones are told. */
  readonly host: string;
  readonly caPem: string;
}

/** Who is told when a look at the store has brought something new. */
export interface TrustListener {
  /** Other certificates, authorities or keys for the TLS doors. */
  readonly onMaterial?: () => void;
  /** Other addresses for phones: what was rendered is of no use any more. */
  readonly onAddresses?: () => void;
}

/** Certificates, authorities and the addresses that follow from them, as they are now; renewed when somebody changes one, at this process or another. */
export class CurrentTrust {
  readonly #world: TrustWorld;
  #trust: Trust;
  #day: number;
  #ports: ServerAddresses['ports'] = {};
  readonly #listeners: TrustListener[] = [];
  addresses: ServerAddresses;

  private constructor(world: TrustWorld, trust: Trust) {
    this.#world = world;
    this.#trust = trust;
    this.#day = ticketDay(world.clock.now());
    this.addresses = this.#compute();
  }

  static async read(world: TrustWorld): Promise<CurrentTrust> {
    return new CurrentTrust(world, await readTrust(world.store));
  }

  get trust(): Trust {
    return this.#trust;
  }

  readonly material = (door: TlsDoor): TlsMaterial => {
    const { config, crypto, host } = this.#world;
    return materialFor(this.#trust, config, crypto, host, this.#day)(door);
  };

  /** Keeps a CA certificate that a phone has sent, for sessions that are resumed at other processes. */
  readonly learn = (certificate: X509Certificate): void => {
    const { crypto, log } = this.#world;
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    if (this.#trust.intermediates.length >= MAX_INTERMEDIATES) return;
    this.#world.store.platform.intermediates
      .create({ id: crypto.id(), fingerprint, pem: certificate.toString() })
      .catch((error: unknown) => {
        log.error('intermediate_not_kept', { reason: error instanceof Error ? error.message : 'unknown' });
      });
  };

  /** The doors are open, at these ports. */
  use(ports: ServerAddresses['ports']): void {
    this.#ports = ports;
    this.addresses = this.#compute();
  }

  tell(listener: TrustListener): void {
    this.#listeners.push(listener);
  }

  /** Takes up what was changed, at this process or another. */
  async renew(): Promise<void> {
    const trust = await readTrust(this.#world.store);
    const day = ticketDay(this.#world.clock.now());
    if (day === this.#day && revisionOf(trust) === revisionOf(this.#trust)) return;
    const before = JSON.stringify(this.addresses);
    this.#trust = trust;
    this.#day = day;
    this.addresses = this.#compute();
    const isMoved = JSON.stringify(this.addresses) !== before;
    for (const { onMaterial, onAddresses } of this.#listeners) {
      onMaterial?.();
      if (isMoved) onAddresses?.();
    }
  }

  #compute(): ServerAddresses {
    const { config, host, caPem } = this.#world;
    return serverAddresses({
      host,
      ports: this.#ports,
      alias: config.doors.legacy.alias,
      trust: isBought(this.#trust, 'secure') ? 'check' : 'install_ca',
      caPem,
      spaTrusted: isBought(this.#trust, 'spa'),
    });
  }
}
