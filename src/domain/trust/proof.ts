import type { PhoneId, TenantId } from '../ids.ts';

/** How strong a proof is; see `CLASS_NEEDS` for what each level earns. */
export type ProofLevel = 0 | 1 | 2 | 3 | 4;

/** One thing in a request that shows who is asking. A proof names a tenant, or a phone and through it its tenant. */
export type Proof =
  | { readonly kind: 'place'; readonly tenant: TenantId }
  | { readonly kind: 'tenant_token'; readonly tenant: TenantId }
  | { readonly kind: 'tenant_password'; readonly tenant: TenantId }
  | { readonly kind: 'generic_certificate' }
  | { readonly kind: 'phone_token'; readonly tenant: TenantId; readonly phone: PhoneId }
  | { readonly kind: 'phone_password'; readonly tenant: TenantId; readonly phone: PhoneId }
  | { readonly kind: 'certificate'; readonly tenant: TenantId; readonly phone: PhoneId };

export type ProofKind = Proof['kind'];

const LEVEL = {
  place: 1,
  tenant_token: 2,
  tenant_password: 2,
  generic_certificate: 2,
  phone_token: 3,
  phone_password: 3,
  certificate: 4,
} as const satisfies Record<ProofKind, ProofLevel>;

export const levelOf = (proof: Proof): ProofLevel => LEVEL[proof.kind];

const tenantOf = (proof: Proof): TenantId | undefined => ('tenant' in proof ? proof.tenant : undefined);
const phoneOf = (proof: Proof): PhoneId | undefined => ('phone' in proof ? proof.phone : undefined);

const disagree = (named: readonly (string | undefined)[]): boolean =>
  new Set(named.filter((one) => one !== undefined)).size > 1;

/** Proofs that name different phones or tenants prove nothing: the request is refused. Where a phone stands is no claim of it. */
export function contradict(proofs: readonly Proof[]): boolean {
  if (proofs.length < 2) return false;
  const claims = proofs.filter((proof) => proof.kind !== 'place');
  return disagree(claims.map(tenantOf)) || disagree(claims.map(phoneOf));
}

/** The strongest proof that speaks for this phone of this tenant. A generic certificate shows membership, of no tenant in particular. */
export function strongestFor(proofs: readonly Proof[], phone: PhoneId, tenant: TenantId): Proof | undefined {
  let strongest: Proof | undefined;
  for (const proof of proofs) {
    const speaksForIt = (phoneOf(proof) ?? phone) === phone && (tenantOf(proof) ?? tenant) === tenant;
    if (speaksForIt && (strongest === undefined || levelOf(proof) > levelOf(strongest))) strongest = proof;
  }
  return strongest;
}
