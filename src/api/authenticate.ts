import type { FastifyRequest } from 'fastify';
import { isOperator, localOperator } from '../app/access/actor.ts';
import { authenticate } from '../app/access/authenticate.ts';
import type { Api } from './api.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problems.ts';
import { isFromElsewhere, sessionCookie } from './sessions/cookie.ts';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const bearer = (request: FastifyRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

/** Finds out who asks by token or cookie. A cookie counts for a write only where the page that sends it is ours. */
async function identify(deps: ApiDeps, request: FastifyRequest): Promise<void> {
  const token = bearer(request);
  const cookie = token === undefined ? sessionCookie(request) : undefined;
  const text = token ?? cookie;
  if (text === undefined) return;
  if (cookie !== undefined && !READING.has(request.method) && isFromElsewhere(request))
    throw new Problem('forbidden', 'a page of another site may not write here');
  const found = await authenticate(deps)(text, request.ip);
  if (found === undefined) return;
  request.actor = found.actor;
  request.accessToken = found.token;
}

function requireRights(request: FastifyRequest): void {
  const { config } = request.routeOptions;
  const { actor } = request;
  if (config.open === true) return;
  if (actor === undefined)
    throw new Problem('not-authenticated', undefined, { headers: { 'www-authenticate': 'Bearer' } });
  if (config.operator === true && !isOperator(actor)) throw new Problem('forbidden');
  if (!actor.mayWrite && !READING.has(request.method) && config.reads !== true)
    throw new Problem('forbidden', 'this token may only read');
}

/** Says who asks before any route is run. */
export function requireActor(app: Api, deps: ApiDeps): void {
  app.decorateRequest('actor', undefined);
  app.decorateRequest('accessToken', undefined);
  app.addHook('onRequest', async (request: FastifyRequest) => {
    if (deps.authenticate === 'local-operator') request.actor = localOperator;
    else await identify(deps, request);
    requireRights(request);
  });
}
