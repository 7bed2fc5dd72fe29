import { z } from 'zod';
import { newPassword } from '../../app/access/user-document.ts';
import { ROLES, TOKEN_SCOPES } from '../../domain/role.ts';

export const loginBody = z.strictObject({ name: z.string().min(1).max(200), password: z.string().min(1).max(1000) });

export const passwordBody = z.strictObject({ current: z.string().min(1).max(1000), password: newPassword });

export const shownActor = z
  .object({
    name: z.string(),
    role: z.enum(ROLES),
    tenant: z.string().optional(),
    /** May see secrets. */
    mayReveal: z.boolean(),
    /** Of a program's token. */
    scopes: z.array(z.enum(TOKEN_SCOPES)).optional(),
    expiresAt: z.string().optional(),
  })
  .meta({ id: 'Actor' });

export const shownSession = shownActor.extend({
  /** For `Authorization: Bearer`; browsers get a cookie as well. */
  token: z.string(),
});
