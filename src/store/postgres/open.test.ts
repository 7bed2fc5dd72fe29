import { createServer } from 'node:net';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreUnavailable } from '../../app/ports.ts';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../test/kit/postgres.ts';
import {
  BEFORE_CONTENTS,
  BEFORE_GIVEN_APART,
  BEFORE_PERSONS_OF_USERS,
  personNamed,
  userNamed,
  firmwareNamed,
  groupNamed,
  macNumber,
  phoneNumber,
  tenantNamed,
} from '../../../test/kit/store-objects.ts';
import { createCipher } from '../cipher.ts';
import { createCrypto } from '../crypto.ts';
import type { SqlStore } from '../sql/sql-store.ts';
import { openPostgres } from './open.ts';

const crypto = createCrypto(new Uint8Array(32));
const cipher = createCipher(() => [{ id: 'test', key: new Uint8Array(32) }]);
const acme = tenantNamed('acme');

async function run(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

describe.skipIf(!(await hasPostgres()))('PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test('several processes that start at once make the schema once, and share what they write', async () => {
    const url = await server.createDatabase();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openPostgres({ url, cipher, crypto })));
    await stores[0]?.platform.tenants.create(acme);
    for (const store of stores) expect((await store.platform.tenants.byKey('acme'))?.version).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('firmware images of an older schema are found by their checksum', async () => {
    const url = await server.createDatabase();
    const store = await openPostgres({ url, cipher, crypto });
    await store.platform.firmware.create(firmwareNamed('t46.rom', { sha256: 'a'.repeat(64) }));
    await store.close();
    await run(url, BEFORE_CONTENTS.join('; '));
    const again = await openPostgres({ url, cipher, crypto });
    expect(await again.platform.contents.isNamed('a'.repeat(64))).toBe(true);
    expect(await again.platform.contents.isNamed('b'.repeat(64))).toBe(false);
    await again.close();
  });

  test('what phones were given is known after an upgrade from an older schema', async () => {
    const url = await server.createDatabase();
    const store = await openPostgres({ url, cipher, crypto });
    await store.platform.tenants.create(acme);
    const phone = phoneNumber(1, acme);
    await store.tenant(acme.id).phones.create(phone);
    await store.tenant(acme.id).phones.updateState(phone.id, (state) => state);
    await store.close();
    await run(url, BEFORE_GIVEN_APART.join('; '));
    const again = await openPostgres({ url, cipher, crypto });
    expect(await again.tenant(acme.id).phones.state(phone.id)).toEqual({
      given: ['account.1.label', 'dm.enable'],
      served: { 'a.cfg': { hash: 'h', at: 't' } },
    });
    await again.close();
  });

  test('a person who has a login of before the schema knew it cannot be removed', async () => {
    const url = await server.createDatabase();
    const store = await openPostgres({ url, cipher, crypto });
    await store.platform.tenants.create(acme);
    const ada = personNamed('ada');
    await store.tenant(acme.id).people.create(ada);
    await store.platform.users.create(userNamed('ada', { role: 'user', tenant: acme.id, person: ada.id }));
    await store.close();
    await run(url, BEFORE_PERSONS_OF_USERS.join('; '));
    const again = await openPostgres({ url, cipher, crypto });
    expect((await again.tenant(acme.id).people.remove(ada.id)).ok).toBe(false);
    await again.close();
  });

  test('two processes that give one MAC to two phones: one does, the other is told', async () => {
    const url = await server.createDatabase();
    const [a, b] = await Promise.all([openPostgres({ url, cipher, crypto }), openPostgres({ url, cipher, crypto })]);
    await a.platform.tenants.create(acme);
    const results = await Promise.all(
      [a, b].map((store, n) => store.tenant(acme.id).phones.create(phoneNumber(n, acme, { mac: macNumber(7) }))),
    );
    expect(results.map((result) => result.ok).sort()).toEqual([false, true]);
    expect(results.find((result) => !result.ok)).toMatchObject({ error: { kind: 'taken', field: 'mac' } });
    await Promise.all([a.close(), b.close()]);
  });

  test('writers of one tenant at two processes take turns: nobody’s work is done twice', async () => {
    const url = await server.createDatabase();
    const [a, b] = await Promise.all([openPostgres({ url, cipher, crypto }), openPostgres({ url, cipher, crypto })]);
    await a.platform.tenants.create(acme);
    await a.tenant(acme.id).groups.create(groupNamed('counter', { title: '0' }));
    let runs = 0;
    const addOne = (store: SqlStore): Promise<void> =>
      store.transaction(
        async (inside) => {
          runs += 1;
          const { groups } = inside.tenant(acme.id);
          const found = await groups.byKey('counter');
          if (found) await groups.replace({ ...found, title: String(Number(found.title) + 1) }, found.version);
        },
        [acme.id],
      );
    await Promise.all(Array.from({ length: 16 }, (_, n) => addOne(n % 2 ? a : b)));
    expect((await a.tenant(acme.id).groups.byKey('counter'))?.title).toBe('16');
    expect(runs).toBe(16);
    await Promise.all([a.close(), b.close()]);
  });

  test('whoever meets a faster writer every time is told that the store is unavailable', async () => {
    const url = await server.createDatabase();
    const store = await openPostgres({ url, cipher, crypto });
    await store.platform.tenants.create(acme);
    const slow = store.transaction(async (inside) => {
      const found = await inside.platform.tenants.byKey('acme');
      await run(url, 'update tenants set version = version + 1');
      if (found) await inside.platform.tenants.replace(found);
    });
    await expect(slow).rejects.toThrow(StoreUnavailable);
    await expect(slow).rejects.toThrow(/PostgreSQL at .* is written by too many at once/);
    await store.close();
  });

  test('who only reads is served while the writers of many tenants wait for another process', async () => {
    const url = await server.createDatabase();
    const [a, b] = await Promise.all([openPostgres({ url, cipher, crypto }), openPostgres({ url, cipher, crypto })]);
    const tenants = Array.from({ length: 12 }, (_, n) => tenantNamed(`t${n}`));
    for (const tenant of tenants) await a.platform.tenants.create(tenant);
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const long = b.transaction(
      async () => {
        begin();
        await ended;
      },
      tenants.map(({ id: tenant }) => tenant),
    );
    await begun;
    const writes = tenants.map(({ id: tenant }, n) => a.tenant(tenant).groups.create(groupNamed(`sales-${n}`)));
    const written = Promise.all(writes);
    const waiting = (): Promise<boolean> =>
      Promise.race([written.then(() => false), a.platform.tenants.count().then(() => true)]);
    for (let n = 0; n < 20; n++) expect(await waiting()).toBe(true);
    end();
    await long;
    expect((await written).map(({ ok }) => ok)).toEqual(tenants.map(() => true));
    await Promise.all([a.close(), b.close()]);
  });

  test('connections that the server ends are unavailable to who was using them, and the next caller is served', async () => {
    const url = await server.createDatabase();
    const store = await openPostgres({ url, cipher, crypto });
    await store.platform.tenants.create(acme);
    const others = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'offhook' and datname = current_database()`;
    const cut = store.transaction(async (inside) => {
      await inside.tenant(acme.id).groups.create(groupNamed('sales'));
      await run(url, others);
      await inside.tenant(acme.id).groups.create(groupNamed('support'));
    });
    await expect(cut).rejects.toThrow(StoreUnavailable);
    expect(await store.tenant(acme.id).groups.count()).toBe(0);
    await run(url, others);
    expect((await store.tenant(acme.id).groups.create(groupNamed('sales'))).ok).toBe(true);
    await store.close();
  });

  test('a schema of a newer program is refused, with the server named and not its password', async () => {
    const url = await server.createDatabase();
    await (await openPostgres({ url, cipher, crypto })).close();
    await run(url, "insert into schema_version (version, at) values (99, '')");
    const withPassword = url.replace('offhook@', 'offhook:s3cret@');
    const error: unknown = await openPostgres({ url: withPassword, cipher, crypto }).catch((caught: unknown) => caught);
    expect(String(error)).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+\/test_\d+ was written by a newer Offhook/);
    expect(String(error)).not.toContain('s3cret');
  });

  test('a database that is not there is unavailable', async () => {
    const url = server.url.replace('/postgres', '/nothing');
    await expect(openPostgres({ url, cipher, crypto })).rejects.toThrow(StoreUnavailable);
  });
});

test('a server that is not there, or that hangs up, is unavailable', async () => {
  const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(rude, 'listening');
  const address = rude.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `postgres://offhook@127.0.0.1:${port}/offhook`;
  await expect(openPostgres({ url, cipher, crypto })).rejects.toThrow(StoreUnavailable);
  rude.close();
  await once(rude, 'close');
  await expect(openPostgres({ url, cipher, crypto })).rejects.toThrow(/can't be used: .*ECONNREFUSED/);
});
