import { beforeEach, expect, test } from 'vitest';
import { ask, testApi, type Answer, type TestApi } from '../../../test/kit/api.ts';
import { buildApi } from '../build-api.ts';
import type { Api } from '../api.ts';
import { scryptPasswords } from './scrypt-passwords.ts';

let local: TestApi;
let app: Api;

const bearer = (token: unknown): Record<string, string> => ({ authorization: `Bearer ${String(token)}` });
const logIn = (name: string, password: string): Promise<Answer> => ask(app, 'POST', '/sessions', { name, password });
const tokenOf = async (name: string): Promise<Record<string, string>> =>
  bearer((await logIn(name, `${name}-password`)).body['token']);

beforeEach(async () => {
  local = await testApi();
  app = await buildApi({ ...local.deps, authenticate: 'tokens' });
  await local.ask('PUT', '/tenants/acme', {});
  await local.ask('PUT', '/tenants/globex', {});
  await local.ask('PUT', '/users/root', { role: 'operator', password: 'root-password' });
  await local.ask('PUT', '/users/ann', { role: 'admin', tenant: 'acme', password: 'ann-password' });
});

test('without a token or session there is no answer but the description of the API', async () => {
  expect((await ask(app, 'GET', '/tenants')).body).toMatchObject({
    status: 401,
    type: '/api/v1/problems/not-authenticated',
  });
  expect((await ask(app, 'GET', '/tenants', undefined, bearer('nonsense'))).status).toBe(401);
  expect((await ask(app, 'GET', '/openapi.json')).status).toBe(200);
});

test('a person logs in, is known by token and by cookie, and logs out', async () => {
  const session = await logIn('root', 'root-password');
  expect(session.status).toBe(201);
  expect(session.body).toMatchObject({ name: 'root', role: 'operator' });
  expect(session.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/);
  const cookie = { cookie: String(session.headers['set-cookie']).split(';')[0] ?? '' };
  expect((await ask(app, 'GET', '/sessions/current', undefined, cookie)).body).toMatchObject({ name: 'root' });
  expect((await ask(app, 'DELETE', '/sessions/current', undefined, cookie)).status).toBe(204);
  expect((await ask(app, 'GET', '/sessions/current', undefined, cookie)).status).toBe(401);
});

test('a session ends by itself', async () => {
  const headers = await tokenOf('root');
  local.time.now = new Date('2026-03-03T10:00:00Z');
  expect((await ask(app, 'GET', '/tenants', undefined, headers)).status).toBe(401);
});

