import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreUnavailable } from '../../app/ports.ts';
import {
  BEFORE_CONTENTS,
  BEFORE_GIVEN_APART,
  BEFORE_GIVEN_LISTS,
  BEFORE_PERSONS_OF_USERS,
  personNamed,
  userNamed,
  firmwareNamed,
  groupNamed,
  id,
  phoneNumber,
  tenantNamed,
} from '../../../test/kit/store-objects.ts';
import { createCipher } from '../cipher.ts';
import { createCrypto } from '../crypto.ts';
import { hotText } from '../sql/session.ts';
import { openConnection } from './connection.ts';
import { openSqlite } from './open.ts';

const crypto = createCrypto(new Uint8Array(32));
const cipher = createCipher(() => [{ id: 'test', key: new Uint8Array(32) }]);
const acme = tenantNamed('acme');

let directory: string;
let file: string;
const open = () => openSqlite({ file, cipher, crypto });
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'offhook-sqlite-'));
  file = join(directory, 'offhook.db');
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('what was written is there after closing and opening again; the file is its owner’s only', async () => {
  const store = await open();
  await store.platform.tenants.create(acme);
  await store.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = await open();
  expect((await again.platform.tenants.byKey('acme'))?.token.reveal()).toBe('tenant-token-acme');
  await again.close();
});

test('firmware images of an older schema are found by their checksum', async () => {
  const store = await open();
  await store.platform.firmware.create(firmwareNamed('t46.rom', { sha256: 'a'.repeat(64) }));
  await store.close();
  const database = new Database(file);
  for (const statement of BEFORE_CONTENTS) database.exec(statement);
  database.close();
  const again = await open();
  expect(await again.platform.contents.isNamed('a'.repeat(64))).toBe(true);
  expect(await again.platform.contents.isNamed('b'.repeat(64))).toBe(false);
  await again.close();
});

test('what phones were given is known after an upgrade from an older schema', async () => {
  const store = await open();
  await store.platform.tenants.create(acme);
  const phone = phoneNumber(1, acme);
  await store.tenant(acme.id).phones.create(phone);
  await store.tenant(acme.id).phones.updateState(phone.id, (state) => state);
  await store.close();
  const database = new Database(file);
  for (const statement of BEFORE_GIVEN_APART) database.exec(statement);
  database.close();
  const again = await open();
  expect(await again.tenant(acme.id).phones.state(phone.id)).toEqual({
    given: ['account.1.label', 'dm.enable'],
    served: { 'a.cfg': { hash: 'h', at: 't' } },
  });
  await again.close();
});

test('of phones that were given alike, in an older schema too, the list is kept once, and goes with the last of them', async () => {
  const store = await open();
  await store.platform.tenants.create(acme);
  const give = async (to: typeof store, n: number, given: readonly string[]) => {
    await to.tenant(acme.id).phones.updateState(id(`phone-${n}`), (state) => ({ ...state, given }));
  };
  for (const n of [5, 6, 7, 8]) await store.tenant(acme.id).phones.create(phoneNumber(n, acme));
  for (const n of [5, 6]) await give(store, n, ['a', 'b']);
  await give(store, 7, ['c']);
  await store.close();
  const database = new Database(file);
  const lists = () => database.prepare('select names from given_lists order by names').pluck().all();
  expect(lists()).toEqual(['["a","b"]', '["c"]']);
  for (const statement of BEFORE_GIVEN_LISTS) database.exec(statement);
  const again = await open();
  expect(lists()).toEqual(['["a","b"]', '["c"]']);
  const givenNow = () => Promise.all([5, 6, 7, 8].map((n) => again.tenant(acme.id).phones.state(id(`phone-${n}`))));
  expect((await givenNow()).map(({ given }) => given)).toEqual([['a', 'b'], ['a', 'b'], ['c'], []]);
  await give(again, 5, ['c']);
  await again.tidy();
  expect(lists()).toEqual(['["a","b"]', '["c"]', '["c"]']);
  await give(again, 6, ['c']);
  await again.tidy();
  expect(lists()).toEqual(['["c"]', '["c"]']);
  expect((await givenNow()).map(({ given }) => given)).toEqual([['c'], ['c'], ['c'], []]);
  database.close();
  await again.close();
});

test('a person who has a login of before the schema knew it cannot be removed', async () => {
  const store = await open();
  await store.platform.tenants.create(acme);
  const ada = personNamed('ada');
  await store.tenant(acme.id).people.create(ada);
  await store.platform.users.create(userNamed('ada', { role: 'user', tenant: acme.id, person: ada.id }));
  await store.close();
  const database = new Database(file);
  for (const statement of BEFORE_PERSONS_OF_USERS) database.exec(statement);
  database.close();
  const again = await open();
  expect((await again.tenant(acme.id).people.remove(ada.id)).ok).toBe(false);
  await again.close();
});

test('a second store on the same file is refused with the reason and the name, also through a link', async () => {
  const store = await open();
  await expect(open()).rejects.toThrow(/offhook\.db is in use by another Offhook process: .* one process at a time/);
  symlinkSync(file, join(directory, 'link.db'));
  await expect(openSqlite({ file: join(directory, 'link.db'), cipher, crypto })).rejects.toThrow(StoreUnavailable);
  await store.close();
  await (await open()).close();
});

