import { z } from 'zod';

export const loginBody = z.strictObject({ name: z.string().min(1).max(200), password: z.string().min(1).max(1000) });

export const shownActor = z
  .object({
    name: z.string(),
    role: z.enum(['operator', 'admin']),
    tenant: z.string().optional(),
    mayWrite: z.boolean(),
    expiresAt: z.string().optional(),
  })
  .meta({ id: 'Actor' });

export const shownSession = shownActor.extend({
  /** For `Authorization: Bearer`; browsers get a cookie as well. */
  token: z.string(),
});
