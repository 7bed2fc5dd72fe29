import { readFile } from 'node:fs/promises';
import type { Oidc } from '../api/deps.ts';
import { OIDC_PATH } from '../api/sessions/oidc/routes.ts';
import type { Clock, NonceUses } from '../app/ports.ts';
import type { Config } from '../config.ts';
import type { OidcConfig } from '../config-oidc.ts';
import { given } from '../domain/fields.ts';
import { Secret } from '../domain/secret.ts';

/** The client's secret from the configuration or its file, without the line break that editors leave at the end. */
async function secretOf({ clientSecret, clientSecretFile = '' }: OidcConfig): Promise<Secret> {
  if (clientSecret !== undefined) return clientSecret;
  try {
    const text = (await readFile(clientSecretFile, 'utf8')).trimEnd();
    if (text !== '') return new Secret(text);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new Error(`oidc.clientSecretFile: ${clientSecretFile} cannot be read: ${reason}`, { cause });
  }
  throw new Error(`oidc.clientSecretFile: ${clientSecretFile} is empty`);
}

/** The provider that the configuration names. It is not asked for anything before somebody signs in. */
export async function openOidc({ oidc }: Config, nonces: NonceUses, clock: Clock): Promise<{ readonly oidc?: Oidc }> {
  if (oidc === undefined) return {};
  const { issuer, clientId, title, publicUrl, scopes, userClaim, roleClaim, roles, autoCreate } = oidc;
  // Loaded where there is a provider only: the OpenID library takes megabytes.
  const { openidProvider } = await import('../api/sessions/oidc/openid-provider.ts');
  const clientSecret = await secretOf(oidc);
  const redirectUri = `${publicUrl}${OIDC_PATH}/callback`;
  const claims = [
    userClaim,
    ...(userClaim === 'email' ? ['email_verified'] : []),
    ...(roleClaim === undefined ? [] : [roleClaim]),
  ];
  const provider = openidProvider({ issuer, clientId, clientSecret, redirectUri, scopes, claims }, clock);
  const rules = { userClaim, autoCreate, roles: roles.map((row) => given(row)), ...given({ roleClaim }) };
  return { oidc: { provider, rules, title, publicUrl, nonces } };
}
