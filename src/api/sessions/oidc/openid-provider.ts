import * as client from 'openid-client';
import type { Claims, Flow, IdentityProvider, Unavailable } from '../../../app/access/oidc/identity-provider.ts';
import { claimAt } from '../../../app/access/oidc/granted.ts';
import type { Clock } from '../../../app/ports.ts';
import type { Secret } from '../../../domain/secret.ts';
import { isOutage, isProviderError, reasonOf } from './provider-errors.ts';

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Asked of the userinfo endpoint where the ID token does not have them. */
  readonly claims: readonly string[];
}

const TIMEOUT_SECONDS = 10;
/** An endpoint that has moved is found after that long. The provider’s keys are read anew by the library after five minutes. */
const METADATA_MILLISECONDS = 3_600_000;
/** A provider that did not answer is left alone for so long. */
const PAUSE_SECONDS = 5;

/** RFC 6749 §2.3.1: Basic must be there, unless the provider says that it is not (OpenID Connect Discovery 1.0 §3). */
function authenticateClient(secret: Secret): client.ClientAuth {
  const [basic, post] = [client.ClientSecretBasic(secret.reveal()), client.ClientSecretPost(secret.reveal())];
  return (as, metadata, body, headers) => {
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = as;
    const chosen = methods.includes('client_secret_basic') ? basic : post;
    chosen(as, metadata, body, headers);
  };
}

function discover({ issuer, clientId, clientSecret }: ProviderSettings): Promise<client.Configuration> {
  const isPlain = new URL(issuer).protocol === 'http:';
  const execute = [
    // Core 1.0 §3.1.3.7 lets TLS stand for the signature; we look at the signature all the same.
    client.enableNonRepudiationChecks,
    // The configuration lets plain HTTP pass to loopback only. Deprecated by its authors as a warning, no more.
    ...(isPlain ? [client.allowInsecureRequests] : []), // eslint-disable-line @typescript-eslint/no-deprecated
  ];
  const auth = authenticateClient(clientSecret);
  return client.discovery(new URL(issuer), clientId, {}, auth, { execute, timeout: TIMEOUT_SECONDS });
}

function unavailable(error: unknown): Unavailable {
  if (!isProviderError(error)) throw error;
  return { kind: 'unavailable', reason: reasonOf(error), retryAfterSeconds: PAUSE_SECONDS };
}

/** What the provider says of itself: asked for when it is first needed, one question at a time, and again after an hour. */
function rememberMetadata(settings: ProviderSettings, clock: Clock): () => Promise<client.Configuration> {
  let asked:
    { readonly at: number; readonly lasts: number; readonly answer: Promise<client.Configuration> } | undefined;
  return () => {
    const at = clock.now().getTime();
    if (asked !== undefined && at - asked.at < asked.lasts) return asked.answer;
    const answer = discover(settings);
    asked = { at, lasts: METADATA_MILLISECONDS, answer };
    answer.catch(() => {
      asked = { at, lasts: PAUSE_SECONDS * 1000, answer };
    });
    return answer;
  };
}

/** The claims of the ID token and, where one is missing there, of the userinfo endpoint. The signed ones count first. */
async function claimsOf(
  config: client.Configuration,
  { claims: wanted }: ProviderSettings,
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
  signed: Claims & { readonly sub: string },
): Promise<Claims> {
  const isComplete = wanted.every((name) => claimAt(signed, name) !== undefined);
  if (isComplete || config.serverMetadata().userinfo_endpoint === undefined) return signed;
  const told = await client.fetchUserInfo(config, tokens.access_token, signed.sub);
  return { ...told, ...signed };
}

async function redeem(
  config: client.Configuration,
  settings: ProviderSettings,
  answer: URLSearchParams,
  { state, nonce, verifier }: Flow,
): ReturnType<IdentityProvider['redeem']> {
  const url = new URL(settings.redirectUri);
  url.search = answer.toString();
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
  const tokens = await client.authorizationCodeGrant(config, url, checks);
  const signed = tokens.claims();
  if (signed === undefined) return { kind: 'refused', reason: 'no ID token' };
  // Some providers let tokens of many issuers pass under one address; only the one that is configured counts here.
  if (new URL(signed.iss).href !== new URL(settings.issuer).href) return { kind: 'refused', reason: 'another issuer' };
  const claims = await claimsOf(config, settings, tokens, signed);
  return { kind: 'identity', identity: { issuer: signed.iss, subject: signed.sub, claims } };
}

/** An OpenID provider (OpenID Connect Core 1.0): the authorization code flow with PKCE, state and nonce. */
export function openidProvider(settings: ProviderSettings, clock: Clock): IdentityProvider {
  const metadata = rememberMetadata(settings, clock);
  return {
    begin: async ({ state, nonce, verifier }) => {
      try {
        const url = client.buildAuthorizationUrl(await metadata(), {
          redirect_uri: settings.redirectUri,
          scope: settings.scopes.join(' '),
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
          nonce,
        });
        return { kind: 'begun', url: url.href };
      } catch (error) {
        return unavailable(error);
      }
    },
    redeem: async (answer, flow) => {
      try {
        return await redeem(await metadata(), settings, answer, flow);
      } catch (error) {
        if (isOutage(error) || !isProviderError(error)) return unavailable(error);
        return { kind: 'refused', reason: reasonOf(error) };
      }
    },
  };
}
