import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Browser, type Page } from '../kit/browser.ts';
import { newKey, startIdp, unsigned, type Idp, type IdToken, type PersonClaims } from '../kit/idp.ts';
import { runOffhook } from '../kit/cli.ts';
import { freePorts } from '../kit/nodes.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';

const SECRET = 'canary-client-secret:/with=odd%signs';
const ROLES = [
  { value: 'phones-operators', role: 'operator' },
  { value: 'phones-acme', role: 'admin', tenant: 'acme' },
  { value: 'phones-gone', role: 'csr', tenant: 'no-longer' },
];

let idp: Idp;
let offhook: TestProduct;
let dir: string;
let ports: readonly number[];
let late = 0;
const clock = { now: () => new Date(Date.now() + late) };

/** A product at this port, whose secret stands in its environment or in a file. */
const configured = (port = 0, { SECRET: secret }: { readonly SECRET?: string } = {}) => ({
  OFFHOOK_DOORS_ADMIN_PORT: String(port),
  OFFHOOK_OIDC_ISSUER: idp.issuer,
  OFFHOOK_OIDC_CLIENTID: idp.clientId,
  ...(secret === undefined
    ? { OFFHOOK_OIDC_CLIENTSECRETFILE: join(dir, 'secret') }
    : { OFFHOOK_OIDC_CLIENTSECRET: secret }),
  OFFHOOK_OIDC_TITLE: 'Sign in with Example',
  OFFHOOK_OIDC_PUBLICURL: `http://127.0.0.1:${String(port)}`,
  OFFHOOK_OIDC_ROLECLAIM: 'groups',
  OFFHOOK_OIDC_ROLES: JSON.stringify(ROLES),
  OFFHOOK_OIDC_AUTOCREATE: 'true',
});

const api = (path: string): string => `${offhook.door('admin')}/api/v1${path}`;
const isCallback = (url: string): boolean => url.includes('/sessions/oidc/callback');

/** Whoever sits before `browser` logs in at the provider; the answer is where he is sent back to. */
function comeBack(person: string, browser: Browser, query = ''): Promise<string> {
  idp.person = person;
  return browser.follow(api(`/sessions/oidc${query}`), isCallback);
}

async function signIn(person: string, browser = new Browser(), query = ''): Promise<Page> {
  return browser.get(await comeBack(person, browser, query));
}

const whoIs = async (browser: Browser): Promise<Page> => browser.get(api('/sessions/current'));

interface Entry {
  readonly what: string;
  readonly object: string;
  readonly who: string;
  readonly from: string;
  readonly detail?: string;
}
async function audited(limit: number): Promise<readonly Entry[]> {
  const { items } = (await offhook.must('GET', `/audit?limit=${String(limit)}`)) as { items: readonly Entry[] };
  return items;
}

const problem = ({ status, json }: Page): readonly unknown[] => [status, json?.type];
const REFUSED = [403, '/api/v1/problems/sign-in-refused'];
const ENDED = [400, '/api/v1/problems/sign-in-ended'];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'offhook-oidc-'));
  await writeFile(join(dir, 'secret'), `${SECRET}\n`, { mode: 0o600 });
  ports = await freePorts(2);
  const back = ports.map((port) => `http://127.0.0.1:${String(port)}/api/v1/sessions/oidc/callback`);
  idp = await startIdp(back, SECRET);
  offhook = await startTestProduct({ clock, environment: configured(ports[0]) });
  await offhook.must('PUT', '/tenants/acme', {});
  await offhook.must('PUT', '/users/ann', { role: 'admin', tenant: 'acme', oidcName: 'ann@example.com' });
  idp.people['1001'] = { preferred_username: 'ann@example.com' };
}, 60_000);

afterEach(() => {
  idp.forge = undefined;
  late = 0;
});

afterAll(async () => {
  await offhook.close();
  await idp.stop();
  await rm(dir, { recursive: true });
});

