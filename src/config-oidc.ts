import { z } from 'zod';
import { Secret } from './domain/secret.ts';
import { slug } from './domain/tenant.ts';

/** Encrypted, but to this machine itself. `text` is a URL already. */
function isSafeUrl(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));
}
const safeUrl = z
  .url({ error: 'must be a URL', abort: true })
  .refine(isSafeUrl, { error: 'must be https (http to loopback only)', abort: true });

/** One row of the table from the provider's words to ours. */
const oidcRole = z
  .strictObject({
    value: z.string().min(1),
    // A user's phones are those of a person, whom the provider does not know.
    role: z.enum(['operator', 'admin', 'csr']),
    tenant: slug.optional(),
  })
  .superRefine(({ role, tenant }, ctx) => {
    if ((role === 'operator') === (tenant === undefined)) return;
    const message = role === 'operator' ? 'an operator belongs to no tenant' : `must be given for the role ${role}`;
    ctx.addIssue({ code: 'custom', path: ['tenant'], message });
  });

/** What must go together: the entry at fault, and why. */
type Fault = readonly [path: string, message: string];

function faultsOf(oidc: {
  readonly clientSecret?: unknown;
  readonly clientSecretFile?: unknown;
  readonly roleClaim?: unknown;
  readonly roles: readonly unknown[];
  readonly autoCreate: boolean;
}): readonly Fault[] {
  const faults: Fault[] = [];
  if ((oidc.clientSecret === undefined) === (oidc.clientSecretFile === undefined))
    faults.push(['clientSecret', 'give either this or clientSecretFile']);
  if (oidc.roles.length > 0 && oidc.roleClaim === undefined)
    faults.push(['roleClaim', 'must be given where there are roles']);
  if (oidc.roles.length === 0 && oidc.roleClaim !== undefined)
    faults.push(['roles', 'must be given where there is a roleClaim']);
  if (oidc.autoCreate && oidc.roles.length === 0) faults.push(['autoCreate', 'needs roleClaim and roles']);
  return faults;
}

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** The provider at which people sign in, as the configuration names it. */
export const oidc = z
  .strictObject({
    /** As the provider writes it in its tokens. */
    issuer: safeUrl.refine((text) => !/[?#]/.test(text), 'must have no query and no fragment'),
    clientId: z.string().min(1),
    clientSecret: z
      .string()
      .min(1)
      .transform((text) => new Secret(text))
      .optional(),
    clientSecretFile: z.string().min(1).optional(),
    /** What the button says. */
    title: z.string().min(1).max(80),
    /** Under which browsers reach the admin door: a Host header may be anybody's word. */
    publicUrl: safeUrl
      .refine((text) => new URL(text).href === `${new URL(text).origin}/`, 'must be an origin, without a path')
      .transform((text) => new URL(text).origin),
    scopes: z
      .array(z.string().regex(SCOPE, 'must be a scope'))
      .refine((scopes) => scopes.includes('openid'), 'must have openid among them')
      .default(['openid', 'profile', 'email']),
    userClaim: z.string().min(1).default('preferred_username'),
    roleClaim: z.string().min(1).optional(),
    roles: z.array(oidcRole).default([]),
    autoCreate: z.boolean().default(false),
  })
  .superRefine((entry, ctx) => {
    for (const [path, message] of faultsOf(entry)) ctx.addIssue({ code: 'custom', path: [path], message });
  });
export type OidcConfig = z.output<typeof oidc>;

/** Its entries have no default; the environment has to find them all the same. */
export const OIDC_SHAPE = Object.fromEntries(Object.keys(oidc.shape).map((name) => [name, '']));
