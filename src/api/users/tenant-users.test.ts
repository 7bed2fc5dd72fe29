import { beforeEach, describe, expect, test } from 'vitest';
import { ask, testApi, type Answer, type TestApi } from '../../../test/kit/api.ts';
import type { Api } from '../api.ts';
import { buildApi } from '../build-api.ts';
import { shownTenantUser } from './tenant-routes.ts';

let local: TestApi;
let app: Api;
type Headers = Record<string, string>;
type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
let ann: Headers;

const U = '/tenants/acme/users';

const bearer = (token: unknown): Headers => ({ authorization: `Bearer ${String(token)}` });
const passwordOf = (name: string): string => `${name}-password`;
const logIn = async (name: string): Promise<Headers> =>
  bearer((await ask(app, 'POST', '/sessions', { name, password: passwordOf(name) })).body['token']);
const as = (who: Headers, method: Method, path: string, body?: unknown): Promise<Answer> =>
  ask(app, method, path, body, who);
const statusOf = async (who: Headers): Promise<number> => (await as(who, 'GET', '/sessions/current')).status;
const make = (name: string, more: object): Promise<Answer> =>
  local.ask('PUT', `/users/${name}`, { password: passwordOf(name), ...more });

beforeEach(async () => {
  local = await testApi();
  app = await buildApi({ ...local.deps, authenticate: 'tokens' });
  for (const tenant of ['acme', 'globex']) {
    await local.ask('PUT', `/tenants/${tenant}`, {});
    await local.ask('PUT', `/tenants/${tenant}/people/person-of-${tenant}`, {});
  }
  await make('root', { role: 'operator', mayReveal: true });
  await make('ann', { role: 'admin', tenant: 'acme' });
  await make('gus', { role: 'admin', tenant: 'globex', mayReveal: true });
  ann = await logIn('ann');
});

describe('the administrator of a tenant', () => {
  test('adds, lists, changes and removes who may log in to it, and each is noted', async () => {
    const cleo = { role: 'csr', password: 'cleo-password' };
    const made = await as(ann, 'PUT', `${U}/cleo`, cleo);
    expect(made.status).toBe(201);
    expect(() => shownTenantUser.strict().parse(made.body)).not.toThrow();
    expect(made.body).toEqual({ name: 'cleo', role: 'csr', mayReveal: false, password: '***' });
    const ulla = { name: 'ulla', role: 'user', person: 'person-of-acme', password: 'ulla-password' };
    expect((await as(ann, 'POST', U, ulla)).status).toBe(201);
    expect((await as(ann, 'POST', U, { name: 'abe', role: 'admin', password: 'abe-password' })).status).toBe(201);
    const list = await as(ann, 'GET', `${U}?limit=2&after=abe`);
    expect(list.body).toMatchObject({ items: [{ name: 'ann' }, { name: 'cleo' }], next: 'cleo' });
    expect((await as(ann, 'PATCH', `${U}/cleo`, { password: 'another-password' })).status).toBe(200);
    expect((await as(ann, 'DELETE', `${U}/abe`)).status).toBe(204);
    expect(await statusOf(await logIn('ulla'))).toBe(200);
    const { items } = (await as(ann, 'GET', '/audit?limit=5')).body as unknown as {
      items: { what: string; object: string; who: string }[];
    };
    const noted = items.map(({ what, object, who }) => `${who} ${what} ${object}`);
    expect(noted).toEqual([
      'ulla session.opened ulla',
      'ann user.removed abe',
      'ann user.changed cleo',
      'ann user.created abe',
      'ann user.created ulla',
    ]);
    expect((await local.ask('GET', U)).body['items']).toHaveLength(3);
  });

  test('W2 never meets anybody of another tenant, nor an operator: they answer as nobody does', async () => {
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { password: 'stolen-password' }],
      ['DELETE', undefined],
    ] as const) {
      const nobody = await as(ann, method, `${U}/nobody`, body);
      expect(nobody.status).toBe(404);
      for (const name of ['root', 'gus'])
        expect(await as(ann, method, `${U}/${name}`, body).then(({ status, text }) => ({ status, text }))).toEqual({
          status: 404,
          text: nobody.text,
        });
      const theirs = await as(ann, method, '/tenants/globex/users/gus', body);
      expect(theirs.text).toBe((await as(ann, method, '/tenants/nobody/users/gus', body)).text);
    }
    expect((await as(ann, 'GET', U)).text).not.toMatch(/gus|root/);
    expect(await statusOf(await logIn('gus'))).toBe(200);
    expect(await statusOf(await logIn('root'))).toBe(200);
  });

  test('W2 takes over no login by writing one of its name: it is taken, whosever it is', async () => {
    const wanted = { role: 'admin', password: 'stolen-password' };
    for (const name of ['root', 'gus']) {
      const put = await as(ann, 'PUT', `${U}/${name}`, wanted);
      expect(put.body).toMatchObject({ status: 409, detail: `name ${name} is taken` });
      expect((await as(ann, 'POST', U, { ...wanted, name })).text).toBe(put.text);
      expect((await as(ann, 'PATCH', `${U}/ann`, { name })).text).toBe(put.text);
    }
    expect((await local.ask('GET', '/users/gus')).body).toMatchObject({ tenant: 'globex' });
  });

  test('names no person of another tenant', async () => {
    const user = (person: string) => ({ name: 'ulla', role: 'user', person, password: 'ulla-password' });
    const found = await as(ann, 'POST', U, user('person-of-globex'));
    const absent = await as(ann, 'POST', U, user('nobody'));
    expect(found.status).toBe(422);
    expect(found.text.replaceAll('person-of-globex', 'nobody')).toBe(absent.text);
    const { name, role, password } = user('');
    expect((await as(ann, 'POST', U, { name, role, password })).body['errors']).toMatchObject([
      { field: 'person', message: 'must be given for the role user' },
    ]);
  });
});

