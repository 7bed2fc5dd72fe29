import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import Provider, { type Configuration } from 'oidc-provider';

/** What the provider says of a person, beside his subject. */
export type PersonClaims = Readonly<Record<string, unknown>>;

/** An ID token taken apart, to be put together wrongly. */
export interface IdToken {
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
}

/** A real OpenID provider on loopback. */
export interface Idp {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By subject. */
  readonly people: Record<string, PersonClaims>;
  /** Who sits before the next browser that is asked to log in. */
  person: string;
  /** What the token endpoint makes of the ID token before it sends it; undefined leaves it as it is. */
  forge: ((token: IdToken) => string) | undefined;
  /** Questions to the token endpoint so far. */
  readonly redeemed: () => number;
  readonly signedByUs: (token: IdToken) => string;
  readonly signedBy: (key: KeyObject, token: IdToken) => string;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const takeApart = (text: string): IdToken => {
  const [header = '', payload = ''] = text.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { header: read(header), payload: read(payload) };
};

/** A token without a signature, which says so (RFC 7518 §3.6). */
export const unsigned = ({ payload }: IdToken): string => `${base64url({ alg: 'none' })}.${base64url(payload)}.`;

function signedBy(key: KeyObject, { header, payload }: IdToken): string {
  const text = `${base64url(header)}.${base64url(payload)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

export const newKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const QUARTER_OF_AN_HOUR = 900;
const KEY_ID = 'key-of-the-provider';

function configurationOf(
  idp: Pick<Idp, 'clientId' | 'clientSecret' | 'people'>,
  key: KeyObject,
  redirectUris: readonly string[],
) {
  return {
    clients: [
      {
        client_id: idp.clientId,
        client_secret: idp.clientSecret,
        redirect_uris: [...redirectUris],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: false } },
    ttl: Object.fromEntries(
      ['AccessToken', 'Grant', 'IdToken', 'Interaction', 'Session'].map((what) => [what, QUARTER_OF_AN_HOUR]),
    ),
    pkce: { required: () => true },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, sub) =>
      idp.people[sub] === undefined ? undefined : { accountId: sub, claims: () => ({ sub, ...idp.people[sub] }) },
    // Nobody is asked whether Offhook may know his name.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        accountId: ctx.oidc.session?.accountId ?? '',
        clientId: ctx.oidc.client?.clientId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  } satisfies Configuration;
}

async function listen(server: Server, port: number): Promise<number> {
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Starts a provider that knows one client, with the places to which it may send browsers back. */
export async function startIdp(redirectUris: readonly string[], clientSecret: string): Promise<Idp> {
  const server = createServer();
  const port = await listen(server, 0);
  const key = newKey();
  let redeemed = 0;
  const idp: Idp = {
    issuer: `http://127.0.0.1:${String(port)}`,
    clientId: 'offhook',
    clientSecret,
    people: {},
    person: '',
    forge: undefined,
    redeemed: () => redeemed,
    signedBy,
    signedByUs: (token) => signedBy(key, token),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    start: async () => {
      await listen(server, port);
    },
  };
  const provider = new Provider(idp.issuer, configurationOf(idp, key, redirectUris));
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token') return;
    redeemed += 1;
    const body = ctx.body as { id_token?: string };
    if (idp.forge !== undefined && body.id_token !== undefined) body.id_token = idp.forge(takeApart(body.id_token));
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    // The login page: whoever sits there is believed.
    if (request.url?.startsWith('/interaction/') === true)
      void provider.interactionFinished(request, response, { login: { accountId: idp.person } });
    else void answer(request, response);
  });
  return idp;
}
