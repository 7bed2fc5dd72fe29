import type { Crypto, Store } from '../app/ports.ts';
import { serverAddresses, type ServerAddresses } from '../app/serve/server-addresses.ts';
import type { Config } from '../config.ts';
import type { TlsMaterial } from '../transports/tls/material.ts';
import { isBought, materialFor, readTrust, type Trust } from './tls-material.ts';

interface TrustWorld {
  readonly store: Store;
  readonly config: Config;
  readonly crypto: Crypto;
  /** What phones are told. */
  readonly host: string;
  readonly caPem: string;
}

/** Certificates, authorities and the addresses that follow from them, as they are now; renewed when one is imported. */
export class CurrentTrust {
  readonly #world: TrustWorld;
  #trust: Trust;
  #ports: ServerAddresses['ports'] = {};
  addresses: ServerAddresses;

  private constructor(world: TrustWorld, trust: Trust) {
    this.#world = world;
    this.#trust = trust;
    this.addresses = this.#compute();
  }

  static async read(world: TrustWorld): Promise<CurrentTrust> {
    return new CurrentTrust(world, await readTrust(world.store));
  }

  get trust(): Trust {
    return this.#trust;
  }

  readonly material = (door: 'secure' | 'spa'): TlsMaterial => {
    const { config, crypto, host } = this.#world;
    return materialFor(this.#trust, config, crypto, host)(door);
  };

  /** The doors are open, at these ports. */
  use(ports: ServerAddresses['ports']): void {
    this.#ports = ports;
    this.addresses = this.#compute();
  }

  async renew(): Promise<void> {
    this.#trust = await readTrust(this.#world.store);
    this.addresses = this.#compute();
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
