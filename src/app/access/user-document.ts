import { z } from 'zod';
import { given } from '../../domain/fields.ts';
import type { TenantId } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import { ROLES } from '../../domain/role.ts';
import { MASKED } from '../../domain/secret.ts';
import type { Person } from '../../domain/tenant.ts';
import { nameField, personName } from '../documents/fields.ts';
import { issue, type Issue } from '../documents/issue.ts';
import { lookUp, type Kind } from '../documents/kind.ts';
import type { PlatformScope } from '../documents/scope.ts';
import type { Repository, User } from '../ports.ts';
import { oidcFields, wrongWithOidc } from './oidc/user-fields.ts';
import type { Passwords } from './passwords.ts';

const MIN_PASSWORD = 10;

/** A new password. No rules but length: NIST SP 800-63B §5.1.1.2. */
export const newPassword = z
  .string()
  .min(MIN_PASSWORD, `must have at least ${MIN_PASSWORD} characters`)
  .max(256, 'must have at most 256 characters');

/** A password on its way in, or `***` for the one that is kept already. */
export const passwordField = z
  .string()
  .pipe(z.union([z.literal(MASKED), newPassword], { error: `must have ${MIN_PASSWORD} to 256 characters` }));

export const userDocument = z.strictObject({
  name: personName,
  role: z.enum(ROLES),
  /** Everybody's but an operator's; he sees nothing else. */
  tenant: nameField.optional(),
  /** Of the role `user`: the person whose phones are his. */
  person: personName.optional(),
  mayReveal: z.boolean().default(false),
  /** Left out: he signs in at the provider only. */
  password: passwordField.optional(),
  ...oidcFields,
});
export type UserDocument = z.output<typeof userDocument>;

function wrongWithRole({ role, tenant, person }: UserDocument): readonly Issue[] {
  const issues: Issue[] = [];
  if (role !== 'operator' && tenant === undefined) issues.push(issue(['tenant'], `must be given for the role ${role}`));
  if (role === 'operator' && tenant !== undefined)
    issues.push(issue(['tenant'], 'an operator belongs to no tenant: use the role admin', tenant));
  if (role === 'user' && person === undefined) issues.push(issue(['person'], 'must be given for the role user'));
  if (role !== 'user' && person !== undefined) issues.push(issue(['person'], 'is for the role user only', person));
  return issues;
}

/** Where a tenant's people are found. */
export type PeopleOf = (tenant: TenantId) => Pick<Repository<Person>, 'byKey'>;

/** The tenant and the person that the document names. */
async function findPlace(document: UserDocument, peopleOf: PeopleOf, scope: PlatformScope, issues: Issue[]) {
  const { tenants } = scope.platform;
  const tenant = await lookUp((key) => tenants.byKey(key), document.tenant, ['tenant'], 'tenant', issues);
  if (tenant === undefined) return {};
  const people = peopleOf(tenant.id);
  const person = await lookUp((key) => people.byKey(key), document.person, ['person'], 'person', issues);
  return given({ tenant: tenant.id, person: person?.id });
}

/** The hash to keep: that of before, where it is the same password. */
async function hashOf(password: string | undefined, before: string | undefined, passwords: Passwords) {
  if (password === undefined) return undefined;
  if (password === MASKED) return before;
  const same = before !== undefined && (await passwords.matches(password, before));
  return same ? before : passwords.hash(password);
}

/** A person or program that may log in. */
export const userKind = (passwords: Passwords, peopleOf: PeopleOf): Kind<UserDocument, User, PlatformScope> => ({
  name: 'user',
  document: userDocument,
  keyField: 'name',
  keyOf: (user) => user.name,
  repository: (scope) => scope.platform.users,
  read: async (document, before, scope) => {
    const issues = [...wrongWithRole(document), ...wrongWithOidc(document)];
    const kept = document.password === MASKED;
    if (kept && before?.passwordHash === undefined)
      issues.push(issue(['password'], 'there is no stored value that *** could keep'));
    const place = await findPlace(document, peopleOf, scope, issues);
    if (issues.length > 0) return err(issues);
    return ok({
      id: before?.id ?? scope.crypto.id(),
      name: document.name,
      role: document.role,
      ...place,
      ...(document.mayReveal ? { mayReveal: true as const } : {}),
      ...given({ passwordHash: await hashOf(document.password, before?.passwordHash, passwords) }),
      ...given({ oidc: document.oidc && given(document.oidc), oidcName: document.oidcName }),
    });
  },
});
