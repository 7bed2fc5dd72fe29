import type { FastifyRequest, RouteOptions } from 'fastify';
import { localOperator, type Actor } from '../app/access/actor.ts';
import { authenticate } from '../app/access/authenticate.ts';
import { noteTokenUses, type TokenUses } from '../app/access/token-uses.ts';
import type { Api } from './api.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problems.ts';
import { refusalOf, RIGHTS, routeName, type Right } from './rights.ts';
import { pathParameter } from './scopes.ts';
import { isFromElsewhere, sessionCookie } from './sessions/cookie.ts';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const bearer = (request: FastifyRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** Finds out who asks by token or cookie. Without a token a page of another site writes nothing, nor does it log anybody in. */
async function identify(deps: ApiDeps, uses: TokenUses, request: FastifyRequest): Promise<void> {
  const token = bearer(request);
  if (token === undefined && !READING.has(request.method) && isFromElsewhere(request))
    throw new Problem('forbidden', 'a page of another site may not write here');
  const text = token ?? sessionCookie(request);
  if (text === undefined) return;
  const found = await authenticate(deps)(text, request.ip);
  if (found === undefined) return;
  request.actor = found.actor;
  request.accessToken = found.token;
  uses.note(found.token, request.ip);
}

/** Who belongs to a tenant finds no other one, whatever he asks of it. */
async function requireOwnTenant({ store }: ApiDeps, actor: Actor, request: FastifyRequest): Promise<void> {
  const name = pathParameter(request, 'tenant');
  if (actor.tenant === undefined || name === '') return;
  const own = await store.platform.tenants.byId(actor.tenant);
  if (own?.name !== name) throw new Problem('not-found');
}

/** The right that this request needs; none where there is no such route. */
function rightFor({ query, routeOptions: { config } }: FastifyRequest): Right | undefined {
  const reveals = typeof query === 'object' && query !== null && 'reveal' in query && query.reveal === 'true';
  return reveals ? (config.rightToReveal ?? config.right) : config.right;
}

async function requireRight(deps: ApiDeps, request: FastifyRequest): Promise<void> {
  const { actor } = request;
  const right = rightFor(request);
  if (right?.deed === 'open') return;
  if (actor === undefined)
    throw new Problem('not-authenticated', undefined, { headers: { 'www-authenticate': 'Bearer' } });
  if (right === undefined) return;
  const refusal = refusalOf(actor, right);
  if (refusal !== undefined) throw new Problem('forbidden', refusal);
  await requireOwnTenant(deps, actor, request);
}

/** Ties every route to its row in the table; a route without one does not come up. */
function addRights(route: RouteOptions): void {
  for (const method of [route.method].flat()) {
    const name = routeName(method, route.url);
    const right = RIGHTS[name];
    const rightToReveal = RIGHTS[`${name}?reveal=true`];
    if (right === undefined) throw new Error(`${name} has no row in src/api/rights.ts`);
    route.config = { ...route.config, right, ...(rightToReveal === undefined ? {} : { rightToReveal }) };
  }
}

/** Says who asks, and whether he may, before any route is run. */
export function requireActor(app: Api, deps: ApiDeps): void {
  app.decorateRequest('actor', undefined);
  app.decorateRequest('accessToken', undefined);
  const uses = noteTokenUses(deps);
  app.addHook('onClose', () => uses.settled());
  app.addHook('onRoute', addRights);
  app.addHook('onRequest', async (request: FastifyRequest) => {
    if (deps.authenticate === 'local-operator') request.actor = localOperator;
    else await identify(deps, uses, request);
    await requireRight(deps, request);
  });
}