test('whoever looks is told how one may sign in', async () => {
  expect((await ask(api('/sessions/methods'))).json).toEqual({
    methods: [{ kind: 'password' }, { kind: 'oidc', title: 'Sign in with Example', path: '/api/v1/sessions/oidc' }],
  });
});

test('a person whom an administrator waits for signs in at the provider, and is known by that identity from then on', async () => {
  const browser = new Browser();
  const page = await signIn('1001', browser, '?next=%2Fphones%3Fmodel%3DT46U%23top');
  expect([page.status, page.headers.location]).toEqual([302, `${offhook.door('admin')}/phones?model=T46U#top`]);
  expect(browser.cookie('offhook_session')?.text).toMatch(/HttpOnly; SameSite=Strict/);
  expect(browser.cookie('offhook_sign_in')).toBeUndefined();
  expect((await whoIs(browser)).json).toMatchObject({ name: 'ann', role: 'admin', tenant: 'acme', mayReveal: false });
  const tied = (await offhook.must('GET', '/users/ann')) as object;
  expect(tied).toMatchObject({ oidc: { issuer: idp.issuer, subject: '1001' } });
  expect(tied).not.toHaveProperty('oidcName');
  expect(tied).not.toHaveProperty('password');
  expect(await audited(2)).toMatchObject([
    { what: 'session.opened', who: 'ann', from: '127.0.0.1' },
    { what: 'user.tied', object: 'ann', detail: `admin: ${idp.issuer} 1001` },
  ]);
  idp.people['1001'] = { preferred_username: 'ann.married@example.com' };
  expect((await signIn('1001')).status).toBe(302);
});

test('who gets an old name at the provider does not get the user with it', async () => {
  idp.people['2002'] = { preferred_username: 'ann@example.com' };
  expect(problem(await signIn('2002'))).toEqual(REFUSED);
  expect(await audited(1)).toMatchObject([
    { what: 'session.refused', object: 'ann@example.com', detail: `no_role: ${idp.issuer} 2002` },
  ]);
});

test('the browser is asked for PKCE, state and nonce, and holds what is sealed for it alone', async () => {
  const browser = new Browser();
  const page = await browser.get(api('/sessions/oidc'));
  const asked = new URL(page.headers.location ?? '').searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    client_id: 'offhook',
    redirect_uri: `${offhook.door('admin')}/api/v1/sessions/oidc/callback`,
    scope: 'openid profile email',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[a-z2-7]{32}$/),
    nonce: expect.stringMatching(/^[a-z2-7]{32}$/),
  });
  const cookie = browser.cookie('offhook_sign_in')?.text ?? '';
  expect(cookie).toMatch(/; Max-Age=600; Path=\/api\/v1\/sessions\/oidc; HttpOnly; SameSite=Lax$/);
  expect(Buffer.from(cookie.split(/[=;]/)[1] ?? '', 'base64url').toString()).not.toContain(asked.get('state'));
});

test('the way back is what the configuration says, whatever Host and X-Forwarded-Host do', async () => {
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  const { headers: sent } = await ask(api('/sessions/oidc'), { headers });
  expect(new URL(sent.location ?? '').searchParams.get('redirect_uri')).toMatch(offhook.door('admin'));
});

test('nobody is led to another host', async () => {
  const outside = [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'javascript:alert(1)',
    'phones',
    '',
    `/${'x'.repeat(1000)}`,
  ];
  for (const next of outside) {
    const page = await ask(api(`/sessions/oidc?next=${encodeURIComponent(next)}`));
    expect([page.status, page.json.errors[0].field], next).toEqual([400, 'next']);
  }
  const strange = ['/.//evil.example', '/%2f/evil.example', '/@evil.example', '/phones?to=https://evil.example'];
  for (const next of strange) {
    const { headers } = await signIn('1001', new Browser(), `?next=${encodeURIComponent(next)}`);
    expect(new URL(headers.location ?? '').origin, next).toBe(offhook.door('admin'));
  }
});

