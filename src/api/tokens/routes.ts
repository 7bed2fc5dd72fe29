import { z } from 'zod';
import { isOperator, maySee, type Actor } from '../../app/access/actor.ts';
import { allTokens, issueToken } from '../../app/access/log-in.ts';
import { openPlatform } from '../../app/documents/open-scope.ts';
import { noteAudit } from '../../app/documents/save-document.ts';
import { inPlatform } from '../../app/documents/change-object.ts';
import { issue } from '../../app/documents/issue.ts';
import { given } from '../../domain/fields.ts';
import { TOKEN_SCOPES } from '../../domain/role.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { AccessToken, User } from '../../app/ports.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid, Problem } from '../problems.ts';

const TAG = 'tokens';

const scope = z.enum(TOKEN_SCOPES);

const shownToken = z
  .object({
    id: z.string(),
    name: z.string(),
    user: z.string(),
    /** A session has none: it may all that its user may. */
    scopes: z.array(scope).optional(),
    tenant: z.string().optional(),
    session: z.boolean(),
    createdAt: z.string(),
    expiresAt: z.string().optional(),
    /** To the minute. */
    lastUsed: z.object({ at: z.string(), from: z.string() }).optional(),
  })
  .meta({ id: 'Token' });

export const shownTokens = z.object({ items: z.array(shownToken) });

const tokenBody = z.strictObject({
  name: z.string().min(1).max(80),
  /** Whose token it is; an operator may name somebody, others have their own. */
  user: z.string().max(64).optional(),
  scopes: z.array(scope).min(1).max(TOKEN_SCOPES.length).default(['read']),
  /** Narrows an operator's token to one tenant. */
  tenant: z.string().max(40).optional(),
  expiresInDays: z.int().min(1).max(3650).optional(),
});

async function showToken(deps: ApiDeps, token: AccessToken): Promise<z.output<typeof shownToken>> {
  const user = await deps.store.platform.users.byId(token.user);
  const tenantId = token.onlyTenant ?? user?.tenant;
  const tenant = tenantId === undefined ? undefined : await deps.store.platform.tenants.byId(tenantId);
  return {
    id: token.id,
    name: token.name,
    user: user?.name ?? '',
    session: token.session === true,
    createdAt: token.createdAt,
    ...given({
      tenant: tenant?.name,
      expiresAt: token.expiresAt,
      scopes: token.scopes === undefined ? undefined : [...token.scopes],
      lastUsed: await deps.store.platform.tokens.lastUse(token.id),
    }),
  };
}

/** The user to whom a new token will belong. */
async function ownerOf(deps: ApiDeps, actor: Actor, name: string | undefined): Promise<User> {
  const { users } = deps.store.platform;
  if (name === undefined) {
    const own = actor.user === undefined ? undefined : await users.byId(actor.user);
    if (own === undefined) throw invalid([issue(['user'], 'say whose token it is to be')]);
    return own;
  }
  const named = isOperator(actor) ? await users.byKey(name) : undefined;
  if (named === undefined) throw invalid([issue(['user'], 'there is no such user', name)]);
  return named;
}

/** The tenant that a new token is narrowed to. */
async function narrowedTo(
  { store }: ApiDeps,
  actor: Actor,
  owner: User,
  name: string | undefined,
): Promise<TenantId | undefined> {
  if (name === undefined) return owner.tenant;
  const tenant = await store.platform.tenants.byKey(name);
  if (tenant === undefined || !maySee(actor, tenant.id) || (owner.tenant ?? tenant.id) !== tenant.id)
    throw invalid([issue(['tenant'], 'there is no such tenant', name)]);
  return tenant.id;
}

/** A token shows secrets only where its owner may see them, and only who may see them himself makes one that does. */
function requireRevealable(actor: Actor, owner: User, { scopes }: z.output<typeof tokenBody>): void {
  if (!scopes.includes('reveal')) return;
  if (!actor.mayReveal) throw new Problem('forbidden', 'you have not been given the right to see secrets');
  if (owner.mayReveal !== true) throw invalid([issue(['scopes'], `${owner.name} may not see secrets`)]);
}

async function issueTo(deps: ApiDeps, actor: Actor, body: z.output<typeof tokenBody>) {
  const owner = await ownerOf(deps, actor, body.user);
  requireRevealable(actor, owner, body);
  const onlyTenant = await narrowedTo(deps, actor, owner, body.tenant);
  const { name, scopes, expiresInDays } = body;
  return deps.store.transaction(async (store) => {
    const about = { user: owner.id, name, scopes, ...given({ onlyTenant }) };
    const life = expiresInDays === undefined ? undefined : expiresInDays * 24;
    const issued = await issueToken(deps, store, about, life);
    const detail = `of ${owner.name}: ${scopes.join(', ')}`;
    await noteAudit(openPlatform(deps, store.platform, actor), actor, 'token.issued', name, detail);
    return issued;
  });
}

function offerIssue(app: Api, deps: ApiDeps): void {
  app.post(
    '/tokens',
    {
      schema: {
        tags: [TAG],
        summary: 'A token for a program; its text is shown this once',
        body: tokenBody,
        response: { 201: shownToken.extend({ token: z.string() }) },
      },
    },
    async (request, reply) => {
      const made = await issueTo(deps, actorOf(request), request.body);
      void reply.header('cache-control', 'no-store').code(201);
      return reply.send({ ...(await showToken(deps, made.token)), token: made.text });
    },
  );
}

/** Tokens and sessions: one's own; an operator sees and ends all. */
export function tokenRoutes(app: Api, deps: ApiDeps): void {
  offerIssue(app, deps);
  app.get(
    '/tokens',
    {
      schema: {
        tags: [TAG],
        summary: 'Tokens and sessions',
        response: { 200: shownTokens },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const tokens = isOperator(actor)
        ? await allTokens(deps.store)
        : await deps.store.platform.tokens.ofUser(actor.user ?? '');
      return { items: await Promise.all(tokens.map((token) => showToken(deps, token))) };
    },
  );
  app.delete(
    '/tokens/:id',
    {
      schema: {
        tags: [TAG],
        summary: 'End a token or session',
        params: z.object({ id: z.string() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      await inPlatform(deps)(actor, async (scope) => {
        const token = await scope.platform.tokens.byId(request.params.id);
        if (token === undefined || (!isOperator(actor) && token.user !== actor.user)) throw new Problem('not-found');
        await scope.platform.tokens.remove(token.id);
        await noteAudit(scope, actor, 'token.ended', token.name);
      });
      void reply.code(204).send(null);
    },
  );
}
