import { z } from 'zod';
import { err, ok } from '../../domain/result.ts';
import { MASKED } from '../../domain/secret.ts';
import { nameField, personName } from '../documents/fields.ts';
import { issue, type Issue } from '../documents/issue.ts';
import { lookUp, type Kind } from '../documents/kind.ts';
import type { PlatformScope } from '../documents/scope.ts';
import type { User } from '../ports.ts';
import type { Passwords } from './passwords.ts';

const MIN_PASSWORD = 10;

/** A password on its way in. No rules but length: NIST SP 800-63B §5.1.1.2. */
export const passwordField = z
  .string()
  .refine((text) => text === MASKED || text.length >= MIN_PASSWORD, `must have at least ${MIN_PASSWORD} characters`)
  .refine((text) => text.length <= 256, 'must have at most 256 characters');

export const userDocument = z.strictObject({
  name: personName,
  role: z.enum(['operator', 'admin']),
  /** An administrator's tenant; he sees nothing else. */
  tenant: nameField.optional(),
  password: passwordField,
});
export type UserDocument = z.output<typeof userDocument>;

function wrongWithRole({ role, tenant }: UserDocument): Issue | undefined {
  if (role === 'admin' && tenant === undefined) return issue(['tenant'], 'must be given for an admin');
  if (role === 'operator' && tenant !== undefined)
    return issue(['tenant'], 'an operator belongs to no tenant: use the role admin', tenant);
  return undefined;
}

/** A person or program that administers. */
export const userKind = (passwords: Passwords): Kind<UserDocument, User, PlatformScope> => ({
  name: 'user',
  document: userDocument,
  keyField: 'name',
  keyOf: (user) => user.name,
  repository: (scope) => scope.platform.users,
  read: async (document, before, scope) => {
    const issues: Issue[] = [];
    const wrong = wrongWithRole(document);
    if (wrong !== undefined) issues.push(wrong);
    const kept = document.password === MASKED;
    if (kept && before === undefined) issues.push(issue(['password'], 'there is no stored value that *** could keep'));
    const tenant = await lookUp(
      (key) => scope.platform.tenants.byKey(key),
      document.tenant,
      ['tenant'],
      'tenant',
      issues,
    );
    if (issues.length > 0) return err(issues);
    const same = before !== undefined && (kept || (await passwords.matches(document.password, before.passwordHash)));
    return ok({
      id: before?.id ?? scope.crypto.id(),
      name: document.name,
      role: document.role,
      ...(tenant === undefined ? {} : { tenant: tenant.id }),
      passwordHash: same ? before.passwordHash : await passwords.hash(document.password),
    });
  },
});
