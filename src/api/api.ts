import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Actor } from '../app/access/actor.ts';
import type { AccessToken } from '../app/ports.ts';
import type { Right } from './rights.ts';

/** The server's instance as the resources see it. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; on routes that are open to everybody there may be none. */
    actor: Actor | undefined;
    accessToken: AccessToken | undefined;
  }
  interface FastifyContextConfig {
    /** Its row in the table of rights. */
    right?: Right;
    /** Where the same route shows secrets when it is asked with `reveal=true`. */
    rightToReveal?: Right;
  }
}

/** The actor of a route that is not open; the hook has refused everybody else. */
export function actorOf(request: FastifyRequest): Actor {
  if (request.actor === undefined) throw new Error('a route that is not open was reached without an actor');
  return request.actor;
}
