import type { Phone } from '../../domain/phone.ts';
import type { ContentClass } from '../../domain/tenant.ts';
import type { Actor } from '../access/actor.ts';
import { without } from '../../domain/fields.ts';
import { unversioned } from '../documents/kind.ts';
import type { Saved } from '../documents/save-document.ts';
import type { TenantScope } from '../documents/scope.ts';
import type { Versioned } from '../ports.ts';
import { updatePhone } from './update-phone.ts';

/** Lowers what this phone must prove, for a time, under the administrator's name. */
export function openWindow(
  scope: TenantScope,
  actor: Actor,
  before: Versioned<Phone>,
  { content, minutes }: { readonly content: ContentClass; readonly minutes: number },
): Promise<Saved<Phone>> {
  const until = new Date(new Date(scope.at).getTime() + minutes * 60_000).toISOString();
  return updatePhone(scope, actor, 'phone.window_opened', before, {
    ...unversioned<Phone>(before),
    window: { content, until, by: actor.name },
  });
}

/** Ends an open window at once. */
export function closeWindow(scope: TenantScope, actor: Actor, before: Versioned<Phone>): Promise<Saved<Phone>> {
  const closed: Phone = without(unversioned<Phone>(before), 'window');
  return updatePhone(scope, actor, 'phone.window_closed', before, closed);
}
