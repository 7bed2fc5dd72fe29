import type { Actor } from '../app/access/actor.ts';
import { ROLES, type Role, type TokenScope } from '../domain/role.ts';

/**
 * What a route does: `open` needs no login; `self` is for everybody who is known, about himself; `person` is for somebody who has
 * logged in, not for a program's token; `read`, `write` and `reveal` (secrets) are for the roles and scopes that have them.
 */
export type Deed = 'open' | 'self' | 'person' | 'read' | 'write' | 'reveal';

/** What a token's scope may be narrowed to; `other` is everything that has no scope of its own. */
type Area = 'phones' | 'journal' | 'other';

export interface Right {
  readonly deed: Deed;
  readonly area: Area;
  readonly roles: readonly Role[];
}

const OPERATOR = ['operator'] as const;
const ADMINS = ['operator', 'admin'] as const;
const STAFF = ['operator', 'admin', 'csr'] as const;
const USER = ['user'] as const;

const to =
  (deed: Deed, area: Area) =>
  (roles: readonly Role[]): Right => ({ deed, area, roles });

const open: Right = { deed: 'open', area: 'other', roles: [] };
const self: Right = { deed: 'self', area: 'other', roles: ROLES };
const person: Right = { deed: 'person', area: 'other', roles: ROLES };
const read = to('read', 'other');
const write = to('write', 'other');
const reveal = to('reveal', 'other');
const readPhones = to('read', 'phones');
const writePhones = to('write', 'phones');
const revealPhones = to('reveal', 'phones');
const readJournal = to('read', 'journal');

/** The routes of one kind of object. */
const collection = (
  path: string,
  parameter: string,
  rights: Readonly<Record<'list' | 'create' | 'one' | 'put' | 'patch' | 'remove', Right>>,
): Readonly<Record<string, Right>> => ({
  [`GET ${path}`]: rights.list,
  [`POST ${path}`]: rights.create,
  [`GET ${path}/:${parameter}`]: rights.one,
  [`PUT ${path}/:${parameter}`]: rights.put,
  [`PATCH ${path}/:${parameter}`]: rights.patch,
  [`DELETE ${path}/:${parameter}`]: rights.remove,
});

/** The same right to read and another to write. */
const both = (reading: Right, writing: Right): Parameters<typeof collection>[2] => ({
  list: reading,
  one: reading,
  create: writing,
  put: writing,
  patch: writing,
  remove: writing,
});

const T = '/tenants/:tenant';
const PHONE = `${T}/phones/:phone`;

/**
 * Who may call what: every route of the API, without exception. Who belongs to a tenant gets no other one: on a path with
 * `:tenant`, another tenant answers as if there were none. A row that ends in a query is the same route asked in that way.
 */
