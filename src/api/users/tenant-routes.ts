import { z } from 'zod';
import { isOperator, type Actor } from '../../app/access/actor.ts';
import { isLastOfRole } from '../../app/access/last-of-role.ts';
import { tenantUserKind } from '../../app/access/tenant-user-document.ts';
import { valueAt } from '../../app/documents/issue.ts';
import type { TenantScope } from '../../app/documents/scope.ts';
import type { User } from '../../app/ports.ts';
import { without } from '../../domain/fields.ts';
import { TENANT_ROLES } from '../../domain/role.ts';
import { actorOf, type Api } from '../api.ts';
import { offerCollection } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import { tenantAccess } from '../scopes.ts';
import { endingTokens } from './ending-tokens.ts';
import { presentUser, requireReveal, shownUser } from './routes.ts';

export const shownTenantUser = shownUser
  .omit({ tenant: true })
  .extend({ role: z.enum(TENANT_ROLES) })
  .meta({ id: 'TenantUser' });

/** What is no role at all is refused as such, not as one that is too low. */
const isBelowAdmin = (role: unknown): boolean => TENANT_ROLES.some((one) => one === role && one !== 'admin');

/** A tenant's own people leave it somebody who administers it; the operator, who can always make another one, need not. */
async function requireAnotherAdmin(user: User, actor: Actor, { platform, tenant }: TenantScope): Promise<void> {
  if (user.role !== 'admin' || isOperator(actor)) return;
  if (await isLastOfRole(user, (page) => platform.users.ofTenant(tenant.id, page)))
    throw new Problem('last-administrator');
}

/**
 * Users of one tenant, for its administrators. Everybody else's answer as if there were none. A name is unique in the whole
 * system, so one that is taken may be another tenant's; whose it is is not told.
 */
export function tenantUserRoutes(app: Api, deps: ApiDeps): void {
  offerCollection(app, {
    kind: tenantUserKind(deps.passwords),
    path: '/tenants/:tenant/users',
    parameter: 'user',
    tag: 'users',
    access: endingTokens(tenantAccess(deps)),
    shown: shownTenantUser,
    present: async (user, scope) => without(await presentUser(deps)(user, scope), 'tenant'),
    readOnly: ['oidc', 'oidcName'],
    find: async (name, { platform, tenant }) => {
      const user = await platform.users.byKey(name);
      return user?.tenant === tenant.id ? user : undefined;
    },
    list: (page, { platform, tenant }) => platform.users.ofTenant(tenant.id, page),
    mayWrite: async (document, before, request, scope) => {
      requireReveal(document, before, request);
      if (before !== undefined && isBelowAdmin(valueAt(document, ['role'])))
        await requireAnotherAdmin(before, actorOf(request), scope);
    },
    mayRemove: (user, scope, request) => requireAnotherAdmin(user, actorOf(request), scope),
  });
}
