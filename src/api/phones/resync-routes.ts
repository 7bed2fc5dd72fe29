import { z } from 'zod';
import { noteAudit } from '../../app/documents/save-document.ts';
import {
  deadlineOf,
  firstMissing,
  isRunning,
  RESYNC_KINDS,
  RESYNC_STEPS,
  type ResyncAttempt,
  type ResyncFailure,
} from '../../domain/resync/attempt.ts';
import { LEFT_BEHIND } from '../../domain/resync/failures.ts';
import type { NoResync } from '../../domain/resync/plan.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import { tenantAccess } from '../scopes.ts';
import { readPhone } from './find-phone.ts';

const ONE = '/tenants/:tenant/phones/:phone';

const resyncBody = z.strictObject({ kind: z.enum(RESYNC_KINDS).default('refetch') });

export const shownResync = z
  .object({
    id: z.string(),
    kind: z.enum(RESYNC_KINDS),
    at: z.string(),
    by: z.string(),
    event: z.string(),
    extension: z.string(),
    server: z.string(),
    /** Status of every final answer to the NOTIFY: 401 and 200 where the phone asked for its password. */
    answers: z.array(z.int()),
    state: z.enum(['running', 'done', 'failed']),
    steps: z.array(
      z.object({
        step: z.enum(RESYNC_STEPS),
        state: z.enum(['done', 'awaited', 'failed', 'open']),
        /** When it was done, or failed. */
        at: z.string().optional(),
        /** When it should be done at the latest. */
        before: z.string().optional(),
      }),
    ),
    /** Of a failed one: what happened, and what may be tried next. */
    why: z.string().optional(),
    next: z.string().optional(),
  })
  .meta({ id: 'Resync' });
export type ShownResync = z.output<typeof shownResync>;

/** The failure that is written down, or the one that nobody could write: whoever looked after the phone is gone. */
function failureOf(attempt: ResyncAttempt, now: Date): ResyncFailure | undefined {
  const [step, deadline] = [firstMissing(attempt), deadlineOf(attempt)];
  if (step === undefined || deadline === undefined || isRunning(attempt, now)) return attempt.failure;
  return { step, at: deadline.toISOString(), ...LEFT_BEHIND };
}

function presentResync(attempt: ResyncAttempt, now: Date): ShownResync {
  const failure = failureOf(attempt, now);
  const awaited = failure === undefined ? firstMissing(attempt) : undefined;
  const stepOf = (step: ShownResync['steps'][number]['step']): ShownResync['steps'][number] => {
    const at = attempt.done[step];
    if (at !== undefined) return { step, state: 'done', at };
    if (step === failure?.step) return { step, state: 'failed', at: failure.at };
    const before = deadlineOf(attempt)?.toISOString();
    return step === awaited && before !== undefined ? { step, state: 'awaited', before } : { step, state: 'open' };
  };
  const { id, kind, at, by, event, extension, server, answers } = attempt;
  return {
    ...{ id, kind, at, by, event, extension, server, answers: [...answers] },
    state: failure === undefined ? (awaited === undefined ? 'done' : 'running') : 'failed',
    steps: RESYNC_STEPS.map(stepOf),
    ...(failure === undefined ? {} : { why: failure.why, next: failure.next }),
  };
}

/** Why nothing was sent, in a sentence. */
function reasonOf(problem: Exclude<NoResync, { kind: 'busy' }>): string {
  if (problem.kind === 'no_event') return `phones of this maker have no SIP event for ${problem.wanted}`;
  if (problem.kind === 'no_line') return 'it has no line that registers anywhere: put an extension on it';
  const extensions = problem.extensions.join(', ');
  return `its extensions (${extensions}) are on other phones too, which would be told as well; its resync URL reaches it alone`;
}

function refusal(problem: NoResync): Problem {
  if (problem.kind !== 'busy') return new Problem('cannot-resync', reasonOf(problem));
  const headers = { 'retry-after': String(problem.retryAfterSeconds) };
  return new Problem('resync-queue-full', 'its SIP server is told of ten phones a second', { headers });
}

/** Bringing one phone back. */
export function phoneResyncRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    `${ONE}/resync`,
    {
      schema: {
        tags: ['phones'],
        summary: 'Tell it by SIP NOTIFY to fetch its configuration; whether it does is looked after',
        body: resyncBody,
        response: { 202: shownResync },
      },
    },
    async (request, reply) => {
      const { resyncPhone } = deps;
      if (resyncPhone === undefined) throw new Problem('needs-server', 'start it with: npx offhook serve');
      const actor = actorOf(request);
      const { kind } = request.body;
      const { scope, phone } = await readPhone(deps, request);
      const begun = await resyncPhone({ tenant: scope.tenant.id, phone: phone.id, kind, by: actor.name });
      if (!begun.ok) throw refusal(begun.error);
      const { attempt, isNew } = begun.value;
      if (isNew)
        await tenantAccess(deps).write(request, (own) => noteAudit(own, actor, 'phone.resynced', phone.name, kind));
      return reply.status(202).send(presentResync(attempt, deps.clock.now()));
    },
  );
  app.get(
    `${ONE}/resync`,
    { schema: { tags: ['phones'], summary: 'How the last resync went, step by step', response: { 200: shownResync } } },
    async (request) => {
      const { scope, phone } = await readPhone(deps, request);
      const { resync } = await scope.own.phones.state(phone.id);
      if (resync === undefined) throw new Problem('not-found', 'it was never told to come back');
      return presentResync(resync, deps.clock.now());
    },
  );
}
