import { expect, test } from 'vitest';
import { personNamed, tenantNamed } from '../../../test/kit/store-objects.ts';
import { createCrypto } from '../../store/crypto.ts';
import { memoryStore } from '../../store/memory/memory-store.ts';
import { localOperator } from '../access/actor.ts';
import { openPlatform, openTenant } from '../documents/open-scope.ts';
import { personSheet } from './person-sheet.ts';
import { writeSheet } from './sheet.ts';

test('a table is read page by page as fast as it is taken, and every object stands in it once', async () => {
  const store = memoryStore();
  const acme = tenantNamed('acme');
  await store.platform.tenants.create(acme);
  const own = store.tenant(acme.id);
  const names = Array.from({ length: 1200 }, (_, n) => `p${String(n).padStart(4, '0')}`);
  for (const name of names) await own.people.create(personNamed(name));
  const asked: (string | undefined)[] = [];
  const people: typeof own.people = {
    ...own.people,
    list: (page) => {
      asked.push(page.after);
      return own.people.list(page);
    },
  };
  const ports = { store, crypto: createCrypto(Buffer.alloc(32)), catalogue: { vendors: [] }, hosts: () => [] };
  const platform = openPlatform({ ...ports, clock: { now: () => new Date(0) } }, store.platform, localOperator);
  const sheet = writeSheet(personSheet, openTenant(platform, acme, { ...own, people }), { header: true });
  const parts: string[] = [];
  for await (const part of sheet) {
    parts.push(part);
    // Nothing is read ahead of whoever takes it.
    expect(asked).toHaveLength(parts.length - 1);
  }
  expect(asked).toEqual([undefined, 'p0499', 'p0999']);
  const rows = parts.join('').split('\r\n').slice(1, -1);
  expect(rows.map((row) => row.split(',')[1])).toEqual(names);
});
