import type { TenantId } from '../../domain/ids.ts';
import type { Actor } from '../access/actor.ts';
import type { Versioned, WriteConflict } from '../ports.ts';
import { changesBetween } from './audit-changes.ts';
import { unversioned, type Kind } from './kind.ts';
import { openPlatform, openTenant, type DocumentPorts } from './open-scope.ts';
import { changedFields, noteAudit, saveDocument, type Saved } from './save-document.ts';
import type { PlatformScope, TenantScope } from './scope.ts';

/** What the writer expects to find: nothing, anything, or the state he has read. */
export type Expectation<T> = (before: Versioned<T> | undefined) => boolean;

export interface Change<T, Scope> {
  readonly find: (scope: Scope) => Promise<Versioned<T> | undefined>;
  /** The whole document; made from what is kept where only a part of it is sent. `absent` ends it where there is nothing to patch. */
  readonly document: (before: Versioned<T> | undefined, scope: Scope) => Promise<unknown>;
  readonly expects: Expectation<T>;
}

export type Changed<T> = Saved<T> | { readonly kind: 'absent' } | { readonly kind: 'unexpected' };

/** Runs `work` in one transaction within the platform's scope. */
export const inPlatform =
  (ports: DocumentPorts) =>
  <R>(actor: Actor, work: (scope: PlatformScope) => Promise<R>): Promise<R> =>
    ports.store.transaction((store) => work(openPlatform(ports, store.platform, actor)));

/** Runs `work` in one transaction within a tenant's scope; undefined when the tenant has gone meanwhile. */
export const inTenant =
  (ports: DocumentPorts) =>
  <R>(actor: Actor, tenant: TenantId, work: (scope: TenantScope) => Promise<R>): Promise<R | undefined> =>
    ports.store.transaction(
      async (store) => {
        const found = await store.platform.tenants.byId(tenant);
        if (found === undefined) return undefined;
        return work(openTenant(openPlatform(ports, store.platform, actor), found, store.tenant(tenant)));
      },
      [tenant],
    );

/** Saves one object within a scope that is open, and notes it. */
export async function changeObject<Document, T extends { readonly id: string }, Scope extends PlatformScope>(
  kind: Kind<Document, T, Scope>,
  scope: Scope,
  actor: Actor,
  change: Change<T, Scope>,
): Promise<Changed<T>> {
  const before = await change.find(scope);
  if (!change.expects(before)) return { kind: 'unexpected' };
  const document = await change.document(before, scope);
  if (document === undefined) return { kind: 'absent' };
  const saved = await saveDocument(kind, scope, document, before);
  if (saved.kind === 'created' || saved.kind === 'changed') {
    const [old, now] = [before === undefined ? undefined : unversioned<T>(before), unversioned<T>(saved.object)];
    const detail = old === undefined ? undefined : changedFields(old, now);
    const changes = await changesBetween(old, now, scope);
    await noteAudit(scope, actor, `${kind.name}.${saved.kind}`, kind.keyOf(saved.object), detail, changes);
  }
  return saved;
}

export type Removed =
  { readonly kind: 'removed' | 'absent' | 'unexpected' } | { readonly kind: 'conflict'; readonly error: WriteConflict };

/** Removes one object within a scope that is open, and notes it. */
export async function removeObject<Document, T extends { readonly id: string }, Scope extends PlatformScope>(
  kind: Kind<Document, T, Scope>,
  scope: Scope,
  actor: Actor,
  { find, expects }: Pick<Change<T, Scope>, 'find' | 'expects'>,
): Promise<Removed> {
  const before = await find(scope);
  if (!expects(before)) return { kind: 'unexpected' };
  if (before === undefined) return { kind: 'absent' };
  const removed = await kind.repository(scope).remove(before.id);
  if (!removed.ok) return { kind: 'conflict', error: removed.error };
  const changes = await changesBetween(unversioned<T>(before), undefined, scope);
  await noteAudit(scope, actor, `${kind.name}.removed`, kind.keyOf(before), undefined, changes);
  return { kind: 'removed' };
}
