import { z } from 'zod';
import { TENANT_ROLES } from '../../domain/role.ts';
import type { Kind } from '../documents/kind.ts';
import type { TenantScope } from '../documents/scope.ts';
import type { User } from '../ports.ts';
import type { Passwords } from './passwords.ts';
import { userDocument, userKind } from './user-document.ts';

/**
 * A user as the administrator of his tenant writes him: of this tenant, and never an operator. Who he is at the OpenID provider is
 * the operator's to say: an identity counts in the whole system, and who claims a stranger's keeps him out.
 */
export const tenantUserDocument = userDocument.omit({ tenant: true, oidc: true, oidcName: true }).extend({
  role: z.enum(TENANT_ROLES, { error: `must be ${TENANT_ROLES.join(', ')}: an operator is of no tenant` }),
});
export type TenantUserDocument = z.output<typeof tenantUserDocument>;

/** A person or program of one tenant that may log in. */
export const tenantUserKind = (passwords: Passwords): Kind<TenantUserDocument, User, TenantScope> => ({
  name: 'user',
  document: tenantUserDocument,
  keyField: 'name',
  keyOf: (user) => user.name,
  repository: (scope) => scope.platform.users,
  read: (document, before, scope) => {
    const { oidc, oidcName } = before ?? {};
    const whole = { ...document, tenant: scope.tenant.name, oidc, oidcName };
    return userKind(passwords, () => scope.own.people).read(whole, before, scope);
  },
});
