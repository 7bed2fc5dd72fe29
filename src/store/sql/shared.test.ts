import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../test/kit/postgres.ts';
import { createCipher } from '../cipher.ts';
import { createCrypto } from '../crypto.ts';
import { openPostgres } from '../postgres/open.ts';
import { openSqlite } from '../sqlite/open.ts';
import type { SqlStore } from './sql-store.ts';

const keys = {
  crypto: createCrypto(new Uint8Array(32)),
  cipher: createCipher(() => [{ id: 'test', key: new Uint8Array(32) }]),
};

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 1) + seconds * 1000);

/** What processes that share a store agree on; `two` are two of them, or one and the same where there can be one only. */
function describeShared(two: () => readonly [SqlStore, SqlStore]): void {
  test('a count of a nonce is used once, wherever it is used', async () => {
    const [a, b] = two();
    expect(await a.nonces.use('n1', '00000001', at(300))).toBe(true);
    expect(await b.nonces.use('n1', '00000001', at(300))).toBe(false);
    expect(await b.nonces.use('n1', '00000002', at(300))).toBe(true);
    expect(await a.nonces.use('n2', '00000001', at(300))).toBe(true);
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? a : b).nonces.use('n3', '1', at(300))),
    );
    expect(many.filter((first) => first)).toHaveLength(1);
  });

  test('uses of nonces that have ended are let go, and no others', async () => {
    const [a, b] = two();
    await a.nonces.use('old', '1', at(10));
    await a.nonces.use('new', '1', at(20));
    await b.nonces.forget(at(15));
    expect(await a.nonces.use('old', '1', at(10))).toBe(true);
    expect(await a.nonces.use('new', '1', at(20))).toBe(false);
  });

  test('news of strangers that a node published while its clock was ahead go when the old ones do', async () => {
    const [{ guard: ours }, { guard: theirs }] = two();
    const news = { misses: [], macs: [], bans: ['192.0.2.1'], decoys: false };
    await theirs.publish('of-now', 'b', at(0), news);
    await theirs.publish('of-2036', 'b', new Date(Date.UTC(2036, 0, 1)), news);
    await ours.trim({ news: at(-120), proven: at(-120), ahead: at(120) });
    expect((await ours.newsSince(at(-60), 'a')).map(({ id }) => id)).toEqual(['of-now']);
  });

  test('work that somebody took while his clock was ahead is free again', async () => {
    const [{ leases: ours }, { leases: theirs }] = two();
    expect(await theirs.take('ahead', 'b', new Date(Date.UTC(2036, 0, 1)), new Date(Date.UTC(2036, 0, 2)))).toBe(true);
    expect(await ours.take('ahead', 'a', at(0), at(10))).toBe(true);
    expect(await theirs.take('ahead', 'b', at(5), at(15))).toBe(false);
  });

  test('work is one holder’s until he lets the time pass', async () => {
    const [{ leases: ours }, { leases: theirs }] = two();
    expect(await ours.take('compare', 'a', at(0), at(10))).toBe(true);
    expect(await theirs.take('compare', 'b', at(5), at(15))).toBe(false);
    expect(await ours.take('compare', 'a', at(6), at(16))).toBe(true);
    expect(await theirs.take('compare', 'b', at(15), at(25))).toBe(false);
    expect(await theirs.take('compare', 'b', at(16), at(26))).toBe(true);
    expect(await ours.take('compare', 'a', at(17), at(27))).toBe(false);
    expect(await ours.take('trim', 'a', at(17), at(27))).toBe(true);
  });
}

describe('SQLite', () => {
  const directory = mkdtempSync(join(tmpdir(), 'offhook-shared-'));
  let store: SqlStore;
  beforeAll(async () => {
    store = await openSqlite({ file: join(directory, 'offhook.db'), ...keys });
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  describeShared(() => [store, store]);
});

describe.skipIf(!(await hasPostgres()))('PostgreSQL', () => {
  let server: TestPostgres;
  let stores: readonly [SqlStore, SqlStore];
  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    stores = [await openPostgres({ url, ...keys }), await openPostgres({ url, ...keys })];
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.stop();
  });
  describeShared(() => stores);
});
