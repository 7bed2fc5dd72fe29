import fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Api } from './api.ts';
import { requireActor } from './authenticate.ts';
import type { ApiDeps } from './deps.ts';
import { answerBadUrl, answerErrors } from './errors.ts';
import { describe } from './openapi.ts';
import { bodyOf, Problem, PROBLEMS, type ProblemType } from './problems.ts';
import { PREFIX } from './rights.ts';
import { requestId } from './request-id.ts';
import { RESOURCES } from './routes.ts';
import { validatorCompiler } from './validation.ts';
import { countAnswers, watchRoutes } from './watch/routes.ts';

const MAX_BODY_BYTES = 1024 * 1024;

const isProblemType = (text: string): text is ProblemType => Object.hasOwn(PROBLEMS, text);

/** The type of a problem is a path; here is what stands there. */
function offerProblems(app: Api): void {
  app.get('/problems/:type', { schema: { hide: true, params: z.object({ type: z.string() }) } }, (request, reply) => {
    const { type } = request.params;
    if (!isProblemType(type)) throw new Problem('not-found');
    void reply.send({ ...bodyOf(new Problem(type)), documentation: `docs/problems.md#${type}` });
  });
}

function withHeaders(app: Api): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    void reply.header('x-request-id', request.id);
    void reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-cache');
    done(null, payload);
  });
}

/**
 * The REST API as an instance that does not listen yet. `main.ts` builds one for the admin door (`tokens`) and one for the
 * control socket (`local-operator`) from the same ports.
 */
export async function buildApi(deps: ApiDeps): Promise<Api> {
  const app: Api = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: deps.trustedProxies === undefined ? false : [...deps.trustedProxies],
    routerOptions: { maxParamLength: 260 },
    genReqId: requestId(deps),
    frameworkErrors: answerBadUrl,
    ...(deps.serverFactory === undefined ? {} : { serverFactory: deps.serverFactory }),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  // Answers are made by our own presenters; that they keep to the schemas is a matter of tests, not of every request.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.addContentTypeParser(
    'application/merge-patch+json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  answerErrors(app, deps);
  withHeaders(app);
  requireActor(app, deps);
  countAnswers(app, deps);
  await describe(app, deps.version);
  watchRoutes(app, deps);
  await app.register(
    (api: Api, _options, done) => {
      api.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
        void reply.send(api.swagger());
      });
      offerProblems(api);
      for (const offer of RESOURCES) offer(api, deps);
      done();
    },
    { prefix: PREFIX },
  );
  return app;
}
