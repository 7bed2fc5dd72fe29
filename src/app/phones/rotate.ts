import { Secret } from '../../domain/secret.ts';
import type { Phone } from '../../domain/phone.ts';
import type { Actor } from '../access/actor.ts';
import { unversioned } from '../documents/kind.ts';
import { PASSWORD_BITS, TOKEN_BITS } from '../documents/tenant-document.ts';
import type { Saved } from '../documents/save-document.ts';
import type { TenantScope } from '../documents/scope.ts';
import type { Versioned } from '../ports.ts';
import { updatePhone } from './update-phone.ts';

export type Credential = 'token' | 'http';

/** Draws new credentials; the old ones prove nothing from then on. */
export const rotateCredentials = (
  scope: TenantScope,
  actor: Actor,
  before: Versioned<Phone>,
  which: readonly Credential[],
): Promise<Saved<Phone>> =>
  updatePhone(scope, actor, 'phone.rotated', before, {
    ...unversioned<Phone>(before),
    ...(which.includes('token') ? { token: new Secret(scope.crypto.token(TOKEN_BITS)) } : {}),
    ...(which.includes('http') ? { httpPassword: new Secret(scope.crypto.token(PASSWORD_BITS)) } : {}),
  });
