import type { ProblemBody, ProblemError } from '../api/contract.ts';
import { printable } from './text.ts';
import type { ApiAnswer } from './world.ts';

/** The problem of an answer; undefined where something else than our API has answered. */
export function readProblem({ headers, body }: ApiAnswer): ProblemBody | undefined {
  if (headers['content-type']?.includes('json') !== true) return undefined;
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(body));
    // `as`: whatever has a title is shown; the other fields are the contract's.
    return typeof read === 'object' && read !== null && 'title' in read ? (read as ProblemBody) : undefined;
  } catch {
    return undefined;
  }
}

/** `lines[0].extension: there is no extension "999"`, with the value where the sentence does not show it. */
export function fieldErrorText({ field, message, value }: ProblemError): string {
  const shown = value === undefined || typeof value === 'object' ? undefined : JSON.stringify(value);
  const given = shown === undefined || message.includes(shown) ? '' : ` (given: ${shown})`;
  return printable(`${field === '' ? '' : `${field}: `}${message}${given}`);
}

/** One line that says what is wrong, then a line for each field. */
export function problemText(answer: ApiAnswer): string {
  const problem = readProblem(answer);
  if (problem === undefined) return `the server answered with status ${answer.status} and no explanation`;
  const { title, detail, errors = [] } = problem;
  // With a list of fields the detail only repeats the first of them.
  const head = detail === undefined || errors.length > 0 ? title : `${title}: ${detail}`;
  return [printable(head), ...errors.map((error) => `  ${fieldErrorText(error)}`)].join('\n');
}
