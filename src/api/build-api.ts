import fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { issue } from '../app/documents/issue.ts';
import type { Api } from './api.ts';
import { requireActor } from './authenticate.ts';
import type { ApiDeps } from './deps.ts';
import { answerBadUrl, answerErrors } from './errors.ts';
import { describe } from './openapi.ts';
import { hurryStrangers } from './hurry-strangers.ts';
import { bodyOf, invalid, Problem, PROBLEMS, type ProblemType } from './problems.ts';
import { PREFIX } from './rights.ts';
import { requestId } from './request-id.ts';
import { RESOURCES } from './routes.ts';
import { oddityOfJson } from './strict-json.ts';
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

/** No answer of the API is a page, nor part of one. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;
const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function withHeaders(app: Api): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    void reply.header('x-request-id', request.id);
    void reply.headers(HEADERS);
    if (!reply.hasHeader('content-security-policy')) void reply.header('content-security-policy', POLICY);
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-cache');
    done(null, payload);
  });
}

/** JSON that says what it seems to say: no name twice, none that reaches for a prototype. */
function readJson(app: Api): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  // Text is what a form of another site can send.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (request, body: string, done) => {
      const oddity = oddityOfJson(body);
      if (oddity === undefined) void parse(request, body, done);
      else done(new Problem('malformed-request', oddity));
    },
  );
}

/** A parameter that a route does not know was meant to do something: it is refused, not passed over. */
function refuseUnknownQueries(app: Api): void {
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.is404) {
      done();
      return;
    }
    const known = request.routeOptions.schema?.querystring;
    const names = known instanceof z.ZodObject ? Object.keys(known.shape) : [];
    // A loose object says that its route must let pass what it does not know (RFC 6749 §4.1.2).
    const takesAny = known instanceof z.ZodObject && known.def.catchall !== undefined;
    const unknown = Object.keys(request.query ?? {}).filter((name) => !takesAny && !names.includes(name));
    const issues = unknown.map((name) => issue([name.slice(0, 80)], 'there is no such parameter'));
    done(issues.length === 0 ? undefined : invalid(issues, 'malformed-request'));
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
  readJson(app);
  answerErrors(app, deps);
  withHeaders(app);
  hurryStrangers(app);
  requireActor(app, deps);
  countAnswers(app, deps);
  refuseUnknownQueries(app);
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