test('W4 an answer for another browser signs nobody in', async () => {
  const attacker = new Browser();
  const callback = await comeBack('1001', attacker);
  const without = new Browser();
  expect(problem(await without.get(callback))).toEqual(ENDED);
  const onTheWay = new Browser();
  await comeBack('1001', onTheWay);
  expect(problem(await onTheWay.get(callback))).toEqual(ENDED);
  for (const victim of [without, onTheWay]) expect((await whoIs(victim)).status).toBe(401);
  expect((await attacker.get(callback)).status).toBe(302);
});

test('an answer counts once', async () => {
  const browser = new Browser();
  const callback = await comeBack('1001', browser);
  const held = { cookie: `offhook_sign_in=${browser.cookie('offhook_sign_in')?.value ?? ''}` };
  const before = idp.redeemed();
  expect((await ask(callback, { headers: held })).status).toBe(302);
  const again = await ask(callback, { headers: held });
  expect(again.json.type).toBe('/api/v1/problems/sign-in-ended');
  expect(again.headers['set-cookie']).toEqual([expect.stringMatching(/^offhook_sign_in=; Max-Age=0; /)]);
  expect(idp.redeemed() - before).toBe(1);
});

test('a wrong state, and a cookie that we did not seal, are worth nothing', async () => {
  const browser = new Browser();
  const callback = new URL(await comeBack('1001', browser));
  const { value = '' } = browser.cookie('offhook_sign_in') ?? {};
  const cookies = [
    'x',
    value.slice(0, -4),
    Buffer.from('{"$secret":{"k":"","n":"","c":""}}').toString('base64url'),
    Buffer.from('{"state":"a"}').toString('base64url'),
    'x'.repeat(9000),
  ];
  for (const forged of cookies) {
    const page = await ask(callback.href, { headers: { cookie: `offhook_sign_in=${forged}` } });
    expect(page.json.type, forged.slice(0, 40)).toBe('/api/v1/problems/sign-in-ended');
  }
  callback.searchParams.set('state', 'a'.repeat(32));
  expect(problem(await browser.get(callback.href))).toEqual(ENDED);
});

test('a sign-in that takes longer than ten minutes has ended', async () => {
  const browser = new Browser();
  const callback = await comeBack('1001', browser);
  late = 10 * 60_000 + 1;
  expect(problem(await browser.get(callback))).toEqual(ENDED);
});

const now = (): number => Math.floor(Date.now() / 1000);
const changed =
  (claims: Record<string, unknown>) =>
  (token: IdToken): string =>
    idp.signedByUs({ header: token.header, payload: { ...token.payload, ...claims } });
/** How a token is forged, and what of it is noticed. */
const FORGERIES: Readonly<Record<string, readonly [(token: IdToken) => string, string]>> = {
  'that another key has signed': [(token) => idp.signedBy(newKey(), token), 'signature verification failed'],
  'that nobody has signed': [unsigned, 'alg'],
  'whose header says HS256': [
    (token) => idp.signedByUs({ ...token, header: { ...token.header, alg: 'HS256' } }),
    'alg',
  ],
  'for another client': [changed({ aud: 'another' }), 'aud'],
  'for several clients, made for another': [changed({ aud: ['offhook', 'another'], azp: 'another' }), 'azp'],
  'of another provider': [changed({ iss: 'https://evil.example' }), 'iss'],
  'with another nonce': [changed({ nonce: 'another' }), 'nonce'],
  'without a nonce': [changed({ nonce: undefined }), 'nonce'],
  'that has expired': [(token) => changed({ iat: now() - 7200, exp: now() - 3600 })(token), 'exp'],
  'without an end': [changed({ exp: undefined }), 'exp'],
  'without a subject': [changed({ sub: undefined }), 'sub'],
  'whose payload was changed under the signature': [
    (token) => {
      const [header = '', , signature = ''] = idp.signedByUs(token).split('.');
      const payload = Buffer.from(JSON.stringify({ ...token.payload, sub: '1001' })).toString('base64url');
      return `${header}.${payload}.${signature}`;
    },
    'signature verification failed',
  ],
};
test.each(Object.entries(FORGERIES))('an ID token %s signs nobody in', async (_, [forge, noticed]) => {
  idp.people['6666'] = { preferred_username: 'mallory', groups: ['phones-operators'] };
  idp.forge = forge;
  const browser = new Browser();
  expect(problem(await signIn('6666', browser))).toEqual(REFUSED);
  const { event, reason } = JSON.parse(offhook.log.at(-1) ?? '{}') as Record<string, string>;
  expect([event, reason]).toEqual(['sign_in_refused', expect.stringContaining(noticed)]);
  expect(browser.cookie('offhook_session')).toBeUndefined();
  expect((await offhook.api('GET', '/users/mallory')).status).toBe(404);
});

