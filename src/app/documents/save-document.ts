import type { Actor } from '../access/actor.ts';
import type { AuditChange, Repository, Versioned, WriteConflict } from '../ports.ts';
import type { Issue } from './issue.ts';
import { issuesOf } from './issue.ts';
import { unversioned, type Kind } from './kind.ts';
import { same } from './same.ts';
import { isTenantScope, type PlatformScope } from './scope.ts';

export type Saved<T> =
  | { readonly kind: 'created' | 'changed' | 'unchanged'; readonly object: Versioned<T> }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] }
  | { readonly kind: 'conflict'; readonly error: WriteConflict };

const MAX_DETAIL = 1000;

/** Notes in the audit log who did what to which object. What somebody did who belongs to a tenant is that tenant's to see. */
export async function noteAudit(
  scope: PlatformScope,
  actor: Actor,
  what: string,
  object: string,
  detail?: string,
  changes: readonly AuditChange[] = [],
): Promise<void> {
  const tenant = isTenantScope(scope) ? scope.tenant.id : actor.tenant;
  await scope.platform.audit({
    at: scope.at,
    who: actor.name,
    from: actor.from,
    what,
    object,
    ...(tenant === undefined ? {} : { tenant }),
    ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL) }),
    ...(changes.length === 0 ? {} : { changes }),
  });
}

/** Names of the fields in which two states of an object differ. */
export function changedFields(before: object, after: object): string {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return Array.from(new Set([...old.keys(), ...now.keys()]))
    .filter((name) => !same(old.get(name), now.get(name)))
    .join(', ');
}

async function write<T extends { readonly id: string }>(
  repository: Repository<T>,
  before: Versioned<T> | undefined,
  after: T,
): Promise<Saved<T>> {
  if (before !== undefined && same(unversioned<T>(before), after)) return { kind: 'unchanged', object: before };
  const result =
    before === undefined ? await repository.create(after) : await repository.replace(after, before.version);
  return result.ok
    ? { kind: before === undefined ? 'created' : 'changed', object: result.value }
    : { kind: 'conflict', error: result.error };
}

/** Checks what somebody wrote and keeps it. The same document again changes nothing. */
export async function saveDocument<Document, T extends { readonly id: string }, Scope extends PlatformScope>(
  kind: Kind<Document, T, Scope>,
  scope: Scope,
  input: unknown,
  before: Versioned<T> | undefined,
): Promise<Saved<T>> {
  const parsed = kind.document.safeParse(input);
  if (!parsed.success) return { kind: 'invalid', issues: issuesOf(parsed.error, input) };
  const old = before === undefined ? undefined : unversioned<T>(before);
  const read = await kind.read(parsed.data, old, scope);
  return read.ok ? write(kind.repository(scope), before, read.value) : { kind: 'invalid', issues: read.error };
}
