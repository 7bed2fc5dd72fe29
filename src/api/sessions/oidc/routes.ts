import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { beginSignIn } from '../../../app/access/oidc/begin-sign-in.ts';
import { finishSignIn, type FinishPorts, type SignedIn } from '../../../app/access/oidc/finish-sign-in.ts';
import type { Unavailable } from '../../../app/access/oidc/identity-provider.ts';
import { countTries } from '../../../app/access/tries.ts';
import type { Api } from '../../api.ts';
import type { ApiDeps, Oidc } from '../../deps.ts';
import { Problem } from '../../problems.ts';
import { PREFIX } from '../../rights.ts';
import { setCookie } from '../cookie.ts';
import { flowCookie, type FlowCookie } from './flow-cookie.ts';
import { beginQuery, callbackQuery, shownMethods } from './schema.ts';

const TAG = 'sessions';
export const OIDC_PATH = `${PREFIX}/sessions/oidc`;

/** Refused sign-ins of one address within a quarter of an hour. */
const PER_ADDRESS = { most: 50, windowSeconds: 900 };

/** Everything that a sign-in needs, where one is configured. */
interface SignIn {
  readonly oidc: Oidc;
  readonly ports: FinishPorts;
  readonly cookie: FlowCookie;
}

function signInOf(deps: ApiDeps): SignIn | undefined {
  const { oidc } = deps;
  if (oidc === undefined) return undefined;
  const cookie = flowCookie(deps.sealing, OIDC_PATH, oidc.publicUrl.startsWith('https:'));
  return { oidc, cookie, ports: { ...deps, ...oidc, triesOfAddress: countTries(PER_ADDRESS) } };
}

/** The URL of a path of ours, as browsers reach us. */
const locationOf = ({ publicUrl }: Oidc, path: string): string => new URL(path, publicUrl).href;

function refuseUnavailable(
  { log }: ApiDeps,
  request: FastifyRequest,
  { reason, retryAfterSeconds }: Unavailable,
  headers: Readonly<Record<string, string>> = {},
): never {
  log.error('oidc_unavailable', { request: request.id, reason });
  throw new Problem('sign-in-unavailable', undefined, {
    headers: { ...headers, 'retry-after': String(retryAfterSeconds) },
  });
}

/** Sends the browser on with its session, or says that there is none. The flow is over in any case. */
function answer(deps: ApiDeps, { oidc, cookie }: SignIn, request: FastifyRequest, reply: FastifyReply, done: SignedIn) {
  const over = { 'set-cookie': cookie.clear() };
  const from = { request: request.id, from: request.ip };
  switch (done.kind) {
    case 'ended':
      deps.log.warn('sign_in_refused', { ...from, reason: done.reason });
      throw new Problem('sign-in-ended', undefined, { headers: over });
    case 'refused':
      deps.log.warn('sign_in_refused', { ...from, reason: done.reason });
      throw new Problem('sign-in-refused', undefined, { headers: over });
    case 'too_many_tries':
      throw new Problem('too-many-tries', `wait ${done.retryAfterSeconds} seconds`, {
        headers: { ...over, 'retry-after': String(done.retryAfterSeconds) },
      });
    case 'unavailable':
      return refuseUnavailable(deps, request, done, over);
    case 'logged_in':
      void reply.header('set-cookie', [setCookie(request, done.token), cookie.clear()]);
      return redirect(reply, locationOf(oidc, done.next));
  }
}

const redirect = (reply: FastifyReply, url: string) =>
  reply.header('cache-control', 'no-store').header('location', url).code(302).send();

/** The way to the provider and back. */
function offerFlow(app: Api, deps: ApiDeps, signIn: SignIn | undefined): void {
  const configured = (): SignIn => {
    if (signIn === undefined) throw new Problem('not-found', 'sign-in by OpenID Connect is not configured');
    return signIn;
  };
  const about = { tags: [TAG], security: [], response: { 302: z.null() } };
  app.get(
    '/sessions/oidc',
    {
      schema: { ...about, summary: 'Sign in at the OpenID provider: leads the browser there', querystring: beginQuery },
    },
    async (request, reply) => {
      const { ports, cookie } = configured();
      const begun = await beginSignIn(ports)(request.query.next);
      if (begun.kind === 'unavailable') return refuseUnavailable(deps, request, begun);
      return redirect(reply.header('set-cookie', cookie.set(begun.flow)), begun.url);
    },
  );
  app.get(
    '/sessions/oidc/callback',
    { schema: { ...about, summary: 'Where the provider leads the browser back to', querystring: callbackQuery } },
    async (request, reply) => {
      const known = configured();
      const flow = known.cookie.read(request.headers.cookie);
      const sent = new URL(request.url, known.oidc.publicUrl).searchParams;
      return answer(deps, known, request, reply, await finishSignIn(known.ports)(flow, sent, request.ip));
    },
  );
}

/** Sign-in by OpenID Connect, beside the password. */
export function oidcRoutes(app: Api, deps: ApiDeps): void {
  const { oidc } = deps;
  app.get(
    '/sessions/methods',
    { schema: { tags: [TAG], summary: 'By what one may sign in', security: [], response: { 200: shownMethods } } },
    () => ({
      methods: [
        { kind: 'password' as const },
        ...(oidc === undefined ? [] : [{ kind: 'oidc' as const, title: oidc.title, path: OIDC_PATH }]),
      ],
    }),
  );
  offerFlow(app, deps, signInOf(deps));
}
