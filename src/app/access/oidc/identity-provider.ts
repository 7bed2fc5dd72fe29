import type { Role } from '../../../domain/role.ts';

/** What an ID token or the userinfo endpoint says of somebody. Nothing is known of its form. */
export type Claims = Readonly<Record<string, unknown>>;

/** Somebody whom the configured provider has vouched for: everything about the token has been checked. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
}

/** One sign-in on its way, as the browser that began it holds it; nobody else can read or make one. */
export interface Flow {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636 §4.1. */
  readonly verifier: string;
  /** Where the browser goes afterwards: a path of ours. */
  readonly next: string;
  readonly until: string;
  /** Of the memory in which its use is noted. */
  readonly epoch: string;
}

export interface Unavailable {
  readonly kind: 'unavailable';
  readonly reason: string;
  readonly retryAfterSeconds: number;
}

/** The provider as the use cases see it. */
export interface IdentityProvider {
  /** Where the browser is sent to. */
  begin(flow: Flow): Promise<{ readonly kind: 'begun'; readonly url: string } | Unavailable>;
  /** What the answer that the browser brought back is worth. */
  redeem(
    answer: URLSearchParams,
    flow: Flow,
  ): Promise<
    | { readonly kind: 'identity'; readonly identity: Identity }
    | { readonly kind: 'refused'; readonly reason: string }
    | Unavailable
  >;
}

/** A role, and the tenant's name where it belongs to one. */
export interface TenantRole {
  readonly role: Role;
  readonly tenant?: string;
}

/** What the configuration says of who may sign in. */
export interface OidcRules {
  readonly userClaim: string;
  readonly roleClaim?: string;
  readonly roles: readonly (TenantRole & { readonly value: string })[];
  readonly autoCreate: boolean;
}