test('the same token is good when it is signed anew as it was: the forgeries above fail by what they change', async () => {
  idp.forge = changed({});
  expect((await signIn('1001')).status).toBe(302);
});

test('somebody with a role at the provider gets a user with that role and tenant, without the right to see secrets', async () => {
  idp.people['3003'] = { preferred_username: 'carl', groups: ['staff', 'phones-acme'] };
  const browser = new Browser();
  expect((await signIn('3003', browser)).status).toBe(302);
  expect((await whoIs(browser)).json).toMatchObject({ name: 'carl', role: 'admin', tenant: 'acme', mayReveal: false });
  expect(await audited(2)).toMatchObject([
    { what: 'session.opened', who: 'carl' },
    { what: 'user.created', who: 'carl', object: 'carl', detail: `admin: ${idp.issuer} 3003` },
  ]);
  idp.people['3004'] = { preferred_username: 'olga', groups: ['phones-acme', 'phones-operators'] };
  const olga = new Browser();
  await signIn('3004', olga);
  expect((await whoIs(olga)).json).toMatchObject({ role: 'operator' });
});

test('who has lost his role at the provider signs in no more', async () => {
  idp.people['3003'] = { preferred_username: 'carl', groups: ['phones-acme'] };
  expect((await signIn('3003')).status).toBe(302);
  for (const groups of [['staff'], ['phones-operators'], [], 'phones', undefined]) {
    idp.people['3003'] = { preferred_username: 'carl', groups };
    expect(problem(await signIn('3003')), String(groups)).toEqual(REFUSED);
    expect(await audited(1)).toMatchObject([{ detail: `role_gone: ${idp.issuer} 3003` }]);
  }
  idp.people['3003'] = { preferred_username: 'carl', groups: 'phones-acme' };
  expect((await signIn('3003')).status).toBe(302);
});

test('W5 unknown identities are refused alike, whatever the reason; the reason is in log and audit', async () => {
  const { name } = offhook.login;
  const strangers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    no_role: { preferred_username: 'eve', groups: ['staff'] },
    name_taken: { preferred_username: name, groups: ['phones-acme'] },
    no_such_tenant: { preferred_username: 'eve', groups: ['phones-gone'] },
    name_unfit: { preferred_username: 'Eve <script>', groups: ['phones-acme'] },
    no_name: { groups: ['phones-acme'] },
  };
  const bodies = new Set<string>();
  for (const [reason, claims] of Object.entries(strangers)) {
    idp.people['4004'] = claims;
    const page = await signIn('4004');
    expect(problem(page), reason).toEqual(REFUSED);
    bodies.add(page.text);
    expect(await audited(1)).toMatchObject([{ what: 'session.refused', detail: `${reason}: ${idp.issuer} 4004` }]);
    expect(offhook.log.at(-1)).toContain(`"reason":"${reason}"`);
  }
  expect(bodies.size).toBe(1);
});

test('who says no at the provider is told that there is no session', async () => {
  const browser = new Browser();
  const callback = new URL(await comeBack('1001', browser));
  callback.searchParams.delete('code');
  callback.searchParams.set('error', 'access_denied');
  expect(problem(await browser.get(callback.href))).toEqual(REFUSED);
  expect(offhook.log.at(-1)).toContain('"reason":"the provider says access_denied"');
});

test('a provider’s answer may hold parameters that we do not know', async () => {
  const browser = new Browser();
  const callback = await comeBack('1001', browser);
  expect((await browser.get(`${callback}&session_state=abc&hd=example.com`)).status).toBe(302);
});

