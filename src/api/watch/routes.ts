import type { FastifyReply, FastifyRequest } from 'fastify';
import { isOperator } from '../../app/access/actor.ts';
import type { Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';

/** How this process is, for those who watch it. */
export interface Watch {
  /** What keeps it from serving, in sentences for the operator; empty when it is ready. */
  readonly unready: () => Promise<readonly string[]>;
  /** What is wrong although it serves. */
  readonly remarks: () => readonly string[];
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly metricsContentType: string;
  readonly onAnswered: (method: string, status: number, milliseconds: number) => void;
}

/** What `/ready` answers; reasons and remarks to the operator only. */
export interface Ready {
  readonly status: 'ready' | 'not ready';
  readonly reasons?: readonly string[];
  readonly remarks?: readonly string[];
}

const tellsAll = (request: FastifyRequest): boolean => request.actor !== undefined && isOperator(request.actor);

const filled = (lists: Pick<Ready, 'reasons' | 'remarks'>): Partial<Ready> =>
  Object.fromEntries(Object.entries(lists).filter(([, sentences]) => sentences.length > 0));

/** `/health`: the process answers. `/ready`: it can serve; why it cannot is told to the operator only. `/metrics`: numbers. */
export function watchRoutes(app: Api, { watch }: ApiDeps): void {
  app.get('/health', { schema: { hide: true } }, (_request, reply) => {
    void reply.send({ status: 'ok' });
  });
  if (watch === undefined) return;
  app.get('/ready', { schema: { hide: true } }, async (request, reply) => {
    const reasons = await watch.unready();
    return reply.code(reasons.length === 0 ? 200 : 503).send({
      status: reasons.length === 0 ? 'ready' : 'not ready',
      ...(tellsAll(request) ? filled({ reasons, remarks: watch.remarks() }) : {}),
    });
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type(watch.metricsContentType)
      .serializer((text) => String(text))
      .send(await watch.metrics()),
  );
}

/** Counts every answer, once it is on its way. */
export function countAnswers(app: Api, { watch }: ApiDeps): void {
  if (watch === undefined) return;
  app.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    watch.onAnswered(request.method, reply.statusCode, reply.elapsedTime);
    done();
  });
}
