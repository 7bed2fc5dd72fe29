import { z } from 'zod';
import type { GroupId, PersonId } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import type { Person } from '../../domain/tenant.ts';
import { nameField, personName, titleField } from './fields.ts';
import type { Issue } from './issue.ts';
import { lookUp, type Kind } from './kind.ts';
import type { TenantScope } from './scope.ts';

export const personDocument = z.strictObject({
  name: personName,
  displayName: titleField.default(''),
  email: z.email().max(254).optional(),
  groups: z.array(nameField).max(64).default([]),
  profile: nameField.optional(),
});
export type PersonDocument = z.output<typeof personDocument>;

export const personKind: Kind<PersonDocument, Person, TenantScope> = {
  name: 'person',
  document: personDocument,
  keyField: 'name',
  keyOf: (person) => person.name,
  repository: (scope) => scope.own.people,
  read: async (document, before, scope) => {
    const { own } = scope;
    const issues: Issue[] = [];
    const groups: GroupId[] = [];
    for (const [index, name] of document.groups.entries()) {
      const group = await lookUp((key) => own.groups.byKey(key), name, ['groups', index], 'group', issues);
      if (group !== undefined && !groups.includes(group.id)) groups.push(group.id);
    }
    const profile = await lookUp((key) => own.profiles.byKey(key), document.profile, ['profile'], 'profile', issues);
    if (issues.length > 0) return err(issues);
    return ok({
      // `as`: the constructor of the id.
      id: before?.id ?? (scope.crypto.id() as PersonId),
      name: document.name,
      displayName: document.displayName,
      ...(document.email === undefined ? {} : { email: document.email }),
      groups,
      ...(profile === undefined ? {} : { profile: profile.id }),
    });
  },
};
