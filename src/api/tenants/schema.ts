import { z } from 'zod';
import { transport } from '../../domain/settings/line.ts';
import { tenantPolicy } from '../../domain/tenant.ts';
import { shownSettings, shownWarnings } from '../shown.ts';

const shownSip = z.object({
  proxy: z.object({ host: z.string(), port: z.int().optional(), transport: transport.optional() }).optional(),
  account: z.object({ user: z.string(), password: z.literal('***') }).optional(),
  realms: z.array(z.string()),
});

export const shownTenant = z
  .object({
    name: z.string(),
    title: z.string(),
    domains: z.array(z.string()),
    networks: z.array(z.string()),
    policy: tenantPolicy,
    settings: shownSettings,
    sip: shownSip.optional(),
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
