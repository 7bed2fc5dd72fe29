import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { scryptPasswords } from '../../src/api/sessions/scrypt-passwords.ts';
import { linesOf, requestNumber } from '../kit/store-objects.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

let product: TestProduct;
const time = { now: new Date('2026-03-02T10:00:00Z') };

const OURS = '/tenants/acme';
const THEIRS = '/tenants/globex';
const PHONE = '02ee00000001';
const THEIR_PHONE = '02ee00000002';

type Headers = Readonly<Record<string, string>>;

const api = (path: string): string => `${product.door('admin')}/api/v1${path}`;

/** As somebody, over a socket of the admin door. */
const as = (headers: Headers, method: string, path: string, body?: unknown): Promise<Answer> =>
  ask(api(path), {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

const logIn = (name: string, password: string, headers: Headers = {}): Promise<Answer> =>
  as(headers, 'POST', '/sessions', { name, password });

const cookieOf = (answer: Answer): string => String(answer.headers['set-cookie']).split(';')[0] ?? '';

const bearer = (token: unknown): Headers => ({ authorization: `Bearer ${String(token)}` });

let ann: Headers;

async function fill(tenant: string, phone: string): Promise<void> {
  const T = `/tenants/${tenant}`;
  await product.must('PUT', T, {});
  await product.must('PUT', `${T}/groups/group-of-${tenant}`, {});
  await product.must('PUT', `${T}/profiles/profile-of-${tenant}`, {});
  await product.must('PUT', `${T}/templates/template-of-${tenant}`, { vendor: 'yealink', models: ['T46U'] });
  await product.must('PUT', `${T}/people/person-of-${tenant}`, {});
  await product.must('PUT', `${T}/extensions/${tenant}`, { password: 'x', serverHost: 'pbx.example.com' });
  await product.must('PUT', `${T}/phones/${phone}`, {
    vendor: 'yealink',
    model: 'T46U',
    person: `person-of-${tenant}`,
  });
  await product.must('PUT', `${T}/users/user-of-${tenant}`, {
    role: 'user',
    person: `person-of-${tenant}`,
    password: `user-of-${tenant}`,
  });
}

beforeAll(async () => {
  product = await startTestProduct({ clock: { now: () => time.now } });
  await fill('acme', PHONE);
  await fill('globex', THEIR_PHONE);
  await product.must('PUT', '/users/ann', { role: 'admin', tenant: 'acme', password: 'ann-password' });
  ann = bearer((await logIn('ann', 'ann-password')).json.token);
  // Each tenant has something in its journal.
  const { platform, journal } = product.product.store;
  const [acme, globex] = [await platform.tenants.byKey('acme'), await platform.tenants.byKey('globex')];
  if (acme === undefined || globex === undefined) throw new Error('the tenants are not there');
  await journal.append(
    linesOf([
      requestNumber(1, { tenant: acme.id, mac: PHONE }),
      requestNumber(2, { tenant: globex.id, mac: THEIR_PHONE }),
    ]),
  );
}, 60_000);

afterAll(() => product.close());

describe('W2 what belongs to another tenant', () => {
  const alike = async (method: string, theirs: string, nobodys: string, body?: unknown): Promise<void> => {
    const [found, absent] = [await as(ann, method, theirs, body), await as(ann, method, nobodys, body)];
    expect(found.status, theirs).toBe(method === 'DELETE' && theirs === THEIRS ? 403 : 404);
    expect(found.text, theirs).toBe(absent.text);
  };

  test('W2 in a path answers as what is not there, whether the tenant or only the object is another’s', async () => {
    for (const [method, body] of [['GET'], ['PUT', {}], ['PATCH', {}], ['DELETE']] as const) {
      await alike(method, THEIRS, '/tenants/nobody', body);
      for (const part of [
        'groups/group-of-globex',
        'extensions/globex',
        `phones/${THEIR_PHONE}`,
        'users/user-of-globex',
      ])
        await alike(method, `${THEIRS}/${part}`, `/tenants/nobody/${part}`, body);
    }
    for (const path of [
      `phones/${THEIR_PHONE}`,
      'people/person-of-globex',
      'templates/template-of-globex',
      'users/user-of-globex',
    ])
      for (const method of ['GET', 'PATCH', 'DELETE'])
        await alike(
          method,
          `${OURS}/${path}`,
          `${OURS}/${path.replace(/\/.*/, '/nobody')}`,
          method === 'PATCH' ? {} : undefined,
        );
    for (const action of ['harden', 'reset', 'rotate'])
      await alike('POST', `${OURS}/phones/${THEIR_PHONE}/${action}`, `${OURS}/phones/02ee0000000f/${action}`, {});
  });

  test('W2 in a body is refused in the words for what is not there', async () => {
    const references = {
      group: 'group-of-globex',
      person: 'person-of-globex',
      profile: 'profile-of-globex',
      template: 'template-of-globex',
    };
    for (const [field, theirs] of Object.entries(references)) {
      const found = await as(ann, 'PATCH', `${OURS}/phones/${PHONE}`, { [field]: theirs });
      const absent = await as(ann, 'PATCH', `${OURS}/phones/${PHONE}`, { [field]: 'nobody' });
      expect(found.status, field).toBe(422);
      expect(found.text.replaceAll(theirs, 'nobody'), field).toBe(absent.text);
    }
    const line = await as(ann, 'PATCH', `${OURS}/phones/${PHONE}`, { lines: ['globex'] });
    expect(line.json.errors).toMatchObject([{ message: 'there is no extension "globex"' }]);
    const { json: made } = await product.api('POST', '/tokens', { name: 't', user: 'ann', scopes: ['write'] });
    const narrowed = await as(ann, 'POST', '/tokens', { name: 't', tenant: 'globex' });
    expect(narrowed.json.errors).toMatchObject([{ field: 'tenant', message: 'there is no such tenant' }]);
    expect((await as(bearer(made.token), 'GET', THEIRS)).status).toBe(404);
  });

  test('W2 in a document of many is refused whole, the same whether there is such a tenant', async () => {
    const apply = (tenant: string) =>
      as(ann, 'POST', '/apply', { tenants: [{ name: 'acme', title: 'Changed' }, { name: tenant }] });
    const [found, absent] = [await apply('globex'), await apply('nobody')];
    expect(found.status).toBe(422);
    expect(found.text.replaceAll('globex', 'nobody')).toBe(absent.text);
    expect((await as(ann, 'GET', OURS)).json.title).not.toBe('Changed');
  });

  test('W2 is in no list, journal or log, whatever page is asked for', async () => {
    const { tokens } = product.product.store.platform;
    const theirs = (await tokens.list({ limit: 100 })).find((token) => token.session === true && token.name !== '');
    for (const path of [
      '/tenants',
      '/tokens',
      '/journal',
      '/audit',
      `${OURS}/phones`,
      `${OURS}/people?after=a`,
      `${OURS}/users`,
      `${OURS}/users?after=user-of-acme`,
    ]) {
      const { status, text } = await as(ann, 'GET', path);
      expect(status, path).toBe(200);
      expect(text, path).not.toMatch(/globex|02ee00000002/);
    }
    expect((await as(ann, 'GET', `${OURS}/phones?after=${THEIR_PHONE}`)).json.items).toEqual([]);
    const filtered = [await as(ann, 'GET', '/audit?tenant=globex'), await as(ann, 'GET', '/audit?tenant=nobody')];
    expect(filtered.map(({ status }) => status)).toEqual([404, 404]);
    expect((await as(ann, 'GET', '/audit?tenant=acme')).status).toBe(200);
    const owner = await product.product.store.platform.users.byKey('ann');
    expect(theirs?.user).toBeDefined();
    const foreign = (await tokens.list({ limit: 100 })).find((token) => token.user !== owner?.id);
    expect((await as(ann, 'DELETE', `/tokens/${foreign?.id ?? ''}`)).status).toBe(404);
  });

  test('W2 among one’s own phones is none of another person or tenant, whatever names it', async () => {
    await product.must('PUT', `${OURS}/people/neighbour`, {});
    await product.must('PUT', `${OURS}/phones/02ee00000003`, {
      vendor: 'yealink',
      model: 'T46U',
      person: 'neighbour',
    });
    const user = bearer((await logIn('user-of-acme', 'user-of-acme')).json.token);
    expect((await as(user, 'GET', `/me/phones/${PHONE}`)).status).toBe(200);
    expect((await as(user, 'GET', '/me/phones')).json.items).toMatchObject([{ name: PHONE }]);
    for (const after of ['0', '02ee00000002', THEIR_PHONE])
      expect((await as(user, 'GET', `/me/phones?after=${after}`)).text).not.toMatch(/02ee0000000[23]/);
    for (const [method, body] of [['GET'], ['PATCH', {}], ['PATCH', { settings: { 'ui.language': 'it' } }]] as const) {
      const absent = await as(user, method, '/me/phones/02ee0000000f', body);
      expect(absent.status).toBe(404);
      for (const phone of [THEIR_PHONE, '02ee00000003', '02:EE:00:00:00:03', '02ee.0000.0002'])
        expect((await as(user, method, `/me/phones/${phone}`, body)).text, phone).toBe(absent.text);
    }
    await product.must('DELETE', `${OURS}/phones/02ee00000003`);
    await product.must('DELETE', `${OURS}/people/neighbour`);
  });

  test('W2 a record of another tenant marks no place in the journal', async () => {
    const before = async (record: number) =>
      (await as(ann, 'GET', `/journal?before=request-${String(record)}`)).json.items;
    expect((await as(ann, 'GET', '/journal')).json.items).toHaveLength(1);
    expect(await before(2)).toEqual(await before(3));
  });

  test('W2 the name of a tenant cannot be tried out by renaming one’s own', async () => {
    const answers = await Promise.all(
      ['globex', 'nobody'].map((name) => as(ann, 'PATCH', OURS, { name }).then(({ text }) => text.replace(name, '?'))),
    );
    expect(answers[0]).toContain('is given by the operator');
    expect(answers[0]).toBe(answers[1]);
  });
});

describe('W3 questions and documents that mean to do something else', () => {
  test('W3 a parameter that a route does not know is refused: there is no way to sort or filter by a statement', async () => {
    for (const query of [
      'sort=(select%20password%20from%20users)',
      'filter[$gt]=',
      'filter[name][$ne]=x',
      '__proto__[role]=operator',
      'constructor.prototype.role=operator',
      'limit=1;drop%20table%20phones',
      'limit[$gt]=1',
      'limit=1&limit=2',
      'limit=-1',
      'limit=1e9',
    ]) {
      const answer = await as(ann, 'GET', `${OURS}/phones?${query}`);
      expect(answer.status, query).toBe(400);
      expect(answer.json.type, query).toBe('/api/v1/problems/malformed-request');
    }
    const quoted = await as(ann, 'GET', `${OURS}/phones?after='%20or%20'1'='1`);
    expect(quoted.json.items).toHaveLength(1);
    expect((await as(ann, 'GET', `${OURS}/phones/'%20or%20'1'='1`)).status).toBe(404);
  });

  test('W3 a name that stands twice, or reaches for a prototype, is refused', async () => {
    for (const body of [
      '{"title":"A","title":"B"}',
      String.raw`{"title":"A","\u0074itle":"B"}`,
      '{"policy":{"httpAuth":"off","httpAuth":"digest"}}',
      '{"__proto__":{"role":"operator"}}',
      '{"settings":{"__proto__":{"x":1}}}',
      '{"constructor":{"prototype":{"role":"operator"}}}',
    ]) {
      for (const method of ['PATCH', 'PUT'])
        expect((await as(ann, method, OURS, body)).status, `${method} ${body}`).toBe(400);
      const document = `{"tenants":[${body.replace('{', '{"name":"acme",')}]}`;
      expect((await as(ann, 'POST', '/apply', document)).status, document).toBe(422);
    }
    expect((await as(ann, 'GET', OURS)).json.title).not.toBe('B');
    expect(Object.prototype).not.toHaveProperty('role');
  });

  test('W3 arrays as deep as a body can carry are refused in bounded time, and the server goes on', async () => {
    const levels = 500_000;
    const deep = '['.repeat(levels) + ']'.repeat(levels);
    for (const body of [deep, `{"title":${deep}}`, '{"a":'.repeat(150_000) + '1' + '}'.repeat(150_000)])
      expect([400, 413]).toContain((await as(ann, 'PATCH', OURS, body)).status);
    expect([400, 422]).toContain((await as(ann, 'POST', '/apply', `{"tenants":${deep}}`)).status);
    expect((await as(ann, 'GET', OURS)).status).toBe(200);
  });
});

describe('W4 a browser that was lured away', () => {
  test('W4 a page of another site neither writes with the session of its visitor nor logs him in', async () => {
    const cookie = cookieOf(await logIn('ann', 'ann-password'));
    const elsewhere: readonly Headers[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: `https://127.0.0.1:1` },
    ];
    for (const headers of elsewhere) {
      expect((await as({ cookie, ...headers }, 'PATCH', OURS, { title: 'Evil' })).status).toBe(403);
      expect((await as({ cookie, ...headers }, 'DELETE', `${OURS}/groups/group-of-acme`)).status).toBe(403);
      expect((await logIn('ann', 'ann-password', headers)).status).toBe(403);
    }
    const own = product.door('admin');
    expect((await as({ cookie, origin: own }, 'PATCH', OURS, { title: 'Ours' })).status).toBe(200);
  });

  test('W4 a form cannot be posted: the API takes no type that a form can have', async () => {
    const cookie = cookieOf(await logIn('ann', 'ann-password'));
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']) {
      const answer = await as({ cookie, 'content-type': type }, 'POST', `${OURS}/groups`, '{"name":"evil"}');
      expect(answer.status, type).toBe(415);
    }
    expect((await as(ann, 'GET', `${OURS}/groups/evil`)).status).toBe(404);
  });

  test('W4 logging in draws a new session whatever the browser brought, and ends with it', async () => {
    const planted = 'offhook_session=chosen-by-somebody-else';
    const first = cookieOf(await logIn('ann', 'ann-password', { cookie: planted }));
    const second = cookieOf(await logIn('ann', 'ann-password', { cookie: first }));
    expect(new Set([planted, first, second]).size).toBe(3);
    expect((await as({ cookie: planted }, 'GET', '/sessions/current')).status).toBe(401);
    expect((await as({ cookie: second }, 'DELETE', '/sessions/current')).status).toBe(204);
    expect((await as({ cookie: second }, 'GET', '/sessions/current')).status).toBe(401);
  });

  test('W4 the cookie is out of reach of scripts, other sites and, over TLS, of plain connections', async () => {
    const flags = String((await logIn('ann', 'ann-password')).headers['set-cookie']);
    expect(flags).toMatch(/; HttpOnly; SameSite=Strict$/);
    const secure = await startTestProduct({ environment: { OFFHOOK_DOORS_ADMIN_ADDRESS: '0.0.0.0' } });
    try {
      const { name, password } = secure.login;
      const answer = await ask(`${secure.door('admin')}/api/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, password }),
      });
      expect(secure.door('admin')).toMatch(/^https:/);
      expect(String(answer.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
    } finally {
      await secure.close();
    }
  });

  test('W4 no answer can be framed, sniffed, or run as a page', async () => {
    const url = await product.must('GET', `${OURS}/phones/${PHONE}/files`);
    for (const path of [
      '/openapi.json',
      '/sessions/current',
      '/nothing',
      `${OURS}/phones/${PHONE}/files/${String(url.files[0].name)}`,
    ]) {
      const { headers } = await as(ann, 'GET', path);
      const policy = String(headers['content-security-policy']);
      expect(policy, path).toMatch(/^default-src 'none'/);
      expect(policy, path).not.toMatch(/unsafe|\*/);
      expect(policy, path).toMatch(/frame-ancestors 'none'|sandbox/);
      expect(headers, path).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
      expect(headers, path).not.toHaveProperty('access-control-allow-origin');
    }
  });
});

describe('W5 guessing', () => {
  test('W5 of a thousand guesses at many names a handful is looked at, and all others are turned away', async () => {
    time.now = new Date(time.now.getTime() + 3_600_000);
    const seen = new Map<number, number>();
    const guess = async (n: number): Promise<void> => {
      const name = n % 2 === 0 ? 'ann' : `user-${String(n % 400)}`;
      const { status } = await fetch(api('/sessions'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, password: `guess-${String(n)}` }),
      });
      seen.set(status, (seen.get(status) ?? 0) + 1);
    };
    for (let n = 0; n < 1000; n += 50) await Promise.all(Array.from({ length: 50 }, (_, more) => guess(n + more)));
    expect(seen.get(401)).toBeLessThanOrEqual(50);
    expect(seen.get(429)).toBe(1000 - (seen.get(401) ?? 0));
    expect((await logIn('ann', 'ann-password')).status).toBe(429);
    time.now = new Date(time.now.getTime() + 16 * 60_000);
    expect((await logIn('ann', 'ann-password')).status).toBe(201);
  }, 60_000);

  test('W5 a name that there is and one that there is not answer alike, and are both compared with a hash', async () => {
    time.now = new Date(time.now.getTime() + 3_600_000);
    const answers: Answer[] = [];
    for (const name of ['ann', 'nobody', 'ann', 'nobody']) answers.push(await logIn(name, 'not the password'));
    expect(new Set(answers.map(({ status, text }) => `${String(status)} ${text}`)).size).toBe(1);
    const hash = await scryptPasswords.hash('right');
    const millisecondsOf = async (stored: string): Promise<number> => {
      const start = performance.now();
      await scryptPasswords.matches('wrong', stored);
      return performance.now() - start;
    };
    const known = Math.min(await millisecondsOf(hash), await millisecondsOf(hash), await millisecondsOf(hash));
    const unknown = Math.min(await millisecondsOf(''), await millisecondsOf(''), await millisecondsOf(''));
    // The same work takes about the same time; no comparison at all would take a thousandth of it.
    expect(unknown).toBeGreaterThan(known / 4);
  });
});

test('a new password of one’s own needs the old one and logs out everywhere, but not out of one’s programs', async () => {
  await product.must('PUT', '/users/bob', { role: 'csr', tenant: 'acme', password: 'bob-password' });
  const other = bearer((await logIn('bob', 'bob-password')).json.token);
  const here = bearer((await logIn('bob', 'bob-password')).json.token);
  const program = bearer((await as(here, 'POST', '/tokens', { name: 'program' })).json.token);
  const change = (current: string, password: string): Promise<Answer> =>
    as(here, 'PUT', '/sessions/current/password', { current, password });
  expect((await change('not it', 'new-password')).status).toBe(401);
  expect((await change('bob-password', '***')).status).toBe(422);
  const changed = await change('bob-password', 'new-password');
  expect(changed.status).toBe(201);
  for (const session of [other, here]) expect((await as(session, 'GET', '/sessions/current')).status).toBe(401);
  expect((await as(bearer(changed.json.token), 'GET', '/sessions/current')).json).toMatchObject({ name: 'bob' });
  expect((await as(program, 'GET', OURS)).status).toBe(200);
  expect((await logIn('bob', 'bob-password')).status).toBe(401);
  expect((await logIn('bob', 'new-password')).status).toBe(201);
});

test('of a token it is known when and from where it was last used, to the minute', async () => {
  const { id, token } = (await as(ann, 'POST', '/tokens', { name: 'monitor' })).json;
  const shown = async () =>
    (await as(ann, 'GET', '/tokens')).json.items.find((item: { id: string }) => item.id === id).lastUsed;
  expect(await shown()).toBeUndefined();
  const first = time.now.toISOString();
  await as(bearer(token), 'GET', OURS);
  await vi.waitFor(async () => {
    expect(await shown()).toEqual({ at: first, from: '127.0.0.1' });
  });
  time.now = new Date(time.now.getTime() + 30_000);
  await as(bearer(token), 'GET', OURS);
  time.now = new Date(time.now.getTime() + 31_000);
  await as(bearer(token), 'GET', OURS);
  await vi.waitFor(async () => {
    expect(await shown()).toEqual({ at: time.now.toISOString(), from: '127.0.0.1' });
  });
});