test('W5 a user without a password logs in by none, and it takes as long to say so', async () => {
  const logIn = async (name: string, password: string) => {
    const began = performance.now();
    const headers = { 'content-type': 'application/json' };
    const answer = await ask(api('/sessions'), { method: 'POST', headers, body: JSON.stringify({ name, password }) });
    return { status: answer.status, text: answer.text, milliseconds: performance.now() - began };
  };
  const [known, none] = [await logIn(offhook.login.name, 'wrong'), await logIn('ann', '')];
  expect([known.status, none.status]).toEqual([401, 422]);
  const tries = [await logIn('ann', 'wrong'), await logIn('ann', 'undefined'), await logIn('ann', '***')];
  for (const { status, text, milliseconds } of tries) {
    expect([status, text]).toEqual([known.status, known.text]);
    // Without the comparison it would be a hundredth of it.
    expect(milliseconds).toBeGreaterThan(known.milliseconds / 5);
  }
});

test('whose tie an administrator takes away is logged out', async () => {
  idp.people['5005'] = { preferred_username: 'zoe', groups: ['phones-acme'] };
  const browser = new Browser();
  await signIn('5005', browser);
  await offhook.must('PATCH', '/users/zoe', { oidc: null, oidcName: 'zoe' });
  expect((await whoIs(browser)).status).toBe(401);
  await offhook.must('PATCH', '/users/zoe', { oidc: { issuer: idp.issuer, subject: '5005' }, oidcName: null });
  expect((await signIn('5005')).status).toBe(302);
});

test('the command line sets, shows and clears the tie', async () => {
  const user = async (...argv: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runOffhook(offhook, 'user', ...argv);
    return `${String(exitCode)} ${stdout}${stderr}`;
  };
  const made = ['create', 'tom', '--tenant', 'acme', '--oidc-name', 'tom@example.com'];
  expect(await user(...made)).toBe('0 Created admin tom.\n');
  expect(await user('oidc', 'tom')).toBe(
    '0 tom is whoever signs in first as tom@example.com at the OpenID provider. He has no password.\n',
  );
  idp.people['7007'] = { preferred_username: 'tom@example.com' };
  expect((await signIn('7007')).status).toBe(302);
  expect(await user('oidc', 'tom')).toBe(`0 tom is 7007 at ${idp.issuer}. He has no password.\n`);
  expect(await user('oidc', 'tom', '--clear')).toMatch(/^1 .*password: must be given/s);
  expect(await user('oidc', 'tom', '--match', 'thomas')).toContain('0 tom is whoever signs in first as thomas');
  expect(problem(await signIn('7007'))).toEqual(REFUSED);
  expect(await user('oidc', 'tom', '--issuer', idp.issuer, '--subject', '7007')).toMatch(/^0 tom is 7007/);
  expect((await signIn('7007')).status).toBe(302);
  expect(await user('oidc', 'tom', '--issuer', idp.issuer)).toMatch(/^2 .*--issuer and --subject go together/s);
  expect(await user('oidc', 'tom', '--match', 'a', '--clear')).toMatch(/^2 .*say one thing/s);
  await offhook.must('PATCH', '/users/tom', { password: 'correct horse' });
  expect(await user('oidc', 'tom', '--clear')).toBe(
    '0 tom does not sign in at the OpenID provider. He has a password as well.\n',
  );
});

test('a user whom nobody can be is refused, and so is one who is tied and waited for', async () => {
  const put = (body: object) => offhook.api('PUT', '/users/odd', { role: 'admin', tenant: 'acme', ...body });
  expect((await put({})).json.errors).toMatchObject([{ field: 'password' }]);
  expect((await put({ password: '***' })).json.errors).toMatchObject([{ field: 'password' }]);
  const tie = { issuer: idp.issuer, subject: '7' };
  expect((await put({ oidc: tie, oidcName: 'odd' })).json.errors).toMatchObject([{ field: 'oidcName' }]);
  expect((await put({ oidc: { ...tie, subject: '1001' } })).json).toMatchObject({ status: 409, title: /./ });
});

