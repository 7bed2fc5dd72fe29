import { z } from 'zod';
import { tenantPolicy } from '../../domain/tenant.ts';
import { shownSettings, shownWarnings } from '../shown.ts';

export const shownTenant = z
  .object({
    name: z.string(),
    title: z.string(),
    domains: z.array(z.string()),
    networks: z.array(z.string()),
    policy: tenantPolicy,
    settings: shownSettings,
    httpUser: z.string(),
    httpPassword: z.literal('***'),
    warnings: shownWarnings.optional(),
  })
  .meta({ id: 'Tenant' });

export const shownCredentials = z.object({ token: z.string(), httpUser: z.string(), httpPassword: z.string() });

export const rotateBody = z.strictObject({
  which: z
    .array(z.enum(['token', 'http']))
    .min(1)
    .default(['token', 'http']),
});
