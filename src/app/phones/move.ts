import { given } from '../../domain/fields.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Phone } from '../../domain/phone.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { maySee, type Actor } from '../access/actor.ts';
import { issue, type Issue } from '../documents/issue.ts';
import { openPlatform, openTenant, type DocumentPorts } from '../documents/open-scope.ts';
import { phoneDocument, phoneKind } from '../documents/phone-document.ts';
import { noteAudit } from '../documents/save-document.ts';
import type { PlatformScope, TenantScope } from '../documents/scope.ts';
import type { Store, Versioned, WriteConflict } from '../ports.ts';

export interface Move {
  readonly from: TenantId;
  readonly find: (scope: TenantScope) => Promise<Versioned<Phone> | undefined>;
  /** Name of the tenant that has it next. */
  readonly to: string;
}

export type Moved =
  | { readonly kind: 'moved'; readonly phone: Versioned<Phone>; readonly tenant: Tenant }
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] }
  | { readonly kind: 'conflict'; readonly error: WriteConflict };

/** The device itself, as somebody writes down who has never seen it: nothing that its tenant wrote, drew or gave it. */
const deviceOf = ({ mac, serial, name, vendor, model, sidecars, firmware, blocked }: Phone): unknown =>
  given({
    mac,
    serial,
    name: mac === undefined && serial === undefined ? name : undefined,
    vendor,
    model,
    sidecars,
    firmware,
    blocked,
  });

async function openNamed(
  store: Store,
  scope: PlatformScope,
  actor: Actor,
  name: string,
): Promise<TenantScope | undefined> {
  const tenant = await store.platform.tenants.byKey(name);
  return tenant === undefined || !maySee(actor, tenant.id)
    ? undefined
    : openTenant(scope, tenant, store.tenant(tenant.id));
}

/** Out of the one, into the other: the same as removing and making it again, so that no reference or credential comes along. */
async function carry(actor: Actor, phone: Versioned<Phone>, from: TenantScope, to: TenantScope): Promise<Moved> {
  const read = await phoneKind.read(phoneDocument.parse(deviceOf(phone)), undefined, to);
  if (!read.ok) return { kind: 'invalid', issues: read.error };
  if ((await to.own.phones.byKey(phone.name)) !== undefined)
    return { kind: 'conflict', error: { kind: 'taken', field: 'name', value: phone.name } };
  const removed = await from.own.phones.remove(phone.id);
  if (!removed.ok) return { kind: 'conflict', error: removed.error };
  const created = await to.own.phones.create(read.value);
  if (!created.ok) throw new Error(`phone ${phone.name} is in the way of itself: ${created.error.kind}`);
  // Neither tenant's log names the other.
  await noteAudit(from, actor, 'phone.moved_away', phone.name);
  await noteAudit(to, actor, 'phone.moved_in', phone.name);
  return { kind: 'moved', phone: created.value, tenant: to.tenant };
}

/**
 * A device changes hands. Its old URL, password and lines are worth nothing at once; what it was given is remembered by the
 * store, so that its first file from here clears what its old tenant left on it.
 */
export const movePhone =
  (ports: DocumentPorts) =>
  (actor: Actor, { from, find, to }: Move): Promise<Moved> =>
    ports.store.transaction(
      async (store) => {
        const platform = openPlatform(ports, store.platform, actor);
        const tenant = await store.platform.tenants.byId(from);
        const old = tenant && openTenant(platform, tenant, store.tenant(from));
        const phone = old && (await find(old));
        if (old === undefined || phone === undefined) return { kind: 'absent' };
        const next = await openNamed(store, platform, actor, to);
        if (next === undefined || next.tenant.id === from) {
          const wrong = next === undefined ? 'is no tenant' : 'has this phone already';
          return { kind: 'invalid', issues: [issue(['to'], wrong, to)] };
        }
        return carry(actor, phone, old, next);
      },
      [from],
    );
