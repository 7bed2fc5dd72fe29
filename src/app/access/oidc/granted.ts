import type { Claims, OidcRules, TenantRole } from './identity-provider.ts';

const isObject = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** A claim by its name, which may be a URL with dots in it, or by a path: `realm_access.roles`, as Keycloak has it. */
export const claimAt = (claims: Claims, name: string): unknown =>
  own(claims, name) ?? name.split('.').reduce<unknown>(own, claims);

/** The person's name at the provider; undefined where it has none that can be relied on. */
export function nameOf(claims: Claims, userClaim: string): string | undefined {
  const name = claimAt(claims, userClaim);
  if (typeof name !== 'string' || name === '') return undefined;
  // Where anybody can enter any address, an address proves nothing (OpenID Connect Core 1.0 §5.1, §5.7).
  if (userClaim === 'email' && claims['email_verified'] !== true) return undefined;
  return name;
}

/** What the provider gives: every row whose value is in the claim, in the order of the table. */
export function grantedRoles(claims: Claims, { roleClaim, roles }: OidcRules): readonly TenantRole[] {
  if (roleClaim === undefined) return [];
  const values = [claimAt(claims, roleClaim)].flat();
  return roles.filter(({ value }) => values.includes(value));
}
