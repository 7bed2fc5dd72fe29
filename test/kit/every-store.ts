import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import type { Store, TenantStore, WriteResult } from '../../src/app/ports.ts';
import type { PhoneState } from '../../src/domain/phone.ts';
import { createCipher } from '../../src/store/cipher.ts';
import { createCrypto } from '../../src/store/crypto.ts';
import { memoryStore } from '../../src/store/memory/memory-store.ts';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { hasPostgres, startPostgres, type TestPostgres } from './postgres.ts';
import { tenantNamed } from './store-objects.ts';

export const crypto = createCrypto(new Uint8Array(32));
const cipher = createCipher(() => [{ id: 'test', key: new Uint8Array(32) }]);

export const acme = tenantNamed('acme');
export const rival = tenantNamed('rival');

export const served: PhoneState = { given: [], served: { 'a.cfg': { hash: 'h', at: '2026-03-01T00:00:00.000Z' } } };

/** The object that was written; a conflict fails the test. */
export function kept<T>(result: WriteResult<T>): T & { readonly version: number } {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** New for each test, with two tenants. */
export let store: Store;
/** Of `acme`. */
export let ours: TenantStore;
/** Of `rival`. */
export let theirs: TenantStore;

function describeStore(open: () => Promise<Store>, tests: () => void): void {
  beforeEach(async () => {
    store = await open();
    for (const tenant of [acme, rival]) kept(await store.platform.tenants.create(tenant));
    ours = store.tenant(acme.id);
    theirs = store.tenant(rival.id);
  });
  afterEach(() => store.close());
  tests();
}

const isPostgresThere = await hasPostgres();

/** What every store must do, whatever it keeps its data in. */
export function onEveryStore(tests: () => void): void {
  describe('in memory', () => {
    describeStore(() => Promise.resolve(memoryStore({ crypto })), tests);
  });

  describe('on SQLite', () => {
    const directory = mkdtempSync(join(tmpdir(), 'offhook-store-'));
    let files = 0;
    afterAll(() => {
      rmSync(directory, { recursive: true });
    });
    describeStore(() => openSqlite({ file: join(directory, `${++files}.db`), cipher, crypto }), tests);
  });

  describe.skipIf(!isPostgresThere)('on PostgreSQL', () => {
    let server: TestPostgres;
    let url: string;
    beforeAll(async () => {
      server = await startPostgres();
      url = await server.createDatabase();
    });
    afterAll(() => server.stop());
    describeStore(async () => {
      await server.empty(url);
      return openPostgres({ url, cipher, crypto });
    }, tests);
  });
}
