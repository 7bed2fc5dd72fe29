import { z } from 'zod';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';

const auditQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

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
      const { tenant } = actorOf(request);
      const { limit } = request.query;
      const entries = await deps.store.platform.auditLog({ limit, ...(tenant === undefined ? {} : { tenant }) });
      return shownAudit.parse({ items: entries });
    },
  );
}