test('with the provider down the product serves; signing in says so, and works again when it is back', async () => {
  const browser = new Browser();
  const callback = await comeBack('1001', browser);
  await idp.stop();
  try {
    const onTheWay = await browser.get(callback);
    expect(problem(onTheWay)).toEqual([503, '/api/v1/problems/sign-in-unavailable']);
    late = 2 * 3_600_000;
    const page = await ask(api('/sessions/oidc'));
    expect(page.json).toMatchObject({ status: 503, type: '/api/v1/problems/sign-in-unavailable' });
    expect(page.headers['retry-after']).toBe('5');
    expect(offhook.log.at(-1)).toMatch(/"event":"oidc_unavailable".*ECONNREFUSED/);
    expect((await ask(api('/sessions/methods'))).status).toBe(200);
  } finally {
    await idp.start();
  }
  expect((await ask(api('/sessions/oidc'))).status).toBe(503);
  late += 5000;
  expect((await signIn('1001')).status).toBe(302);
});

test('a product whose provider is down when it starts comes up; a secret that the provider does not take is our mistake, not the person’s', async () => {
  await idp.stop();
  const second = await startTestProduct({ clock, environment: configured(ports[1], { SECRET: '@: not YAML {' }) });
  const start = `${second.door('admin')}/api/v1/sessions/oidc`;
  try {
    expect((await ask(start)).status).toBe(503);
    expect((await second.api('GET', '/tenants')).status).toBe(200);
    await idp.start();
    late = 5000;
    const browser = new Browser();
    idp.person = '1001';
    const page = await browser.get(await browser.follow(start, isCallback));
    expect(problem(page)).toEqual([503, '/api/v1/problems/sign-in-unavailable']);
    expect(second.log.at(-1)).toMatch(/"event":"oidc_unavailable"/);
    expect(second.log.join('')).not.toContain('not YAML');
  } finally {
    await second.close();
  }
});

test('where no users are made, only those are let in whom an administrator waits for, by an address that was checked', async () => {
  const environment = { ...configured(ports[1]), OFFHOOK_OIDC_AUTOCREATE: 'false', OFFHOOK_OIDC_USERCLAIM: 'email' };
  const second = await startTestProduct({ environment });
  const person = (claims: PersonClaims): Promise<readonly unknown[]> => {
    idp.people['8008'] = claims;
    idp.person = '8008';
    const browser = new Browser();
    const start = `${second.door('admin')}/api/v1/sessions/oidc`;
    return browser.follow(start, isCallback).then(async (url) => problem(await browser.get(url)));
  };
  const why = (): string => (JSON.parse(second.log.at(-1) ?? '{}') as { reason: string }).reason;
  try {
    await second.must('PUT', '/users/bea', { role: 'operator', oidcName: 'bea@example.com' });
    const known = { email: 'bea@example.com', preferred_username: 'bea', groups: ['phones-operators'] };
    expect(await person(known)).toEqual(REFUSED);
    expect(why()).toBe('no_name');
    expect(await person({ ...known, email_verified: 'true' })).toEqual(REFUSED);
    expect(await person({ ...known, email: 'eve@example.com', email_verified: true })).toEqual(REFUSED);
    expect(why()).toBe('not_known');
    expect(await person({ ...known, email_verified: true })).toEqual([302, undefined]);
    // Tied by an administrator: the role is ours to give and to take.
    expect(await person({ email: 'bea@new.example.com' })).toEqual([302, undefined]);
  } finally {
    await second.close();
  }
});

test('the secret of the client, codes and tokens stand in no log line and no answer of the store', async () => {
  expect(offhook.log.join('\n')).not.toMatch(/canary-client-secret|eyJ|code=|Bearer/);
  expect(JSON.stringify(offhook.config)).not.toContain('canary');
  expect(JSON.stringify(await audited(200))).not.toMatch(/canary-client-secret|eyJ/);
});
