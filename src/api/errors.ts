import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StoreFull, StoreUnavailable } from '../app/ports.ts';
import type { Api } from './api.ts';
import type { ApiDeps } from './deps.ts';
import { bodyOf, Problem, type ProblemType } from './problems.ts';

/** What the framework refuses by itself, before a route is reached. */
const BY_STATUS: Readonly<Record<number, ProblemType>> = {
  400: 'malformed-request',
  413: 'too-large',
  415: 'unsupported-media-type',
};

const RETRY_SECONDS = 30;

const isBroken = (error: unknown): boolean => error instanceof StoreUnavailable;

function problemOf(error: unknown, status: number | undefined): Problem {
  if (error instanceof Problem) return error;
  if (isBroken(error)) {
    const headers = { 'retry-after': String(RETRY_SECONDS) };
    return new Problem(error instanceof StoreFull ? 'storage-full' : 'unavailable', undefined, { headers });
  }
  return new Problem((status === undefined ? undefined : BY_STATUS[status]) ?? 'internal-error');
}

/** Every error leaves as a problem; what is our fault or the world's is logged, and told to nobody. */
export function answerErrors(app: Api, { log }: ApiDeps): void {
  app.setErrorHandler((error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => {
    const problem = problemOf(error, 'statusCode' in error ? error.statusCode : undefined);
    if (problem.type === 'internal-error' || isBroken(error))
      log.error('api_failed', { request: request.id, route: request.routeOptions.url ?? '', error });
    return send(reply, problem);
  });
  app.setNotFoundHandler((_request, reply) => send(reply as FastifyReply, new Problem('not-found')));
}

/** A path that is none, before any hook or route: it must not come back in the answer (A10). */
export const answerBadUrl = (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  void send(reply.header('x-request-id', request.id), new Problem('malformed-request'));
};

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  const body = bodyOf(problem);
  // A stream that is still coming in must not keep the connection.
  return reply
    .headers(problem.headers)
    .code(body.status)
    .type('application/problem+json')
    .serializer((value) => JSON.stringify(value))
    .send(body);
}