test('W4 a page of another site cannot write with the session of who visits it', async () => {
  const cookie = { cookie: String((await logIn('root', 'root-password')).headers['set-cookie']).split(';')[0] ?? '' };
  const put = (headers: Record<string, string>) => ask(app, 'PUT', '/tenants/new', {}, { ...cookie, ...headers });
  expect((await put({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await put({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await put({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
});

test('W5 a wrong password and an unknown user answer alike, and tries are limited', async () => {
  const wrong = await logIn('root', 'guess');
  const unknown = await logIn('nobody', 'guess');
  expect(wrong.status).toBe(401);
  expect(unknown.body).toEqual(wrong.body);
  for (let i = 0; i < 9; i++) await logIn('root', 'guess');
  const locked = await logIn('root', 'root-password');
  expect(locked.status).toBe(429);
  expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
  local.time.now = new Date(local.time.now.getTime() + 16 * 60_000);
  expect((await logIn('root', 'root-password')).status).toBe(201);
});

test('W5 who has a password himself cannot wipe out his guesses at others', async () => {
  let refused = 0;
  for (let n = 0; n < 100; n++) {
    if (n % 5 === 4) await logIn('ann', 'ann-password');
    else if ((await logIn(`user-${String(n)}`, 'guess')).status === 401) refused += 1;
  }
  expect(refused).toBe(50);
});

test('W2 a tenant’s administrator sees his tenant; every other answers as if there were none', async () => {
  const ann = await tokenOf('ann');
  expect((await ask(app, 'GET', '/tenants', undefined, ann)).body['items']).toMatchObject([{ name: 'acme' }]);
  const theirs = await ask(app, 'GET', '/tenants/globex', undefined, ann);
  const nobodys = await ask(app, 'GET', '/tenants/nobody', undefined, ann);
  expect(theirs.status).toBe(404);
  expect(theirs.body).toEqual(nobodys.body);
  for (const path of ['phones', 'groups', 'extensions', 'templates', 'firmware'])
    expect((await ask(app, 'GET', `/tenants/globex/${path}`, undefined, ann)).status, path).toBe(404);
  expect((await ask(app, 'PUT', '/tenants/globex/groups/x', {}, ann)).status).toBe(404);
  expect((await ask(app, 'PUT', '/tenants/acme/groups/x', {}, ann)).status).toBe(201);
  expect((await ask(app, 'PATCH', '/tenants/acme', { title: 'Ours' }, ann)).status).toBe(200);
});

test('what belongs to the platform is read by a tenant’s administrator at most', async () => {
  const ann = await tokenOf('ann');
  for (const path of ['/templates', '/mappings', '/firmware', '/platform', '/catalogue', '/settings'])
    expect((await ask(app, 'GET', path, undefined, ann)).status, path).toBe(200);
  for (const path of ['/users', '/authorities', '/authorities/missing', '/certificates'])
    expect((await ask(app, 'GET', path, undefined, ann)).status, path).toBe(403);
  expect((await ask(app, 'PUT', '/platform', {}, ann)).status).toBe(403);
  expect((await ask(app, 'PUT', '/mappings/1.1.1.1', { to: 'x' }, ann)).status).toBe(403);
  expect((await ask(app, 'PUT', '/tenants/new', {}, ann)).status).toBe(404);
  expect((await ask(app, 'POST', '/tenants', { name: 'new' }, ann)).status).toBe(403);
  expect((await ask(app, 'DELETE', '/tenants/acme', undefined, ann)).status).toBe(403);
  const document = 'tenants: [{ name: globex, title: Taken }]';
  expect((await ask(app, 'POST', '/apply', document, ann)).status).toBe(422);
  expect((await ask(app, 'POST', '/apply', 'platform: { settings: {} }', ann)).status).toBe(422);
  expect((await ask(app, 'POST', '/apply', 'tenants: [{ name: acme, title: Ours }]', ann)).status).toBe(200);
});

test('the audit log and the journal of an administrator are those of his tenant', async () => {
  const ann = await tokenOf('ann');
  await local.ask('PUT', '/tenants/globex/groups/secret-project', {});
  await local.ask('PUT', '/tenants/acme/groups/ours', {});
  const audit = await ask(app, 'GET', '/audit', undefined, ann);
  expect(audit.text).toContain('ours');
  expect(audit.text).not.toContain('secret-project');
});

test('a program gets a token, which may be for reading only and for one tenant only', async () => {
  const root = await tokenOf('root');
  const reading = await ask(app, 'POST', '/tokens', { name: 'monitor' }, root);
  expect(reading.status).toBe(201);
  const monitor = bearer(reading.body['token']);
  expect((await ask(app, 'GET', '/tenants', undefined, monitor)).status).toBe(200);
  expect((await ask(app, 'PUT', '/tenants/new', {}, monitor)).status).toBe(403);
  expect((await ask(app, 'GET', '/tenants/acme/credentials', undefined, monitor)).status).toBe(403);
  const narrow = await ask(app, 'POST', '/tokens', { name: 'crm', scopes: ['write'], tenant: 'acme' }, root);
  const crm = bearer(narrow.body['token']);
  expect((await ask(app, 'PUT', '/tenants/acme/groups/x', {}, crm)).status).toBe(201);
  expect((await ask(app, 'GET', '/tenants/globex', undefined, crm)).status).toBe(404);
  const list = await ask(app, 'GET', '/tokens', undefined, root);
  expect(list.text).not.toContain(String(narrow.body['token']));
  expect((await ask(app, 'DELETE', `/tokens/${String(narrow.body['id'])}`, undefined, root)).status).toBe(204);
  expect((await ask(app, 'GET', '/tenants', undefined, crm)).status).toBe(401);
});

test('a new password ends the sessions that the old one opened', async () => {
  const ann = await tokenOf('ann');
  await local.ask('PATCH', '/users/ann', { password: 'another-password' });
  expect((await ask(app, 'GET', '/tenants', undefined, ann)).status).toBe(401);
  expect((await local.ask('GET', '/users/ann')).body).toEqual({
    name: 'ann',
    role: 'admin',
    tenant: 'acme',
    mayReveal: false,
    password: '***',
  });
});

test('the last operator stays', async () => {
  expect((await local.ask('DELETE', '/users/root')).body).toMatchObject({
    status: 409,
    type: '/api/v1/problems/last-operator',
  });
  const demoted = await local.ask('PATCH', '/users/root', { role: 'admin', tenant: 'acme' });
  expect(demoted.status).toBe(409);
  expect(
    (await local.ask('PUT', '/users/x', { role: 'operator', tenant: 'acme', password: '0123456789' })).status,
  ).toBe(422);
  expect((await local.ask('PUT', '/users/x', { role: 'operator', password: 'short' })).body['errors']).toMatchObject([
    { field: 'password' },
  ]);
});

test('a password is kept as scrypt with N = 2^15 or more, and compared with nobody’s where there is no user', async () => {
  const hash = await scryptPasswords.hash('correct horse');
  expect(hash).toMatch(/^scrypt\$N=32768,r=8,p=1\$/);
  expect(await scryptPasswords.matches('correct horse', hash)).toBe(true);
  expect(await scryptPasswords.matches('wrong', hash)).toBe(false);
  expect(await scryptPasswords.matches('anything', '')).toBe(false);
});

test('S3.5 a representative assigns a profile to a phone or person, and is shown no credential', async () => {
  await local.ask('PUT', '/tenants/acme/profiles/quiet', {});
  await local.ask('PUT', '/tenants/acme/people/alice', {});
  const raw = { 'x.y': { value: 'canary', public: true } };
  const phone = { vendor: 'testphone', model: 'T4', httpUser: 'canary-user', raw };
  await local.ask('PUT', '/tenants/acme/phones/02ee00000001', phone);
  await local.ask('PUT', '/users/cleo', { role: 'csr', tenant: 'acme', password: 'cleo-password' });
  const cleo = await tokenOf('cleo');
  const answers = [
    await ask(app, 'PUT', '/tenants/acme/phones/02ee00000001/profile', { profile: 'quiet' }, cleo),
    await ask(app, 'PUT', '/tenants/acme/people/alice/profile', { profile: 'quiet' }, cleo),
    await ask(app, 'POST', '/tenants/acme/phones/02ee00000001/reset', {}, cleo),
    await ask(app, 'GET', '/tenants/acme/phones/02ee00000001', undefined, cleo),
    await ask(app, 'GET', '/tenants/acme/phones', undefined, cleo),
    await ask(app, 'GET', '/tenants/acme', undefined, cleo),
  ];
  for (const { status, text } of answers) {
    expect(status).toBe(200);
    expect(text).not.toMatch(/canary|tenant-acme/);
  }
  expect(answers[0]?.body).toMatchObject({ profile: 'quiet', httpUser: '***', raw: { 'x.y': { value: '***' } } });
  expect(answers[1]?.body).toMatchObject({ profile: 'quiet' });
  const more = { profile: 'quiet', blocked: true };
  expect((await ask(app, 'PUT', '/tenants/acme/phones/02ee00000001/profile', more, cleo)).status).toBe(422);
  const none = await ask(app, 'PUT', '/tenants/acme/phones/02ee00000001/profile', { profile: null }, cleo);
  expect(none.body['profile']).toBeUndefined();
});

test('nobody gives the right to see secrets, or gets at who has it, without having it', async () => {
  await local.ask('PUT', '/users/seer', { role: 'operator', mayReveal: true, password: 'seer-password' });
  const root = await tokenOf('root');
  expect((await ask(app, 'PATCH', '/users/root', { mayReveal: true }, root)).status).toBe(403);
  expect((await ask(app, 'PATCH', '/users/seer', { password: 'another-password' }, root)).status).toBe(403);
  const asSeer = { name: 't', user: 'seer', scopes: ['read', 'reveal'] };
  expect((await ask(app, 'POST', '/tokens', asSeer, root)).status).toBe(403);
  expect((await ask(app, 'GET', '/tenants/acme/credentials', undefined, root)).status).toBe(403);
  const seer = await tokenOf('seer');
  expect((await ask(app, 'GET', '/tenants/acme/credentials', undefined, seer)).status).toBe(200);
  expect((await local.ask('GET', '/audit?limit=1')).body['items']).toMatchObject([
    { what: 'tenant.revealed', who: 'seer', from: '127.0.0.1', object: 'acme' },
  ]);
  expect((await ask(app, 'PATCH', '/users/root', { mayReveal: true }, seer)).status).toBe(200);
});
