import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../../app/access/actor.ts';
import { actorBy } from '../../app/access/authenticate.ts';
import { changePassword } from '../../app/access/change-password.ts';
import { logIn, type LoggedIn, type LogInPorts } from '../../app/access/log-in.ts';
import { countTries } from '../../app/access/tries.ts';
import { given } from '../../domain/fields.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import { clearCookie, setCookie } from './cookie.ts';
import { loginBody, passwordBody, shownActor, shownSession } from './schema.ts';

const TAG = 'sessions';

/** Wrong tries of one name, and of one address, within a quarter of an hour. */
const PER_USER = { most: 10, windowSeconds: 900 };
const PER_ADDRESS = { most: 50, windowSeconds: 900 };

async function showActor(
  deps: ApiDeps,
  actor: Actor,
  expiresAt: string | undefined,
): Promise<z.output<typeof shownActor>> {
  const tenant = actor.tenant === undefined ? undefined : await deps.store.platform.tenants.byId(actor.tenant);
  return {
    name: actor.name,
    role: actor.role,
    mayReveal: actor.mayReveal,
    ...given({ tenant: tenant?.name, scopes: actor.scopes === undefined ? undefined : [...actor.scopes], expiresAt }),
  };
}

/** Hands out the session that was opened, or says why there is none. */
async function sendSession(deps: ApiDeps, request: FastifyRequest, reply: FastifyReply, result: LoggedIn) {
  switch (result.kind) {
    case 'refused':
      deps.log.warn('login_refused', { request: request.id, from: request.ip });
      throw new Problem('login-refused');
    case 'too_many_tries':
      throw new Problem('too-many-tries', `wait ${result.retryAfterSeconds} seconds`, {
        headers: { 'retry-after': String(result.retryAfterSeconds) },
      });
    case 'logged_in': {
      const { user, session, token } = result;
      void reply.header('set-cookie', setCookie(request, token)).header('cache-control', 'no-store');
      const shown = await showActor(deps, actorBy(user, session, request.ip), session.expiresAt);
      return reply.code(201).send({ ...shown, token });
    }
  }
}

function offerPassword(app: Api, deps: ApiDeps, ports: LogInPorts): void {
  app.put(
    '/sessions/current/password',
    {
      schema: {
        tags: [TAG],
        summary: 'A new password of one’s own: logs out everywhere, and in again here',
        body: passwordBody,
        response: { 201: shownSession },
      },
    },
    async (request, reply) => {
      const { current, password } = request.body;
      const changed = await changePassword(ports)(actorOf(request), current, password);
      return sendSession(deps, request, reply, changed);
    },
  );
}

/** People log in here; programs bring a token. */
export function sessionRoutes(app: Api, deps: ApiDeps): void {
  const ports: LogInPorts = { ...deps, triesOfUser: countTries(PER_USER), triesOfAddress: countTries(PER_ADDRESS) };
  app.post(
    '/sessions',
    {
      schema: { tags: [TAG], summary: 'Log in', body: loginBody, security: [], response: { 201: shownSession } },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      return sendSession(deps, request, reply, await logIn(ports)(name, password, request.ip));
    },
  );
  app.get(
    '/sessions/current',
    { schema: { tags: [TAG], summary: 'Who is asking', response: { 200: shownActor } } },
    (request) => showActor(deps, actorOf(request), request.accessToken?.expiresAt),
  );
  app.delete(
    '/sessions/current',
    { schema: { tags: [TAG], summary: 'Log out', response: { 204: z.null() } } },
    async (request, reply) => {
      const token = request.accessToken;
      if (token?.session === true) await deps.store.platform.tokens.remove(token.id);
      void reply.header('set-cookie', clearCookie(request)).code(204).send(null);
    },
  );
  offerPassword(app, deps, ports);
}
