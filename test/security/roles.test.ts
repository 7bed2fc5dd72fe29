import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../src/api/build-api.ts';
import { PREFIX, RIGHTS, urlOfRoute, type Right } from '../../src/api/rights.ts';
import { ROLES, type Role, type TokenScope } from '../../src/domain/role.ts';
import { testApi } from '../kit/api.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';

const REVEAL = '?reveal=true';

/** Who asks, and by what. */
interface Caller {
  readonly name: string;
  readonly header: Readonly<Record<string, string>>;
  /** Absent for whoever nobody knows. */
  readonly role?: Role;
  readonly tenant?: 'acme';
  readonly scopes?: readonly TokenScope[];
  readonly mayReveal: boolean;
}

type Verdict = 'allowed' | 401 | 403 | 404;

const isRead = ({ deed }: Right): boolean => deed === 'read' || deed === 'reveal';

/** What docs/operating.md says that a scope is for, by itself. */
const SCOPE: Readonly<Record<TokenScope, (right: Right) => boolean>> = {
  read: isRead,
  write: () => true,
  phones: ({ area }) => area === 'phones',
  journal: (right) => isRead(right) && right.area === 'journal',
  reveal: () => false,
};

function scopeReaches(scopes: readonly TokenScope[] | undefined, right: Right): boolean {
  if (scopes === undefined || right.deed === 'self') return true;
  if (right.deed === 'person') return false;
  if (right.deed === 'reveal' && !scopes.includes('reveal')) return false;
  return scopes.some((scope) => SCOPE[scope](right));
}

/** Whose phone is asked for on the routes of a person's own phones; only `own` is of the person who asks. */
const WHOSE = ['own', 'of another person', 'of another tenant'] as const;
type Whose = (typeof WHOSE)[number];

/** The matrix. */
function verdictOn(name: string, right: Right, caller: Caller, tenant: string, whose: Whose): Verdict {
  if (right.deed === 'open') return 'allowed';
  if (caller.role === undefined) return 401;
  if (!right.roles.includes(caller.role) || !scopeReaches(caller.scopes, right)) return 403;
  if (right.deed === 'reveal' && !caller.mayReveal) return 403;
  if (whose !== 'own') return 404;
  return name.includes('/:tenant') && caller.tenant !== undefined && caller.tenant !== tenant ? 404 : 'allowed';
}

let product: TestProduct;
let callers: readonly Caller[];

const PHONES = { acme: '02ee00000001', globex: '02ee00000002' } as const;
type TenantName = keyof typeof PHONES;
const TENANTS = ['acme', 'globex'] as const;
const BOBS_PHONE = '02ee00000003';
const MY_PHONES: Readonly<Record<Whose, string>> = {
  own: PHONES.acme,
  'of another person': BOBS_PHONE,
  'of another tenant': PHONES.globex,
};
const isOnMine = (name: string): boolean => name.includes(' /me/phones/:phone');

const OBJECTS: Readonly<Record<string, string>> = {
  group: 'sales',
  profile: 'desk',
  from: '1.1.1.1',
  template: 'office',
  fileName: 'one.rom',
  person: 'alice',
  number: '201',
  user: 'nobody',
  vendor: 'yealink',
  id: 'none',
  door: 'secure',
  host: 'prov.example.com',
  keyType: 'rsa',
  fingerprint: '00',
  address: '192.0.2.99',
  decoy: 'none',
  type: 'forbidden',
  '*': '',
};

const QUERIES: Readonly<Record<string, string>> = { 'resync-url': '?phoneAddress=192.0.2.7' };

/** A route with its parameters filled in; the first file of a phone stands for `*`. */
function pathOf(name: string, tenant: TenantName, whose: Whose): string {
  const [, route = ''] = name.split(' ');
  const phone = isOnMine(name) ? MY_PHONES[whose] : PHONES[tenant];
  // Names by which one logs in are unique in the whole system.
  const user = route.startsWith('/tenants/') ? `clerk-of-${tenant}` : OBJECTS['user'];
  const named: Readonly<Record<string, string | undefined>> = { ...OBJECTS, tenant, phone, user };
  const path = route.replace(/:(\w+)/g, (_, parameter: string) => named[parameter] ?? '');
  const last = path.split('/').at(-1) ?? '';
  return path.replace('*', `${PHONES[tenant]}.cfg`) + (QUERIES[last] ?? '');
}

const WRITING = ['PUT', 'POST', 'PATCH'];

