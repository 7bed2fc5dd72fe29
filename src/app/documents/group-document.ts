import { z } from 'zod';
import type { GroupId } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import type { Group } from '../../domain/tenant.ts';
import { nameField, titleField } from './fields.ts';
import { issue, type Issue } from './issue.ts';
import { lookUp, type Kind } from './kind.ts';
import type { TenantScope } from './scope.ts';

export const groupDocument = z.strictObject({
  name: nameField,
  title: titleField.default(''),
  parent: nameField.optional(),
  profile: nameField.optional(),
  forProvisioning: z.boolean().default(false),
});
export type GroupDocument = z.output<typeof groupDocument>;

const MAX_DEPTH = 16;

/** Whether the groups around `parent` lead back to the group itself, or lie deeper than any layer reaches. */
async function wrongWithParent(
  group: Group | undefined,
  parent: Group,
  scope: TenantScope,
): Promise<string | undefined> {
  let next: Group | undefined = parent;
  for (let depth = 1; next !== undefined; depth++) {
    if (next.id === group?.id) return 'lies inside the group itself';
    if (depth >= MAX_DEPTH) return `lies deeper than ${MAX_DEPTH} groups`;
    next = next.parent === undefined ? undefined : await scope.own.groups.byId(next.parent);
  }
  return undefined;
}

export const groupKind: Kind<GroupDocument, Group, TenantScope> = {
  name: 'group',
  document: groupDocument,
  keyField: 'name',
  keyOf: (group) => group.name,
  repository: (scope) => scope.own.groups,
  read: async (document, before, scope) => {
    const { own } = scope;
    const issues: Issue[] = [];
    const parent = await lookUp((key) => own.groups.byKey(key), document.parent, ['parent'], 'group', issues);
    const profile = await lookUp((key) => own.profiles.byKey(key), document.profile, ['profile'], 'profile', issues);
    const wrong = parent === undefined ? undefined : await wrongWithParent(before, parent, scope);
    if (wrong !== undefined) issues.push(issue(['parent'], wrong, document.parent));
    if (issues.length > 0) return err(issues);
    return ok({
      // `as`: the constructor of the id.
      id: before?.id ?? (scope.crypto.id() as GroupId),
      name: document.name,
      title: document.title,
      ...(parent === undefined ? {} : { parent: parent.id }),
      ...(profile === undefined ? {} : { profile: profile.id }),
      forProvisioning: document.forProvisioning,
    });
  },
};