describe('W1 nobody raises himself or others above the administrator of a tenant', () => {
  const refused = async (path: string, body: unknown): Promise<unknown> => {
    const { status, body: answer } = await as(ann, 'PATCH', path, body);
    expect(status, JSON.stringify(body)).toBe(422);
    return answer['errors'];
  };

  test('W1 neither to operator, nor into another tenant or out of any', async () => {
    await as(ann, 'PUT', `${U}/cleo`, { role: 'csr', password: 'cleo-password' });
    for (const name of ['ann', 'cleo']) {
      expect(await refused(`${U}/${name}`, { role: 'operator' })).toMatchObject([{ field: 'role', value: 'operator' }]);
      for (const tenant of ['globex', 'nobody'])
        expect(await refused(`${U}/${name}`, { tenant })).toMatchObject([
          { field: 'tenant', message: 'there is no such field' },
        ]);
    }
    const operator = { name: 'eve', role: 'operator', password: 'eve-password' };
    expect((await as(ann, 'POST', U, operator)).status).toBe(422);
    expect((await as(ann, 'POST', '/users', operator)).status).toBe(403);
    expect((await as(ann, 'PATCH', '/users/ann', { role: 'operator', tenant: null })).status).toBe(403);
    expect((await local.ask('GET', '/users/ann')).body).toMatchObject({ role: 'admin', tenant: 'acme' });
  });

  test('W1 nor gives the right to see secrets, or gets at who has it, without having it', async () => {
    await make('seer', { role: 'admin', tenant: 'acme', mayReveal: true });
    expect((await as(ann, 'PATCH', `${U}/ann`, { mayReveal: true })).status).toBe(403);
    const eve = { name: 'eve', role: 'admin', mayReveal: true, password: 'eve-password' };
    expect((await as(ann, 'POST', U, eve)).status).toBe(403);
    expect((await as(ann, 'PATCH', `${U}/seer`, { password: 'stolen-password' })).status).toBe(403);
    const seer = await logIn('seer');
    expect((await as(seer, 'PATCH', `${U}/ann`, { mayReveal: true })).status).toBe(200);
  });

  test('W1 a token that shows no secrets makes nobody who sees them, though its user may', async () => {
    await make('seer', { role: 'admin', tenant: 'acme', mayReveal: true });
    const seer = await logIn('seer');
    const program = async (path: string, who: Headers, scopes: readonly string[]): Promise<number> => {
      const { body } = await as(who, 'POST', '/tokens', { name: 'program', scopes });
      const eve = {
        role: 'admin',
        mayReveal: true,
        password: 'eve-password',
        ...(path === '/users' ? { tenant: 'acme' } : {}),
      };
      return (await as(bearer(body['token']), 'PUT', `${path}/eve-${String(scopes.length)}`, eve)).status;
    };
    expect(await program(U, seer, ['write'])).toBe(403);
    expect(await program(U, seer, ['write', 'reveal'])).toBe(201);
    const root = await logIn('root');
    expect(await program('/users', root, ['write'])).toBe(403);
  });

  test('W1 nor says who somebody is at the OpenID provider: that is seen, and stays as the operator has written it', async () => {
    const issuer = 'https://login.example.com';
    await local.ask('PUT', '/users/olga', { role: 'csr', tenant: 'acme', oidcName: 'olga@example.com' });
    const oidc = { issuer, subject: '1001' };
    const stolen = { oidcName: 'root@example.com', oidc: { issuer, subject: '1', roleFromProvider: true } };
    const changed = await as(ann, 'PATCH', `${U}/olga`, { ...stolen, role: 'admin' });
    expect(changed.body).toEqual({ name: 'olga', role: 'admin', mayReveal: false, oidcName: 'olga@example.com' });
    await local.ask('PATCH', '/users/olga', { oidc, oidcName: null });
    expect((await as(ann, 'PUT', `${U}/olga`, { role: 'csr', ...stolen })).body).toMatchObject({ role: 'csr', oidc });
    const eve = { name: 'eve', role: 'csr', ...stolen };
    expect((await as(ann, 'POST', U, eve)).body['errors']).toMatchObject([{ field: 'password' }]);
    const made = await as(ann, 'POST', U, { ...eve, password: 'eve-password' });
    expect(made.body).toEqual({ name: 'eve', role: 'csr', mayReveal: false, password: '***' });
  });

  test('W1 and a representative or user writes no users at all', async () => {
    await make('cleo', { role: 'csr', tenant: 'acme' });
    await make('ulla', { role: 'user', tenant: 'acme', person: 'person-of-acme' });
    for (const name of ['cleo', 'ulla']) {
      const who = await logIn(name);
      expect((await as(who, 'GET', U)).status).toBe(403);
      expect((await as(who, 'PATCH', `${U}/${name}`, { role: 'admin' })).status).toBe(403);
    }
  });
});