/** Asks so that nothing comes of it where it is allowed: the body is nobody's document, and nothing has that version. */
async function probe(name: string, { header }: Caller, tenant: TenantName, whose: Whose): Promise<number> {
  const [method = ''] = name.split(' ');
  const body = WRITING.includes(method) ? JSON.stringify({ 'no such field': 1 }) : undefined;
  const answer = await fetch(`${product.door('admin')}${urlOfRoute(pathOf(name, tenant, whose))}`, {
    method,
    headers: {
      ...header,
      ...(method === 'GET' ? {} : { 'if-match': '"never"' }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Of the platform's own objects there are none: on these routes an absence is the answer to who may ask. */
const ABSENT: ReadonlySet<string> = new Set([
  'GET /users/:user',
  'GET /firmware/:fileName',
  'DELETE /firmware/:fileName',
  'GET /tenants/:tenant/firmware/:fileName',
  'DELETE /tenants/:tenant/firmware/:fileName',
  'GET /certificates/:door/:host/:keyType/csr',
  'DELETE /certificates/:door/:host/:keyType',
  'DELETE /authorities/:fingerprint',
  'DELETE /tokens/:id',
  'DELETE /bans/:address',
  'DELETE /decoys/:decoy',
  'GET /tenants/:tenant/phones/:phone/resync',
  'GET /tenants/:tenant/phones/:phone/resync-url',
]);

const isAs = (name: string, verdict: Verdict, status: number): boolean =>
  verdict === 'allowed' ? ![401, 403].includes(status) && (status !== 404 || ABSENT.has(name)) : status === verdict;

const bearer = (token: string): Caller['header'] => ({ authorization: `Bearer ${token}` });

/** A person of each role who has logged in. */
async function person(role: Role, mayReveal: boolean): Promise<Caller> {
  const name = `${role}-${mayReveal ? 'sees' : 'blind'}`;
  const tenant = role === 'operator' ? undefined : ('acme' as const);
  const place = { ...(tenant === undefined ? {} : { tenant }), ...(role === 'user' ? { person: 'alice' } : {}) };
  await product.must('PUT', `/users/${name}`, { role, ...place, mayReveal, password: `password-of-${name}` });
  const session = await product.must('POST', '/sessions', { name, password: `password-of-${name}` });
  return { name, role, mayReveal, header: bearer(session.token), ...(tenant === undefined ? {} : { tenant }) };
}

async function program(user: Caller, scopes: readonly TokenScope[], narrow = false): Promise<Caller> {
  const body = { name: 'program', user: user.name, scopes, ...(narrow ? { tenant: 'acme' } : {}) };
  const { token } = await product.must('POST', '/tokens', body);
  const name = `${user.name} token ${scopes.join('+')}${narrow ? ' for acme' : ''}`;
  return { ...user, name, scopes, header: bearer(token), ...(narrow ? { role: 'admin', tenant: 'acme' } : {}) };
}

/** Tokens that were good once. */
async function ended(user: Caller): Promise<readonly Caller[]> {
  const { tokens } = product.product.store.platform;
  const make = async (name: string) => {
    const made = await product.must('POST', '/tokens', { name, user: user.name, scopes: ['write', 'reveal'] });
    return { id: String(made.id), caller: { name, mayReveal: true, header: bearer(made.token) } };
  };
  const [expired, revoked] = [await make('expired'), await make('revoked')];
  const kept = await tokens.byId(expired.id);
  if (kept === undefined) throw new Error('the token is not there');
  const { version, ...token } = kept;
  await tokens.replace({ ...token, expiresAt: '2020-01-01T00:00:00.000Z' }, version);
  await product.must('DELETE', `/tokens/${revoked.id}`);
  return [expired.caller, revoked.caller];
}

async function fill(tenant: TenantName): Promise<void> {
  const T = `/tenants/${tenant}`;
  await product.must('PUT', T, {});
  await product.must('PUT', `${T}/users/clerk-of-${tenant}`, { role: 'csr', password: `clerk-of-${tenant}` });
  await product.must('PUT', `${T}/groups/sales`, {});
  await product.must('PUT', `${T}/profiles/desk`, {});
  await product.must('PUT', `${T}/mappings/1.1.1.1`, { to: 'pbx.example.com' });
  await product.must('PUT', `${T}/templates/office`, { vendor: 'yealink', models: ['T46U'] });
  await product.must('PUT', `${T}/people/alice`, {});
  await product.must('PUT', `${T}/extensions/201`, { password: 'canary', serverHost: 'pbx.example.com' });
  await product.must('PUT', `${T}/phones/${PHONES[tenant]}`, { vendor: 'yealink', model: 'T46U', person: 'alice' });
}

/** Configured, so that its routes are there; a provider that does not answer is none of their rights’ business. */
const SIGN_IN = {
  OFFHOOK_OIDC_ISSUER: 'http://127.0.0.1:9',
  OFFHOOK_OIDC_CLIENTID: 'offhook',
  OFFHOOK_OIDC_CLIENTSECRET: 'secret',
  OFFHOOK_OIDC_TITLE: 'Sign in',
  OFFHOOK_OIDC_PUBLICURL: 'https://offhook.example.com',
};

beforeAll(async () => {
  product = await startTestProduct({ environment: SIGN_IN });
  for (const tenant of TENANTS) await fill(tenant);
  await product.must('PUT', '/tenants/acme/people/bob', {});
  await product.must('PUT', `/tenants/acme/phones/${BOBS_PHONE}`, { vendor: 'yealink', model: 'T46U', person: 'bob' });
  await product.must('PUT', '/mappings/1.1.1.1', { to: 'pbx.example.com' });
  await product.must('PUT', '/templates/office', { vendor: 'yealink', models: ['T46U'] });
  const people: Caller[] = [];
  for (const role of ROLES) people.push(await person(role, true), await person(role, false));
  const named = (name: string): Caller => people.find((one) => one.name === name) ?? people[0]!; // eslint-disable-line @typescript-eslint/no-non-null-assertion
  const [operator, admin, csr, user] = ROLES.map((role) => named(`${role}-sees`)) as [Caller, Caller, Caller, Caller];
  callers = [
    ...people,
    await program(operator, ['read']),
    await program(operator, ['write']),
    await program(operator, ['write', 'reveal'], true),
    await program(admin, ['read']),
    await program(admin, ['phones']),
    await program(admin, ['phones', 'reveal']),
    await program(admin, ['journal']),
    await program(admin, ['read', 'reveal']),
    await program(admin, ['write', 'reveal']),
    await program(csr, ['write']),
    await program(user, ['read']),
    await program(user, ['phones']),
    await program(user, ['journal']),
    ...(await ended(operator)),
    { name: 'a token that never was', mayReveal: true, header: bearer('a'.repeat(40)) },
    { name: 'anonymous', mayReveal: true, header: {} },
  ];
}, 60_000);

afterAll(() => product.close());

describe('W1 every route answers every role, token and tenant exactly as the table of rights says', () => {
  // Logging out would end the session that the next question needs.
  const names = Object.keys(RIGHTS).filter((name) => name !== 'DELETE /sessions/current');
  test.each(names)('%s', async (name) => {
    const right = RIGHTS[name];
    if (right === undefined) throw new Error('no row');
    const tenants = name.includes('/:tenant') ? TENANTS : (['acme'] as const);
    const owners = isOnMine(name) ? WHOSE : (['own'] as const);
    const places = tenants.flatMap((tenant) => owners.map((whose) => ({ tenant, whose })));
    const wrong: string[] = [];
    await Promise.all(
      callers.flatMap((caller) =>
        places.map(async ({ tenant, whose }) => {
          const verdict = verdictOn(name, right, caller, tenant, whose);
          const status = await probe(name, caller, tenant, whose);
          if (!isAs(name, verdict, status))
            wrong.push(`${caller.name} at ${tenant}, ${whose}: ${String(status)}, not ${String(verdict)}`);
        }),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

test('W1 the table has a row for every route and no other, and a route without one does not come up', async () => {
  const { app } = await testApi();
  const gone = Object.keys(RIGHTS).filter((name) => {
    const [method = '', path = ''] = name.replace(REVEAL, '').split(' ');
    return !app.hasRoute({ method, url: urlOfRoute(path) });
  });
  expect(gone).toEqual([]);
  const late = await buildApi((await testApi()).deps);
  expect(() => late.get(`${PREFIX}/back-door`, () => 'open')).toThrow('GET /back-door has no row');
});

test('W1 a user reaches his own phones, himself and what is no secret to anybody, and nothing of a tenant', () => {
  const reached = Object.entries(RIGHTS).filter(([, { deed, roles }]) => deed !== 'open' && roles.includes('user'));
  expect(reached.map(([name]) => name).toSorted()).toEqual([
    'DELETE /sessions/current',
    'DELETE /tokens/:id',
    'GET /catalogue',
    'GET /catalogue/:vendor',
    'GET /me',
    'GET /me/phones',
    'GET /me/phones/:phone',
    'GET /sessions/current',
    'GET /settings',
    'GET /tokens',
    'PATCH /me/phones/:phone',
    'POST /tokens',
    'PUT /sessions/current/password',
  ]);
});

test('W1 nobody but operators and administrators is shown a secret, and a representative changes no template', () => {
  const rows = Object.entries(RIGHTS);
  const secret = rows.filter(([, { deed }]) => deed === 'reveal');
  expect(secret.map(([name]) => name).toSorted()).toEqual([
    'GET /tenants/:tenant/credentials',
    'GET /tenants/:tenant/phones/:phone/credentials',
    'GET /tenants/:tenant/phones/:phone/files/*?reveal=true',
    'GET /tenants/:tenant/phones/:phone/resync-url',
    'GET /tenants/:tenant/phones/:phone/url',
    'POST /backup',
  ]);
  const mayHave = (name: string) => (name === 'POST /backup' ? ['operator'] : ['operator', 'admin']);
  for (const [name, { roles }] of secret) expect(roles, name).toEqual(mayHave(name));
  const writtenByCsr = rows.filter(([, { deed, roles }]) => deed === 'write' && roles.includes('csr'));
  expect(writtenByCsr.map(([name]) => name).toSorted()).toEqual([
    'DELETE /tokens/:id',
    'POST /tenants/:tenant/phones/:phone/reset',
    'POST /tenants/:tenant/phones/:phone/resync',
    'PUT /tenants/:tenant/people/:person/profile',
    'PUT /tenants/:tenant/phones/:phone/profile',
  ]);
});