export const RIGHTS: Readonly<Record<string, Right>> = {
  'GET /health': open,
  'GET /ready': open,
  'GET /metrics': read(OPERATOR),

  'GET /openapi.json': open,
  'GET /problems/:type': open,

  'POST /sessions': open,
  'GET /sessions/methods': open,
  'GET /sessions/oidc': open,
  'GET /sessions/oidc/callback': open,
  'GET /sessions/current': self,
  'DELETE /sessions/current': self,
  'PUT /sessions/current/password': person,

  'GET /tokens': read(ROLES),
  'POST /tokens': person,
  'DELETE /tokens/:id': write(ROLES),
  ...collection('/users', 'user', both(read(OPERATOR), write(OPERATOR))),

  // Whose phones they are is decided where they are found.
  'GET /me': readPhones(USER),
  'GET /me/phones': readPhones(USER),
  'GET /me/phones/:phone': readPhones(USER),
  'PATCH /me/phones/:phone': writePhones(USER),

  'GET /catalogue': read(ROLES),
  'GET /catalogue/:vendor': read(ROLES),
  'GET /settings': read(ROLES),

  'GET /platform': read(ADMINS),
  'PUT /platform': write(OPERATOR),
  'PATCH /platform': write(OPERATOR),
  ...collection('/mappings', 'from', both(read(ADMINS), write(OPERATOR))),
  ...collection('/templates', 'template', both(read(ADMINS), write(OPERATOR))),
  'GET /firmware': read(ADMINS),
  'GET /firmware/:fileName': read(ADMINS),
  'PUT /firmware/:fileName': write(OPERATOR),
  'DELETE /firmware/:fileName': write(OPERATOR),

  'GET /certificates': read(OPERATOR),
  'POST /certificates': write(OPERATOR),
  'GET /certificates/:door/:host/:keyType/csr': read(OPERATOR),
  'PUT /certificates/:door/:host/:keyType/chain': write(OPERATOR),
  'DELETE /certificates/:door/:host/:keyType': write(OPERATOR),
  'GET /authorities': read(OPERATOR),
  'GET /authorities/missing': read(OPERATOR),
  'POST /authorities': write(OPERATOR),
  'DELETE /authorities/:fingerprint': write(OPERATOR),
  'GET /revocations': read(OPERATOR),
  'POST /revocations': write(OPERATOR),
  'DELETE /revocations/:fingerprint': write(OPERATOR),

  'GET /bans': read(OPERATOR),
  'POST /bans': write(OPERATOR),
  'DELETE /bans/:address': write(OPERATOR),
  'GET /bans/check': read(STAFF),
  'GET /bans/mine': open,
  'GET /decoys': read(OPERATOR),
  'POST /decoys': write(OPERATOR),
  'DELETE /decoys/:decoy': write(OPERATOR),

  ...collection('/tenants', 'tenant', {
    list: read(STAFF),
    one: read(STAFF),
    create: write(OPERATOR),
    put: write(ADMINS),
    patch: write(ADMINS),
    remove: write(OPERATOR),
  }),
  [`GET ${T}/credentials`]: reveal(ADMINS),
  [`POST ${T}/rotate`]: write(ADMINS),
  ...collection(`${T}/users`, 'user', both(read(ADMINS), write(ADMINS))),
  ...collection(`${T}/groups`, 'group', both(read(STAFF), write(ADMINS))),
  ...collection(`${T}/profiles`, 'profile', both(read(STAFF), write(ADMINS))),
  ...collection(`${T}/mappings`, 'from', both(read(ADMINS), write(ADMINS))),
  ...collection(`${T}/templates`, 'template', both(read(ADMINS), write(ADMINS))),
  [`GET ${T}/template-choices`]: read(STAFF),
  [`GET ${T}/firmware`]: read(ADMINS),
  [`GET ${T}/firmware/:fileName`]: read(ADMINS),
  [`PUT ${T}/firmware/:fileName`]: write(ADMINS),
  [`DELETE ${T}/firmware/:fileName`]: write(ADMINS),

  ...collection(`${T}/people`, 'person', both(readPhones(STAFF), writePhones(ADMINS))),
  [`GET ${T}/phones.csv`]: readPhones(STAFF),
  [`GET ${T}/extensions.csv`]: readPhones(STAFF),
  [`GET ${T}/people.csv`]: readPhones(STAFF),
  [`PUT ${T}/people/:person/profile`]: writePhones(STAFF),
  ...collection(`${T}/extensions`, 'number', both(readPhones(STAFF), writePhones(ADMINS))),
  ...collection(`${T}/phones`, 'phone', both(readPhones(STAFF), writePhones(ADMINS))),
  [`POST ${T}/phones/import`]: writePhones(ADMINS),
  [`GET ${PHONE}/log`]: readJournal(STAFF),
  [`GET ${PHONE}/instructions`]: readPhones(STAFF),
  [`PUT ${PHONE}/profile`]: writePhones(STAFF),
  [`POST ${PHONE}/reset`]: writePhones(STAFF),
  [`GET ${PHONE}/resync`]: readPhones(STAFF),
  [`POST ${PHONE}/resync`]: writePhones(STAFF),
  [`GET ${PHONE}/files`]: readPhones(ADMINS),
  [`GET ${PHONE}/files/*`]: readPhones(ADMINS),
  [`GET ${PHONE}/files/*?reveal=true`]: revealPhones(ADMINS),
  [`GET ${PHONE}/explain`]: readPhones(ADMINS),
  [`POST ${PHONE}/harden`]: writePhones(ADMINS),
  [`PUT ${PHONE}/window`]: writePhones(ADMINS),
  [`DELETE ${PHONE}/window`]: writePhones(ADMINS),
  [`POST ${PHONE}/move`]: writePhones(OPERATOR),
  [`POST ${PHONE}/rotate`]: writePhones(ADMINS),
  [`GET ${PHONE}/credentials`]: revealPhones(ADMINS),
  [`GET ${PHONE}/url`]: revealPhones(ADMINS),
  [`GET ${PHONE}/resync-url`]: revealPhones(ADMINS),

  'GET /journal': readJournal(STAFF),
  'GET /audit': readJournal(ADMINS),
  // What of the document he may write is decided where it is read.
  'POST /apply': write(ADMINS),
  'POST /backup': reveal(OPERATOR),
};

export const PREFIX = '/api/v1';

/** Those who watch look for these at the root. */
const AT_ROOT: readonly string[] = ['/health', '/ready', '/metrics'];

/** The URL of a route that the table calls `path`. */
export const urlOfRoute = (path: string): string => (AT_ROOT.includes(path) ? path : `${PREFIX}${path}`);

/** The name of a route in the table. Asking for the head of something is asking for it. */
export const routeName = (method: string, url: string): string =>
  `${method === 'HEAD' ? 'GET' : method} ${url.startsWith(`${PREFIX}/`) ? url.slice(PREFIX.length) : url}`;

type Covers = (right: Right) => boolean;

const COVERS: Readonly<Record<TokenScope, Covers>> = {
  read: ({ deed }) => deed === 'read',
  write: () => true,
  phones: ({ area }) => area === 'phones',
  journal: ({ deed, area }) => deed === 'read' && area === 'journal',
  reveal: () => false,
};

/** A token with `reveal` sees the secrets of what it may read. */
function hasScope(scopes: readonly TokenScope[], right: Right): boolean {
  if (right.deed === 'self') return true;
  if (right.deed === 'person') return false;
  const needed: Right = right.deed === 'reveal' ? { ...right, deed: 'read' } : right;
  return scopes.some((scope) => COVERS[scope](needed)) && (right.deed !== 'reveal' || scopes.includes('reveal'));
}

/** Why the actor may not, in a sentence; undefined where he may. */
export function refusalOf(actor: Actor, right: Right): string | undefined {
  if (!right.roles.includes(actor.role)) return `this is not for the role ${actor.role}`;
  if (actor.scopes !== undefined && !hasScope(actor.scopes, right))
    return 'the scopes of this token do not reach so far';
  if (right.deed === 'reveal' && !actor.mayReveal) return 'you have not been given the right to see secrets';
  return undefined;
}
