import type { Leases, NonceUses, Store, TenantStore } from '../../app/ports.ts';
import type { TenantId } from '../../domain/ids.ts';
import { KINDS } from '../kinds.ts';
import { clearDatabase } from './clear.ts';
import { sqlDirectory } from './directory.ts';
import { sqlGuard } from './guard.ts';
import { sqlJournal } from './journal.ts';
import { sqlLeases } from './leases.ts';
import { sqlNonces } from './nonces.ts';
import { sqlExtensions, sqlPhones } from './phones.ts';
import { removeUnusedLists } from './phone-state.ts';
import { sqlPlatform } from './platform.ts';
import { reencrypt } from './reencrypt.ts';
import { sqlRepository } from './repository.ts';
import type { Executor, Ground } from './session.ts';
import { sessionInside } from './session-inside.ts';
import { sqlUploads } from './uploads.ts';

/** A store in a database. */
export interface SqlStore extends Store {
  /** Writes every secret again under the key that writes now; says how many records. */
  readonly reencrypt: () => Promise<number>;
  /** Of the whole database. */
  readonly sizeBytes: () => Promise<number>;
  /** Counted where every process on this store sees it. */
  readonly nonces: NonceUses;
  readonly leases: Leases;
  /** Throws `StoreUnavailable` while another process has this store open. */
  readonly assertAlone: () => Promise<void>;
}

/** What the two databases do in their own way. */
export interface DatabaseWays extends Pick<SqlStore, 'sizeBytes' | 'assertAlone' | 'close'> {
  /** A connection that sees one moment. */
  readonly openSnapshot: () => Promise<{ readonly reads: Executor; readonly end: () => Promise<void> }>;
}

/** A tenant's store holds nothing of its own, so that it can be kept; most requests are of few tenants. */
const MAX_KEPT = 1000;

function keptTenants(ground: Ground): (tenant: TenantId) => TenantStore {
  const kept = new Map<TenantId, TenantStore>();
  return (tenant) => {
    const known = kept.get(tenant);
    if (known !== undefined) return known;
    const store = sqlTenant(tenant, ground);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(tenant, store);
    return store;
  };
}

const sqlTenant = (tenant: TenantId, ground: Ground): TenantStore => ({
  tenant,
  groups: sqlRepository(KINDS.groups, tenant, ground),
  people: sqlRepository(KINDS.people, tenant, ground),
  extensions: sqlExtensions(tenant, ground),
  phones: sqlPhones(tenant, ground),
  templates: sqlRepository(KINDS.templates, tenant, ground),
  profiles: sqlRepository(KINDS.profiles, tenant, ground),
  mappings: sqlRepository(KINDS.mappings, tenant, ground),
  firmware: sqlRepository(KINDS.firmware_images, tenant, ground),
  uploads: sqlUploads(tenant, ground),
});

const refuseWrite = (): Promise<never> => Promise.reject(new Error('a snapshot is read only'));

/** The store on either database, outside of a transaction or inside of one. */
export function sqlStore(ground: Ground, ways: DatabaseWays): SqlStore {
  return {
    platform: sqlPlatform(ground),
    directory: sqlDirectory(ground.session.reads, ground.changes),
    journal: sqlJournal(ground),
    guard: sqlGuard(ground),
    tenant: keptTenants(ground),
    transaction: (work, about) =>
      ground.session.write(
        async (db) => {
          const { session, assertWhole } = sessionInside(db);
          const result = await work(sqlStore({ ...ground, session }, ways));
          assertWhole();
          return result;
        },
        'serializable',
        about,
      ),
    snapshot: async () => {
      const { reads, end } = await ways.openSnapshot();
      return {
        store: sqlStore({ ...ground, session: { reads, write: refuseWrite, writeJournal: refuseWrite } }, ways),
        end,
      };
    },
    clear: () => ground.session.write(clearDatabase),
    tidy: () => ground.session.write(removeUnusedLists, 'row_locks'),
    reencrypt: () => reencrypt(ground),
    nonces: sqlNonces(ground),
    leases: sqlLeases(ground),
    sizeBytes: ways.sizeBytes,
    assertAlone: ways.assertAlone,
    close: ways.close,
  };
}
