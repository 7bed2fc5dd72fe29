import { z } from 'zod';
import { TENANT_ROLES } from '../../domain/role.ts';
import type { Kind } from '../documents/kind.ts';
import type { TenantScope } from '../documents/scope.ts';
import type { User } from '../ports.ts';
import type { Passwords } from './passwords.ts';
import { userDocument, userKind } from './user-document.ts';

/** A user as the administrator of his tenant writes him: of this tenant, and never an operator. */
export const tenantUserDocument = userDocument.omit({ tenant: true }).extend({
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
  read: (document, before, scope) =>
    userKind(passwords, () => scope.own.people).read({ ...document, tenant: scope.tenant.name }, before, scope),
});
