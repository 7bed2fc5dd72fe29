import { randomBytes } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Clock, Crypto, Log, Store } from '../app/ports.ts';
import { ownAddress, type Config } from '../config.ts';
import { openFileStore } from '../store/files/file-store.ts';
import { openAdmin } from './admin.ts';
import { startBackground } from './background.ts';
import { openDoors, type DoorReport } from './doors.ts';
import { ensureOwnCertificates } from './own-certificates.ts';
import { scryptPasswords } from '../api/sessions/scrypt-passwords.ts';
import { CurrentTrust } from './current-trust.ts';
import type { OpenStore } from './open-store.ts';
import { buildServing, type Serving } from './serving.ts';

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
async function settle(store: Store, { records, compare, finish }: Serving): Promise<void> {
  await finish();
  await records.flush();
  for (const tenant of await store.platform.tenants.list({ limit: 1000 })) while ((await compare(tenant.id, 500)) > 0);
}

/** Opens everything in order: certificates, story, doors, administration, background work. */
export async function startProduct(
  config: Config,
  { store, keyring }: OpenStore,
  log: Log,
  clock = CLOCK,
): Promise<Product> {
  const { crypto } = keyring;
  const host = config.host ?? ownAddress();
  const files = await openFileStore(join(config.dataDir, 'firmware'));
  const firstLogin = await ensureOperator(store, crypto);
  const caPem = await ensureOwnCertificates({
    platform: store.platform,
    crypto,
    hosts: ownHosts(host),
    now: clock.now(),
  });
  const trust = await CurrentTrust.read({ store, config, crypto, host, caPem });
  const serving = buildServing({ config, store, files, crypto, clock, log, addresses: () => trust.addresses });
  const note = serving.records.add.bind(serving.records);
  const doors = await openDoors({
    config,
    clock,
    crypto,
    log,
    host,
    serveFile: serving.serveFile,
    material: trust.material,
    note,
  });
  trust.use(doors.ports);
  const renewTrust = async (): Promise<void> => {
    await trust.renew();
    doors.reload(trust.material);
    serving.forget();
  };
  const admin = await openAdmin({ config, store, files, crypto, clock, log, host, trust, renewTrust });
  const stopBackground = startBackground({
    store,
    clock,
    log,
    records: serving.records,
    journal: config.journal,
    compare: serving.compare,
  });
  return {
    reports: [admin.report, ...doors.reports],
    firstLogin,
    store,
    settle: () => settle(store, serving),
    close: async () => {
      await admin.close();
      await doors.close();
      await serving.finish();
      await stopBackground();
      await store.close();
    },
  };
}
