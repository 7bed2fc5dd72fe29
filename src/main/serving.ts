import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Crypto, FileStore, Log, NonceUses, RequestRecord, Store } from '../app/ports.ts';
import { gatekeeper } from '../app/guard/gatekeeper.ts';
import type { GuardPorts } from '../app/guard/guard.ts';
import { compareDesired, type Compare } from '../app/serve/compare-desired.ts';
import { gathered } from '../app/serve/gather.ts';
import { JournalWriter } from '../app/serve/journal-writer.ts';
import type { ServeFile } from '../app/serve/outcome.ts';
import { phoneLoader } from '../app/serve/phone-bundle.ts';
import { PhoneCache, type CachePorts } from '../app/serve/phone-cache.ts';
import { PlatformTrust } from '../app/serve/platform-trust.ts';
import { renderFile } from '../app/serve/render-config.ts';
import { serveFile, type ServePorts } from '../app/serve/serve-file.ts';
import type { ServerAddresses } from '../app/serve/server-addresses.ts';
import { TokenLookups } from '../app/serve/token-lookups.ts';
import type { Config } from '../config.ts';
import type { Metrics } from './metrics.ts';
import type { Challenge } from '../domain/tenant.ts';

export interface ServingWorld {
  readonly config: Config;
  readonly store: Store;
  readonly files: FileStore;
  readonly crypto: Crypto;
  readonly nonces: NonceUses;
  readonly clock: Clock;
  readonly log: Log;
  readonly addresses: () => ServerAddresses;
  readonly metrics: Pick<Metrics, 'onRequest' | 'onRender'>;
  /** The same after a look at the store: another process may have changed them. */
  readonly addressesNow: () => Promise<ServerAddresses>;
  readonly guard: GuardPorts;
}

export interface Serving {
  readonly serveFile: ServeFile;
  readonly records: JournalWriter;
  /** Counts a request and takes it down for the journal. */
  readonly note: (record: RequestRecord) => void;
  readonly compare: Compare;
  /** Resolves when nothing goes on any more of requests that were answered. */
  readonly finish: () => Promise<void>;
  /** Forgets what was rendered: our own addresses or certificates have changed. */
  readonly forget: () => void;
}

function httpAuthOf({ doors }: Config): ServePorts['httpAuth'] {
  const asked = (['secure', 'spa', 'legacy'] as const).map((door) => [door, doors[door].httpAuth] as const);
  return Object.fromEntries(
    asked.filter((entry): entry is readonly [(typeof entry)[0], Challenge] => entry[1] !== 'off'),
  );
}

// Looking a phone up and loading it takes one or two. The timer begins before that, so its end does not depend on it.
const EVEN_MILLISECONDS = 5;

/** What has to be written is timed. */
const timed =
  (onRender: Metrics['onRender']): CachePorts['render'] =>
  (bundle, options) => {
    const startedAt = performance.now();
    const file = renderFile(bundle, options);
    onRender(performance.now() - startedAt);
    return file;
  };

/** Builds the story of a request with everything that it needs. */
export function buildServing(world: ServingWorld): Serving {
  const { store, files, crypto, nonces, clock, log, addresses, config, metrics, guard } = world;
  const cache = new PhoneCache({
    maxBytes: config.cacheMegabytes * 1024 * 1024,
    load: phoneLoader({ store, addresses }),
    render: timed(metrics.onRender),
    hash: (bytes) => crypto.keyedHash('served', bytes),
  });
  const records = new JournalWriter(store.journal, log);
  const note = (record: RequestRecord): void => {
    metrics.onRequest(record);
    records.add(record);
  };
  const unfinished = new Set<Promise<void>>();
  const ports: ServePorts = {
    store,
    files,
    crypto,
    cache,
    addresses,
    records: { add: note },
    log,
    guard: gatekeeper(guard),
    directory: store.directory,
    nonces,
    tokens: new TokenLookups(store.directory, crypto),
    platformTrust: new PlatformTrust(store),
    goesOn: (work) => {
      unfinished.add(work);
      void work.finally(() => unfinished.delete(work));
    },
    httpAuth: httpAuthOf(config),
    loadPhone: (ref) => cache.known(ref),
    loadTenant: (tenant) => store.platform.tenants.byId(tenant),
    isRevoked: async ({ fingerprint }) => (await store.platform.revocations.byKey(fingerprint)) !== undefined,
    evenOut: (phones) => delay(EVEN_MILLISECONDS * phones),
    decodeBase64: (text) => Buffer.from(text, 'base64').toString('utf8'),
  };
  return {
    serveFile: gathered(serveFile(ports)),
    records,
    note,
    compare: compareDesired({ store, crypto, clock, addresses: world.addressesNow }),
    finish: async () => {
      await Promise.all(unfinished);
    },
    forget: () => {
      cache.clear();
    },
  };
}