test('a process that is killed does not keep the file', async () => {
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import Database from 'better-sqlite3';
       globalThis.lock = new Database(process.argv[1]).exec('BEGIN EXCLUSIVE');
       console.log('held'); setInterval(() => {}, 1000);`,
      `${file}.lock`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  await expect(open()).rejects.toThrow(/in use by another/);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await open()).close();
});

test('a schema of a newer program is refused, and left as it is', async () => {
  await (await open()).close();
  const database = new Database(file);
  database.exec("insert into schema_version (version, at) values (99, '')");
  database.close();
  await expect(open()).rejects.toThrow(/newer Offhook \(schema 99; this one knows \d+\)/);
});

test('a file that is no database is unavailable, and so is a directory that is not there', async () => {
  writeFileSync(file, 'x'.repeat(8192));
  await expect(open()).rejects.toThrow(StoreUnavailable);
  await expect(openSqlite({ file: join(directory, 'none', 'a.db'), cipher, crypto })).rejects.toThrow(StoreUnavailable);
});

test('a damaged file is unavailable to those who read it', async () => {
  const store = await open();
  for (let n = 0; n < 200; n++) {
    await store.platform.tenants.create(tenantNamed(`t${n}`));
  }
  await store.close();
  truncateSync(file, 8192);
  await expect(open().then((opened) => opened.platform.tenants.list({ limit: 999 }))).rejects.toThrow(StoreUnavailable);
});

test('a full disk is unavailable, and afterwards the connection works on', async () => {
  const connection = openConnection(file, { readonly: false });
  connection.execute('create table t (x text); pragma max_page_count = 4');
  connection.execute('begin immediate');
  const fill = async (): Promise<void> => {
    for (;;) await connection.first(hotText(`insert into t values (zeroblob(3000)) returning x`), []);
  };
  await expect(fill()).rejects.toThrow(/SQLITE_FULL/);
  await expect(fill()).rejects.toThrow(StoreUnavailable);
  if (connection.inTransaction()) connection.execute('rollback');
  expect(await connection.first(hotText<{ n: number }>('select count(*) as n from t'), [])).toEqual({ n: 0 });
  connection.close();
});

test('a closed store says that it is closed', async () => {
  const store = await open();
  await store.close();
  await store.close();
  await expect(store.platform.tenants.count()).rejects.toThrow(/is closed/);
  await expect(store.platform.tenants.create(acme)).rejects.toThrow(StoreUnavailable);
});

test('a transaction that writes through the store outside of it is told so instead of waiting for itself', async () => {
  const store = await openSqlite({ file, cipher, crypto, patienceMilliseconds: 50 });
  await store.platform.tenants.create(acme);
  const wrong = store.transaction(async () => store.tenant(acme.id).groups.create(groupNamed('sales')));
  await expect(wrong).rejects.toThrow(/waits for the one it is part of/);
  expect((await store.tenant(acme.id).groups.create(groupNamed('sales'))).ok).toBe(true);
  await store.close();
});

test('writes of many phones that come together are each kept, or fail, for themselves', async () => {
  const store = await openSqlite({ file, cipher, crypto, patienceMilliseconds: 500 });
  await store.platform.tenants.create(acme);
  const { phones } = store.tenant(acme.id);
  for (let n = 0; n < 20; n++) await phones.create(phoneNumber(n, acme));
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      phones.updateState(id(`phone-${n}`), (state) => {
        if (n % 5 === 0) throw new Error(`phone ${n} is odd`);
        return { ...state, given: ['a'] };
      }),
    ),
  );
  for (const [n, result] of results.entries()) {
    expect(result.status).toBe(n % 5 === 0 ? 'rejected' : 'fulfilled');
    expect((await phones.state(id(`phone-${n}`))).given).toEqual(n % 5 === 0 ? [] : ['a']);
  }
  const wrong = store.transaction(() => phones.updateState(id('phone-1'), (state) => state));
  await expect(wrong).rejects.toThrow(/waits for the one it is part of/);
  await store.close();
});

test('transactions that come together share one sync of the disk, and each is kept, or fails, for itself', async () => {
  const store = await open();
  await store.platform.tenants.create(acme);
  const { groups } = store.tenant(acme.id);
  const before = store.directory.changes() ?? 0;
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      store.transaction(async (inside) => {
        await inside.tenant(acme.id).groups.create(groupNamed(`group-${n}`));
        if (n % 5 === 0) throw new Error(`group ${n} is odd`);
      }),
    ),
  );
  for (const [n, result] of results.entries()) {
    expect(result.status).toBe(n % 5 === 0 ? 'rejected' : 'fulfilled');
    expect((await groups.byKey(`group-${n}`)) === undefined).toBe(n % 5 === 0);
  }
  expect((store.directory.changes() ?? 0) - before).toBeLessThan(5);
  await store.close();
});

test('whoever waited for a turn that did not come is told, and those after him are served', async () => {
  const store = await openSqlite({ file, cipher, crypto, patienceMilliseconds: 50 });
  await store.platform.tenants.create(acme);
  const { phones } = store.tenant(acme.id);
  await phones.create(phoneNumber(1, acme));
  const long = store.transaction(() => delay(150));
  await delay(10);
  const short = () => phones.updateState(id('phone-1'), (state) => ({ ...state, given: ['a'] }));
  await expect(short()).rejects.toThrow(/take too long/);
  await long;
  await short();
  expect((await phones.state(id('phone-1'))).given).toEqual(['a']);
  await store.close();
});

test('a write that failed inside a transaction spoils the whole of it, even where nobody listened', async () => {
  const store = await open();
  await store.platform.tenants.create(acme);
  const deaf = store.transaction(async (inside) => {
    const groups = inside.tenant(acme.id).groups;
    await groups.create(groupNamed('sales'));
    await groups.create(groupNamed('bad', { parent: groupNamed('nobody').id })).catch(() => undefined);
  });
  await expect(deaf).rejects.toThrow(/group bad names something/);
  expect(await store.tenant(acme.id).groups.count()).toBe(0);
  await store.close();
});
