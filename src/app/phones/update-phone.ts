import type { Phone } from '../../domain/phone.ts';
import type { Actor } from '../access/actor.ts';
import { changesBetween } from '../documents/audit-changes.ts';
import type { Issue } from '../documents/issue.ts';
import { unversioned } from '../documents/kind.ts';
import { changedFields, noteAudit, type Saved } from '../documents/save-document.ts';
import { same } from '../documents/same.ts';
import type { TenantScope } from '../documents/scope.ts';
import type { Versioned } from '../ports.ts';

/** Keeps a phone that an action, not a document, has changed; noted under the action's own name. */
export async function updatePhone(
  scope: TenantScope,
  actor: Actor,
  what: string,
  before: Versioned<Phone>,
  after: Phone,
  issues: readonly Issue[] = [],
): Promise<Saved<Phone>> {
  if (issues.length > 0) return { kind: 'invalid', issues };
  const old = unversioned<Phone>(before);
  if (same(old, after)) return { kind: 'unchanged', object: before };
  const written = await scope.own.phones.replace(after, before.version);
  if (!written.ok) return { kind: 'conflict', error: written.error };
  await noteAudit(scope, actor, what, after.name, changedFields(old, after), await changesBetween(old, after, scope));
  return { kind: 'changed', object: written.value };
}
