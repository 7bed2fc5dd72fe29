import { randomBytes } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { shownCertificates } from '../app/certificates/expiry.ts';
import type { Clock, Crypto, Log, Store } from '../app/ports.ts';
import type { ServerAddresses } from '../app/serve/server-addresses.ts';
import { ownAddress, type Config } from '../config.ts';
import { openAdmin } from './admin.ts';
import { startBackground } from './background.ts';
import { openGuard, type OpenGuard } from './guard.ts';
import { openDoors, type DoorReport } from './doors.ts';
import { openOidc } from './oidc.ts';
import { ensureOwnCertificates } from './own-certificates.ts';
import { openMetricsDoor } from './metrics-door.ts';
import { quietLog } from './quiet-log.ts';
import { scryptPasswords } from '../api/sessions/scrypt-passwords.ts';
import { CurrentTrust } from './current-trust.ts';
import { openFiles } from './open-files.ts';
import type { OpenStore } from './open-store.ts';
import { buildServing, type Serving } from './serving.ts';
import { openSip } from './sip.ts';
import { startWatching } from './watching.ts';

/** The running product. */
export interface Product {
  readonly reports: readonly DoorReport[];
  /** Given once, at the first start. */
  readonly firstLogin: { readonly name: string; readonly password: string } | undefined;
  readonly store: Store;
  /** Everything that is due beside the requests, now: for tests and for a clean end. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const CLOCK: Clock = { now: () => new Date() };

/** Names and addresses that phones may know this machine by; the one they are told comes first. */
function ownHosts(host: string): readonly [string, ...string[]] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter((found) => !found.address.startsWith('fe80'))
    .map((found) => found.address);
  return [host, ...new Set([hostname(), 'localhost', ...addresses].filter((name) => name !== host))];
}

/** The first operator, where there is nobody yet. The password is told once and kept as a hash only. */
async function ensureOperator(store: Store, crypto: Crypto): Promise<Product['firstLogin']> {
  if ((await store.platform.users.count()) > 0) return undefined;
  const password = randomBytes(12).toString('base64url');
  const created = await store.platform.users.create({
    id: crypto.id(),
    name: 'admin',
    role: 'operator',
    mayReveal: true,
    passwordHash: await scryptPasswords.hash(password),
  });
  return created.ok ? { name: 'admin', password } : undefined;
}

/** Compares and writes what is due beside the requests, now. */
async function settle(store: Store, guard: OpenGuard, { records, compare, finish }: Serving): Promise<void> {
  await finish();
  await guard.share();
  await guard.finish();
  await records.flush();
  for (const tenant of await store.platform.tenants.list({ limit: 1000 })) while ((await compare(tenant.id, 500)) > 0);
}

/** Opens everything in order: certificates, story, doors, administration, background work. */
export async function startProduct(
  config: Config,
  { store, keyring, nonces, metrics, sealing }: OpenStore,
  plainLog: Log,
  clock = CLOCK,
): Promise<Product> {
  const { crypto } = keyring;
  const log = metrics.countEvents(quietLog(plainLog));
  const host = config.host ?? ownAddress();
  const { files, tidyFiles } = await openFiles(config, store, clock);
  const oidc = await openOidc(config, nonces, clock);
  const firstLogin = await ensureOperator(store, crypto);
  const { platform } = store;
  const caPem = await ensureOwnCertificates({ platform, crypto, hosts: ownHosts(host), now: clock.now() });
  const guard = await openGuard({ config, store, clock, crypto, log });
  const world = { config, store, files, crypto, nonces, clock, log, host, guard: guard.ports };
  const trust = await CurrentTrust.read({ ...world, caPem });
  const renewTrust = (): Promise<void> => trust.renew();
  const addressesNow = async (): Promise<ServerAddresses> => {
    await renewTrust();
    return trust.addresses;
  };
  const serving = buildServing({ ...world, metrics, addresses: () => trust.addresses, addressesNow });
  const { serveFile, note, records, compare } = serving;
  const { material, learn: onIntermediate } = trust;
  const doors = await openDoors({ ...world, serveFile, material, onIntermediate, note });
  trust.use(doors.ports);
  trust.tell({
    onMaterial: () => {
      doors.reload(material);
    },
    onAddresses: serving.forget,
  });
  const { watch, readiness } = startWatching({ ...world, metrics, serving, doors, trust });
  const sip = await openSip({ ...world, addresses: () => trust.addresses, note });
  const admin = await openAdmin({ ...world, sealing, trust, renewTrust, watch, resyncPhone: sip.resyncPhone, ...oidc });
  const watchers = await openMetricsDoor(config, watch);
  const { leases } = store;
  const certificates = () => shownCertificates(trust.trust.certificates, host);
  const { journal } = config;
  const due = { guard, leases, records, journal, compare, certificates, renewTrust, tidyFiles };
  const stopBackground = startBackground({ ...world, ...due });
  return {
    reports: [admin.report, ...doors.reports, ...sip.reports, ...watchers.reports],
    firstLogin,
    store,
    settle: () => settle(store, guard, serving),
    close: async () => {
      // Whoever asks is told not to send phones here any more, for as long as somebody is still served.
      readiness.end();
      await doors.close();
      await sip.close();
      await serving.finish();
      await guard.finish();
      await stopBackground();
      await Promise.all([admin, watchers].map((listener) => listener.close()));
      await store.close();
    },
  };
}
