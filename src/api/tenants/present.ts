import { showSettings } from '../../app/documents/settings-document.ts';
import { MASKED } from '../../domain/secret.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Json } from '../collection.ts';

export const presentTenant = (tenant: Tenant): Json => ({
  name: tenant.name,
  title: tenant.title,
  domains: tenant.domains,
  networks: tenant.networks,
  policy: tenant.policy,
  settings: showSettings(tenant.settings),
  httpUser: tenant.httpUser,
  httpPassword: MASKED,
});
