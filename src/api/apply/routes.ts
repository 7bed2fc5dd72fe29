import { z } from 'zod';
import { brokenTextIssues } from '../../app/documents/broken-text.ts';
import { applyDocument } from '../../app/apply/apply.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem, showIssue, type ProblemError } from '../problems.ts';
import { readText, type ReadText } from './locate.ts';

const applied = z.object({ kind: z.string(), name: z.string(), tenant: z.string().optional() });

export const shownApplied = z
  .object({
    dryRun: z.boolean(),
    created: z.array(applied),
    changed: z.array(applied),
    unchanged: z.array(applied),
  })
  .meta({ id: 'Applied' });

const applyQuery = z.object({ dryRun: z.enum(['true', 'false']).default('false') });

/** Ten thousand phones take about five megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_ERRORS = 200;

const CONTENT_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml'];

function refusal(errors: readonly ProblemError[]): Problem {
  const [first] = errors;
  const place = first?.line === undefined ? '' : `line ${first.line}: `;
  const field = first?.field ? `${first.field}: ` : '';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Problem('invalid', `${place}${field}${first?.message ?? ''}${more}; nothing was changed`, {
    errors: errors.slice(0, MAX_ERRORS),
  });
}

function requireText(body: unknown): ReadText & { readonly ok: true } {
  const read = readText(typeof body === 'string' ? body : '');
  if (!read.ok) throw refusal(read.errors.map((error) => ({ field: '', ...error })));
  const broken = brokenTextIssues(read.value);
  if (broken.length > 0) throw refusal(broken.map((found) => ({ ...showIssue(found), ...read.locate(found.path) })));
  return read;
}

/** A whole installation, or a part of it, in one document. */
export function applyRoutes(api: Api, deps: ApiDeps): void {
  void api.register((app: Api, _options, done) => {
    // Here JSON is text as well, so that an error can name its line.
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser(
      ['application/json', ...CONTENT_TYPES],
      { parseAs: 'string', bodyLimit: MAX_BYTES },
      (_request, body, parsed) => {
        parsed(null, body);
      },
    );
    app.post(
      '/apply',
      {
        bodyLimit: MAX_BYTES,
        schema: {
          tags: ['apply'],
          summary: 'Bring everything a YAML or JSON document names to the state it describes; all or nothing',
          consumes: ['application/yaml', 'application/json'],
          querystring: applyQuery,
          response: { 200: shownApplied },
        },
      },
      async (request, reply) => {
        const { value, locate } = requireText(request.body);
        const dryRun = request.query.dryRun === 'true';
        const outcome = await applyDocument(deps)(actorOf(request), value, { dryRun });
        if (outcome.kind === 'invalid')
          throw refusal(
            outcome.issues.slice(0, MAX_ERRORS).map((found) => ({ ...showIssue(found), ...locate(found.path) })),
          );
        const { created, changed, unchanged } = outcome.result;
        return reply.send({ dryRun, created: [...created], changed: [...changed], unchanged: [...unchanged] });
      },
    );
    done();
  });
}
