import { given } from '../../domain/fields.ts';
import type { Actor } from '../access/actor.ts';
import { noteAudit } from '../documents/save-document.ts';
import type { PlatformScope } from '../documents/scope.ts';
import type { Revocation } from '../ports.ts';

export interface Revoked {
  readonly kind: 'revoked' | 'known';
  readonly revocation: Revocation;
}

/**
 * One certificate counts as none from now on, at every process and on every connection. Its phone's other proofs still
 * count, and so does another certificate of the same phone; who shall get nothing at all is blocked instead.
 */
export async function revokeCertificate(
  scope: PlatformScope,
  actor: Actor,
  { fingerprint, note }: { readonly fingerprint: string; readonly note?: string | undefined },
): Promise<Revoked> {
  const { revocations } = scope.platform;
  const known = await revocations.byKey(fingerprint);
  if (known !== undefined) return { kind: 'known', revocation: known };
  const revocation: Revocation = {
    id: scope.crypto.id(),
    fingerprint,
    at: scope.at,
    by: actor.name,
    ...given({ note }),
  };
  const created = await revocations.create(revocation);
  if (!created.ok) throw new Error(`revocation of ${fingerprint} met another one`);
  await noteAudit(scope, actor, 'certificate.revoked', fingerprint, note);
  return { kind: 'revoked', revocation };
}

/** Takes a revocation back. */
export async function reinstateCertificate(
  scope: PlatformScope,
  actor: Actor,
  fingerprint: string,
): Promise<'reinstated' | 'unknown'> {
  const found = await scope.platform.revocations.byKey(fingerprint);
  if (found === undefined) return 'unknown';
  await scope.platform.revocations.remove(found.id);
  await noteAudit(scope, actor, 'certificate.reinstated', fingerprint, found.note);
  return 'reinstated';
}
