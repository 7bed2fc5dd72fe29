import { beforeEach, expect, test } from 'vitest';
import { testApi, type TestApi } from '../../../test/kit/api.ts';
import { shownExtension } from '../extensions/schema.ts';
import { shownTenant } from './schema.ts';

let api: TestApi;
const T = '/tenants/acme';

beforeEach(async () => {
  api = await testApi();
  await api.ask('PUT', T, { title: 'Acme' });
});

test('a tenant is made with a token and credentials of its own', async () => {
  const made = await api.ask('GET', T);
  expect(() => shownTenant.strict().parse(made.body)).not.toThrow();
  expect((await api.ask('PUT', T, made.body)).headers.etag).toBe(made.headers.etag);
  const credentials = await api.ask('GET', `${T}/credentials`);
  expect(credentials.body).toMatchObject({ httpUser: 'tenant-acme' });
  expect(credentials.body['token']).toMatch(/^[a-z2-7]{32}$/);
  await api.ask('POST', `${T}/rotate`, {});
  expect((await api.ask('GET', `${T}/credentials`)).body['token']).not.toBe(credentials.body['token']);
});

test('S4.22 HTTP authentication is set for a tenant, with credentials for each phone', async () => {
  const answer = await api.ask('PATCH', T, { policy: { httpAuth: 'digest' } });
  expect(answer.body['policy']).toMatchObject({ httpAuth: 'digest' });
  const phone = { vendor: 'testphone', model: 'T4', httpUser: 'desk-1', httpPassword: 'its-own' };
  expect((await api.ask('PUT', `${T}/phones/02ee00000001`, phone)).body).toMatchObject({ httpUser: 'desk-1' });
});

test('a lowered policy is a standing warning, and the bootstrap door cannot be lowered', async () => {
  const rule = { door: 'tftp', networks: ['192.0.2.0/24'], content: 'full', level: 1 };
  const lowered = await api.ask('PATCH', T, { policy: { lowered: [rule] } });
  expect(lowered.body['warnings']).toMatchObject([{ code: 'lowered-policy', field: 'policy.lowered[0]' }]);
  expect((await api.ask('GET', T)).body['warnings']).toHaveLength(1);
  const bootstrap = await api.ask('PATCH', T, { policy: { lowered: [{ ...rule, door: 'bootstrap' }] } });
  expect(bootstrap.body['errors']).toMatchObject([{ field: 'policy.lowered[0].door', value: 'bootstrap' }]);
});

test('S4.2 an extension carries the SIP user and password that a line registers with', async () => {
  const made = await api.ask('PUT', `${T}/extensions/201`, {
    authUser: 'auth-201',
    password: 'canary-secret',
    serverHost: '1.1.1.1',
  });
  expect(() => shownExtension.strict().parse(made.body)).not.toThrow();
  expect(made.body).toMatchObject({ number: '201', user: '201', authUser: 'auth-201', password: '***' });
  expect(made.text).not.toContain('canary');
  expect((await api.ask('PUT', `${T}/extensions/201`, made.body)).headers.etag).toBe(made.headers.etag);
});

test('S4.42 the registrar may be a dummy address', async () => {
  const body = { password: 'x', serverHost: '1.1.1.1' };
  expect((await api.ask('PUT', `${T}/extensions/201`, body)).body['serverHost']).toBe('1.1.1.1');
});

test('S4.31 a mapping of an address to a name is made for one tenant, or for all', async () => {
  const body = { to: 'pbx.acme.example', note: 'inside 192.0.2.10, outside 198.51.100.10' };
  expect((await api.ask('PUT', `${T}/mappings/1.1.1.1`, body)).body).toEqual({ from: '1.1.1.1', ...body });
  expect((await api.ask('PUT', '/mappings/1.1.1.1', { to: 'pbx.example.com' })).status).toBe(201);
  expect((await api.ask('PUT', `${T}/mappings/pbx`, body)).body['errors']).toMatchObject([
    { field: 'from', value: 'pbx' },
  ]);
  expect((await api.ask('DELETE', `${T}/mappings/1.1.1.1`)).status).toBe(204);
});

test('groups form a tree without rings', async () => {
  await api.ask('PUT', `${T}/profiles/quiet`, { settings: { 'features.dnd': true } });
  await api.ask('PUT', `${T}/groups/office`, { profile: 'quiet', forProvisioning: true });
  expect((await api.ask('PUT', `${T}/groups/sales`, { parent: 'office' })).body).toMatchObject({ parent: 'office' });
  expect((await api.ask('PATCH', `${T}/groups/office`, { parent: 'sales' })).body['errors']).toMatchObject([
    { field: 'parent', value: 'sales', message: 'lies inside the group itself' },
  ]);
  expect((await api.ask('PUT', `${T}/groups/ring`, { parent: 'ring' })).status).toBe(422);
  expect((await api.ask('DELETE', `${T}/groups/office`)).status).toBe(409);
});

test('people belong to groups that there are', async () => {
  await api.ask('PUT', `${T}/groups/sales`, {});
  const alice = { displayName: 'Alice Example', email: 'alice@example.com', groups: ['sales'] };
  expect((await api.ask('PUT', `${T}/people/alice`, alice)).body).toEqual({ name: 'alice', ...alice });
  expect((await api.ask('PUT', `${T}/people/bob`, { groups: ['sales', 'none'] })).body['errors']).toMatchObject([
    { field: 'groups[1]', value: 'none' },
  ]);
});

test('an extension can be given another number', async () => {
  await api.ask('PUT', `${T}/extensions/201`, { password: 'x', serverHost: 'pbx.example.com' });
  expect((await api.ask('PATCH', `${T}/extensions/201`, { number: '301' })).body['number']).toBe('301');
  expect((await api.ask('GET', `${T}/extensions/201`)).status).toBe(404);
});

test('the settings of the whole installation are a layer of their own', async () => {
  const answer = await api.ask('PUT', '/platform', {
    settings: { 'time.zone': { value: 'Europe/Berlin', locked: true } },
  });
  expect(answer.status).toBe(200);
  expect((await api.ask('GET', '/platform')).body).toEqual(answer.body);
  expect((await api.ask('PATCH', T, { settings: { 'time.zone': 'Europe/Paris' } })).body['errors']).toMatchObject([
    { field: 'settings.time.zone', message: 'is locked by platform "platform"' },
  ]);
  expect((await api.ask('PATCH', '/platform', { settings: { 'time.zone': null } })).body).toEqual({ settings: {} });
});

test('what was done is noted with who did it, and without values', async () => {
  await api.ask('PATCH', T, { httpPassword: 'canary-secret' });
  const audit = await api.ask('GET', '/audit');
  expect(audit.body['items']).toMatchObject([
    { what: 'tenant.changed', object: 'acme', detail: 'httpPassword', who: 'local operator' },
    { what: 'tenant.created', object: 'acme' },
  ]);
  expect(audit.text).not.toContain('canary');
});

test('the registry tells a program what a setting looks like, secrets masked', async () => {
  const items = (await api.ask('GET', '/settings')).body['items'] as unknown as Record<string, unknown>[];
  expect(items.find((item) => item['id'] === 'line.localSipPort')).toMatchObject({
    group: 'line',
    scope: 'line',
    lineOnly: true,
    secret: false,
    schema: { type: 'integer', minimum: 10000, maximum: 20000 },
  });
  expect(items.find((item) => item['id'] === 'line.password')).toMatchObject({ secret: true, example: '***' });
});
