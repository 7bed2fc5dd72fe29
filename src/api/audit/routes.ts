import { z } from 'zod';
import { maySee, type Actor } from '../../app/access/actor.ts';
import type { TenantId } from '../../domain/ids.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';

const auditQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** Only what was done in this tenant. */
  tenant: z.string().max(40).optional(),
});

const auditValue = z.union([z.string(), z.number(), z.boolean()]);
const shownChange = z.object({ field: z.string(), before: auditValue.optional(), after: auditValue.optional() });

export const shownAudit = z.object({
  items: z.array(
    z.object({
      at: z.string(),
      who: z.string(),
      from: z.string(),
      what: z.string(),
      object: z.string(),
      detail: z.string().optional(),
      /** Field by field, secrets masked. */
      changes: z.array(shownChange).optional(),
    }),
  ),
});

/** The tenant that was named, else his own; one that he may not see answers as if there were none. */
async function tenantAsked({ store }: ApiDeps, actor: Actor, name: string | undefined): Promise<TenantId | undefined> {
  if (name === undefined) return actor.tenant;
  const tenant = await store.platform.tenants.byKey(name);
  if (tenant === undefined || !maySee(actor, tenant.id)) throw new Problem('not-found');
  return tenant.id;
}

/** Who changed or saw what. A tenant's administrator sees what was done in his tenant. */
export function auditRoutes(app: Api, deps: ApiDeps): void {
  app.get(
    '/audit',
    {
      schema: {
        tags: ['audit'],
        summary: 'Who did what, newest first',
        querystring: auditQuery,
        response: { 200: shownAudit },
      },
    },
    async (request) => {
      const { limit, tenant: name } = request.query;
      const tenant = await tenantAsked(deps, actorOf(request), name);
      const entries = await deps.store.platform.auditLog({ limit, ...(tenant === undefined ? {} : { tenant }) });
      return shownAudit.parse({ items: entries });
    },
  );
}
