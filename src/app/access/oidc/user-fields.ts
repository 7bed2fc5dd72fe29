import { z } from 'zod';
import { issue, type Issue } from '../../documents/issue.ts';

/** Claims are compared as they stand: no case folded, nothing trimmed. */
const claimText = z.string().min(1).max(255);

/** Of a user: who he is at the OpenID provider. */
export const oidcFields = {
  /** `subject` is case sensitive and has at most 255 characters (OpenID Connect Core 1.0 §2). */
  oidc: z
    .strictObject({
      issuer: z.url({ protocol: /^https?$/, error: 'must be the URL of the provider' }).max(255),
      subject: claimText,
      /** His role and tenant were given by the provider, and end when it gives them no longer. */
      roleFromProvider: z.literal(true).optional(),
    })
    .optional(),
  /** Who comes with this name first is he; from then on only that identity. */
  oidcName: claimText.optional(),
} as const;

interface WayIn {
  readonly password?: unknown;
  readonly oidc?: unknown;
  readonly oidcName?: string | undefined;
}

/** A user whom nobody can be is a mistake: a password that was forgotten, say. */
export function wrongWithOidc({ password, oidc, oidcName }: WayIn): readonly Issue[] {
  if (oidc !== undefined && oidcName !== undefined)
    return [issue(['oidcName'], 'is for a user who is not tied to an identity yet', oidcName)];
  if (password === undefined && oidc === undefined && oidcName === undefined)
    return [issue(['password'], 'must be given, where neither oidc nor oidcName is')];
  return [];
}