describe('the last administrator of a tenant', () => {
  test('stays, unless the operator decides otherwise', async () => {
    const removed = await as(ann, 'DELETE', `${U}/ann`);
    expect(removed.body).toMatchObject({ status: 409, type: '/api/v1/problems/last-administrator' });
    const demoted = await as(ann, 'PATCH', `${U}/ann`, { role: 'csr' });
    expect(demoted.body).toMatchObject({ status: 409, type: '/api/v1/problems/last-administrator' });
    await as(ann, 'PUT', `${U}/abe`, { role: 'admin', password: 'abe-password' });
    expect((await as(ann, 'PATCH', `${U}/ann`, { role: 'csr' })).status).toBe(200);
    const abe = await logIn('abe');
    expect((await as(abe, 'DELETE', `${U}/abe`)).status).toBe(409);
    expect((await local.ask('DELETE', `${U}/abe`)).status).toBe(204);
  });

  test('is the last although there are hundreds of users', async () => {
    const { platform } = local.deps.store;
    const tenant = (await platform.tenants.byKey('acme'))?.id;
    if (tenant === undefined) throw new Error('there is no acme');
    for (let n = 0; n < 250; n++) {
      const name = `csr-${String(n).padStart(3, '0')}`;
      await platform.users.create({ id: name, name, role: 'csr', tenant, passwordHash: '' });
    }
    expect((await as(ann, 'DELETE', `${U}/ann`)).status).toBe(409);
    await platform.users.create({ id: 'zoe', name: 'zoe', role: 'admin', tenant, passwordHash: '' });
    expect((await as(ann, 'DELETE', `${U}/ann`)).status).toBe(204);
  });
});

describe('sessions and tokens of a user', () => {
  const handedOut = async (): Promise<readonly Headers[]> => {
    const session = await logIn('cleo');
    const { body } = await as(session, 'POST', '/tokens', { name: 'program', scopes: ['write'] });
    return [session, bearer(body['token'])];
  };
  const statuses = (all: readonly Headers[]): Promise<readonly number[]> => Promise.all(all.map(statusOf));

  beforeEach(() => as(ann, 'PUT', `${U}/cleo`, { role: 'csr', password: 'cleo-password' }));

  test('die at once when he is removed, also for whoever comes by his name after him', async () => {
    const all = await handedOut();
    expect(await statuses(all)).toEqual([200, 200]);
    await as(ann, 'DELETE', `${U}/cleo`);
    expect(await statuses(all)).toEqual([401, 401]);
    await as(ann, 'PUT', `${U}/cleo`, { role: 'csr', password: 'cleo-password' });
    expect(await statuses(all)).toEqual([401, 401]);
  });

  test('die at once when he gets another role, whichever way', async () => {
    for (const change of [{ role: 'admin' }, { role: 'csr' }, { role: 'user', person: 'person-of-acme' }]) {
      const all = await handedOut();
      expect((await as(ann, 'PATCH', `${U}/cleo`, change)).status).toBe(200);
      expect(await statuses(all), JSON.stringify(change)).toEqual([401, 401]);
    }
    const all = await handedOut();
    await local.ask('PATCH', '/users/cleo', { role: 'csr', person: null });
    expect(await statuses(all)).toEqual([401, 401]);
  });

  test('die at once when he may see secrets no longer; a new password ends what it had opened', async () => {
    await local.ask('PATCH', '/users/cleo', { mayReveal: true });
    const seeing = await handedOut();
    await local.ask('PATCH', '/users/cleo', { mayReveal: false });
    expect(await statuses(seeing)).toEqual([401, 401]);
    const all = await handedOut();
    await as(ann, 'PATCH', `${U}/cleo`, { password: 'another-password' });
    expect(await statuses(all)).toEqual([401, 200]);
  });
});
