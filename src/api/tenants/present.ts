import { showSettings } from '../../app/documents/settings-document.ts';
import { MASKED } from '../../domain/secret.ts';
import type { TenantSip } from '../../domain/resync/plan.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Json } from '../collection.ts';

const presentSip = ({ proxy, account, realms }: TenantSip): Json => ({
  ...(proxy === undefined ? {} : { proxy }),
  ...(account === undefined ? {} : { account: { user: account.user, password: MASKED } }),
  realms,
});

export const presentTenant = (tenant: Tenant): Json => ({
  name: tenant.name,
  title: tenant.title,
  domains: tenant.domains,
  networks: tenant.networks,
  policy: tenant.policy,
  settings: showSettings(tenant.settings),
  ...(tenant.sip === undefined ? {} : { sip: presentSip(tenant.sip) }),
  httpUser: tenant.httpUser,
  httpPassword: MASKED,
});
