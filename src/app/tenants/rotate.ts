import { Secret } from '../../domain/secret.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Actor } from '../access/actor.ts';
import { unversioned } from '../documents/kind.ts';
import { noteAudit, type Saved } from '../documents/save-document.ts';
import { PASSWORD_BITS, TOKEN_BITS } from '../documents/tenant-document.ts';
import type { TenantScope } from '../documents/scope.ts';
import type { Versioned } from '../ports.ts';
import type { Credential } from '../phones/rotate.ts';

/** Draws new credentials of the tenant; its phones must be told of them. */
export async function rotateTenant(
  scope: TenantScope,
  actor: Actor,
  before: Versioned<Tenant>,
  which: readonly Credential[],
): Promise<Saved<Tenant>> {
  const written = await scope.platform.tenants.replace(
    {
      ...unversioned<Tenant>(before),
      ...(which.includes('token') ? { token: new Secret(scope.crypto.token(TOKEN_BITS)) } : {}),
      ...(which.includes('http') ? { httpPassword: new Secret(scope.crypto.token(PASSWORD_BITS)) } : {}),
    },
    before.version,
  );
  if (!written.ok) return { kind: 'conflict', error: written.error };
  await noteAudit(scope, actor, 'tenant.rotated', before.name, which.join(', '));
  return { kind: 'changed', object: written.value };
}
