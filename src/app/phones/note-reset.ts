import type { Phone, PhoneState } from '../../domain/phone.ts';
import type { Actor } from '../access/actor.ts';
import { noteAudit } from '../documents/save-document.ts';
import type { TenantScope } from '../documents/scope.ts';

/**
 * An administrator says that the phone was reset or replaced: it holds nothing that it was ever given, so nothing is to be
 * cleared any more, and it has yet to fetch what it should have. No request of a phone may do this.
 */
export async function noteReset(scope: TenantScope, actor: Actor, phone: Phone): Promise<PhoneState> {
  const state = await scope.own.phones.updateState(phone.id, (before) => ({ ...before, given: [], served: {} }));
  await noteAudit(scope, actor, 'phone.reset', phone.name);
  return state;
}
