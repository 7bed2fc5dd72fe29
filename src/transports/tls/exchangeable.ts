import type { SecureContext, TlsOptions } from 'node:tls';
import { contextsByHost, ownContextOptions, type TlsMaterial } from './material.ts';

/** What a TLS server shows, by the host that is asked for, exchangeable while it is open. Connections that are open keep what they have. */
export interface Exchangeable {
  /** For the server that is made. */
  readonly options: TlsOptions;
  /** All of it or, where the material is not right, nothing. */
  readonly exchange: (server: { setSecureContext(options: TlsOptions): void }, material: TlsMaterial) => void;
}

export function exchangeable(material: TlsMaterial): Exchangeable {
  let byHost: ReadonlyMap<string, SecureContext> = contextsByHost(material);
  return {
    options: {
      ...ownContextOptions(material),
      SNICallback: (host, callback) => {
        callback(null, byHost.get(host.toLowerCase()));
      },
    },
    exchange: (server, next) => {
      const contexts = contextsByHost(next);
      server.setSecureContext(ownContextOptions(next));
      byHost = contexts;
    },
  };
}
