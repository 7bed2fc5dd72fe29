import { beforeEach, expect, test } from 'vitest';
import { testApi, type TestApi } from '../../../test/kit/api.ts';

let api: TestApi;
const T = '/tenants/acme';
const P = `${T}/phones/02ee00000001`;

interface Entry {
  readonly what: string;
  readonly changes?: readonly { readonly field: string; readonly before?: unknown; readonly after?: unknown }[];
}

const newest = async (): Promise<Entry> => {
  const { items } = (await api.ask('GET', '/audit?limit=1')).body as unknown as { items: readonly Entry[] };
  return items[0] ?? { what: 'nothing' };
};

beforeEach(async () => {
  api = await testApi();
  await api.ask('PUT', T, {});
  await api.ask('PUT', `${T}/profiles/quiet`, {});
  await api.ask('PUT', P, { vendor: 'testphone', model: 'T4', raw: { 'a.b': 'canary-old' } });
});

test('a change is noted field by field, with what was there before and names in place of ids', async () => {
  await api.ask('PATCH', P, { label: 'Desk', profile: 'quiet', settings: { 'time.zone': 'Europe/Rome' } });
  const { what, changes } = await newest();
  expect(what).toBe('phone.changed');
  expect(changes).toEqual([
    { field: 'settings.time.zone.value', after: 'Europe/Rome' },
    { field: 'profile', after: 'quiet' },
    { field: 'label', after: 'Desk' },
  ]);
  await api.ask('PATCH', P, { label: 'Hall' });
  expect((await newest()).changes).toEqual([{ field: 'label', before: 'Desk', after: 'Hall' }]);
});

test('of a secret it is noted that it changed, not what it was or is', async () => {
  await api.ask('PATCH', P, {
    httpPassword: 'canary-new',
    raw: { 'a.b': 'canary-new' },
    settings: { 'security.adminPassword': 'canary-new' },
  });
  expect((await newest()).changes).toEqual([
    { field: 'settings.security.adminPassword.value', after: '***' },
    { field: 'raw.a.b.value', before: '***', after: '*** (changed)' },
    { field: 'httpPassword', before: '***', after: '*** (changed)' },
  ]);
  await api.ask('PUT', '/users/ann', { role: 'admin', tenant: 'acme', password: 'canary-password' });
  await api.ask('PATCH', '/users/ann', { password: 'canary-another' });
  expect((await newest()).changes).toEqual([{ field: 'passwordHash', before: '***', after: '*** (changed)' }]);
  await api.ask('DELETE', P);
  expect((await api.ask('GET', '/audit?limit=1000')).text).not.toContain('canary');
});

test('what a document changes is noted for each object, and what is new by its number', async () => {
  await api.ask('POST', '/apply', 'tenants: [{ name: acme, title: Ours, groups: [{ name: sales }] }]');
  const { items } = (await api.ask('GET', '/audit?limit=2')).body;
  expect(items).toMatchObject([
    { what: 'document.applied', detail: '1 created, 1 changed, 0 unchanged' },
    { what: 'tenant.changed', object: 'acme', changes: [{ field: 'title', before: '', after: 'Ours' }] },
  ]);
});

test('an entry is bounded: long text is cut, and of very many fields the rest is counted', async () => {
  const raw = Object.fromEntries(
    Array.from({ length: 150 }, (_, n) => [`p${String(n)}`, { value: 'x'.repeat(4000), public: true }]),
  );
  await api.ask('PATCH', P, { raw });
  const { changes = [] } = await newest();
  expect(changes).toHaveLength(101);
  expect(changes.at(-1)).toEqual({ field: 'and 50 more' });
  expect(JSON.stringify(changes).length).toBeLessThan(30_000);
});
