import { z } from 'zod';
import { isOperator, type Actor } from '../../app/access/actor.ts';
import { issueToken, tokensOf } from '../../app/access/log-in.ts';
import { openPlatform } from '../../app/documents/open-scope.ts';
import { noteAudit } from '../../app/documents/save-document.ts';
import { inPlatform } from '../../app/documents/change-object.ts';
import { issue } from '../../app/documents/issue.ts';
import type { AccessToken } from '../../app/ports.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid, Problem } from '../problems.ts';

const TAG = 'tokens';

const shownToken = z
  .object({
    id: z.string(),
    name: z.string(),
    user: z.string(),
    scope: z.enum(['read', 'write']),
    tenant: z.string().optional(),
    session: z.boolean(),
    createdAt: z.string(),
    expiresAt: z.string().optional(),
  })
  .meta({ id: 'Token' });

const tokenBody = z.strictObject({
  name: z.string().min(1).max(80),
  /** Whose token it is; an operator may name somebody, others have their own. */
  user: z.string().max(64).optional(),
  scope: z.enum(['read', 'write']).default('read'),
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
    scope: token.readOnly === true ? 'read' : 'write',
    ...(tenant === undefined ? {} : { tenant: tenant.name }),
    session: token.session === true,
    createdAt: token.createdAt,
    ...(token.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
  };
}

/** The user to whom a new token will belong. */
async function ownerOf(deps: ApiDeps, actor: Actor, name: string | undefined): Promise<string> {
  if (name === undefined) {
    if (actor.user === undefined) throw invalid([issue(['user'], 'say whose token it is to be')]);
    return actor.user;
  }
  const named = isOperator(actor) ? await deps.store.platform.users.byKey(name) : undefined;
  if (named === undefined) throw invalid([issue(['user'], 'there is no such user', name)]);
  return named.id;
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
      const actor = actorOf(request);
      const { name, scope, tenant: tenantName, expiresInDays } = request.body;
      const user = await ownerOf(deps, actor, request.body.user);
      const tenant = tenantName === undefined ? undefined : await deps.store.platform.tenants.byKey(tenantName);
      const visible = tenant !== undefined && (isOperator(actor) || actor.tenant === tenant.id);
      if (tenantName !== undefined && !visible)
        throw invalid([issue(['tenant'], 'there is no such tenant', tenantName)]);
      const onlyTenant = tenant?.id ?? actor.tenant;
      const made = await deps.store.transaction(async (store) => {
        const about = {
          user,
          name,
          ...(scope === 'read' ? { readOnly: true as const } : {}),
          ...(onlyTenant === undefined ? {} : { onlyTenant }),
        };
        const life = expiresInDays === undefined ? undefined : expiresInDays * 24;
        const issued = await issueToken(deps, store, about, life);
        await noteAudit(openPlatform(deps, store.platform, actor), actor, 'token.issued', name);
        return issued;
      });
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
        response: { 200: z.object({ items: z.array(shownToken) }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const tokens = await tokensOf(deps.store, isOperator(actor) ? undefined : (actor.user ?? ''));
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
