import { z } from 'zod';
import type { WriteConflict } from '../app/ports.ts';
import { fieldName, type Issue } from '../app/documents/issue.ts';

/** RFC 9457 problem types: `type` is the path at which this server explains it. Each has a section in docs/problems.md. */
export const PROBLEMS = {
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  'not-authenticated': { status: 401, title: 'Log in, or send a valid token' },
  'login-refused': { status: 401, title: 'Name and password do not match' },
  'sign-in-ended': { status: 400, title: 'This sign-in has ended, or was begun in another browser: begin again' },
  'sign-in-refused': { status: 403, title: 'You cannot sign in here with this account' },
  forbidden: { status: 403, title: 'You may not do this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  taken: { status: 409, title: 'Another object has this value' },
  'in-use': { status: 409, title: 'Another object still needs it' },
  'last-operator': { status: 409, title: 'The last operator must stay' },
  'last-administrator': { status: 409, title: 'The last administrator of a tenant must stay' },
  stale: { status: 412, title: 'It has changed since you read it' },
  'too-large': { status: 413, title: 'It is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of a type that is not understood here' },
  invalid: { status: 422, title: 'Something in it is not right' },
  'certificate-refused': { status: 422, title: 'The certificate does not fit' },
  'checksum-mismatch': { status: 422, title: 'The content does not have the checksum that was declared' },
  'cannot-resync': { status: 409, title: 'There is no way to tell this phone by SIP' },
  'no-resync-url': { status: 404, title: 'Phones of this maker have no resync URL' },
  'too-many-tries': { status: 429, title: 'Too many wrong tries: wait' },
  'resync-queue-full': { status: 429, title: 'So many phones are being resynced that this one would wait too long' },
  'internal-error': { status: 500, title: 'Something went wrong in the server' },
  'sign-in-unavailable': { status: 503, title: 'The sign-in service does not answer' },
  'needs-server': { status: 503, title: 'Only a running server can do this' },
  unavailable: { status: 503, title: 'The store cannot be used now' },
  'storage-full': { status: 507, title: 'There is no room to keep it' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;
export type ProblemType = keyof typeof PROBLEMS;

export const PROBLEM_PATH = '/api/v1/problems/';

export const problemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          value: z.unknown().optional(),
          line: z.int().optional(),
          column: z.int().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.output<typeof problemBody>;
export type ProblemError = NonNullable<ProblemBody['errors']>[number];

/** Ends a request with a problem; the one thing that the API throws on purpose. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemType;
  readonly errors: readonly ProblemError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    type: ProblemType,
    detail?: string,
    more: {
      readonly errors?: readonly ProblemError[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail ?? '');
    this.type = type;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

export function bodyOf(problem: Problem): ProblemBody {
  const { status, title } = PROBLEMS[problem.type];
  return {
    type: `${PROBLEM_PATH}${problem.type}`,
    title,
    status,
    ...(problem.message === '' ? {} : { detail: problem.message }),
    ...(problem.errors === undefined ? {} : { errors: [...problem.errors] }),
  };
}

/** An issue as an answer shows it. */
export const showIssue = ({ path, message, value }: Issue): ProblemError => ({
  field: fieldName(path),
  message,
  ...(value === undefined ? {} : { value }),
});

const MAX_ERRORS = 200;

/** One sentence for people, and all errors for programs. */
export function invalid(issues: readonly Issue[], type: 'invalid' | 'malformed-request' = 'invalid'): Problem {
  const errors = issues.slice(0, MAX_ERRORS).map(showIssue);
  const first = errors[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const sentence = first === undefined ? undefined : `${first.field || 'the body'}: ${first.message}${more}`;
  return new Problem(type, sentence, { errors });
}

export function conflict(error: WriteConflict): Problem {
  switch (error.kind) {
    case 'taken':
      return new Problem('taken', `${error.field} ${error.value} is taken`, {
        errors: [{ field: error.field, message: 'is taken', value: error.value }],
      });
    case 'in_use':
      return new Problem('in-use', `in use by ${error.by}`);
    case 'stale':
      return new Problem('stale', error.version === 0 ? 'it is gone' : `it is at version ${error.version} now`);
  }
}
