import { issue, type FieldPath, type Issue } from './issue.ts';

// Half of a pair that stands for one character. JSON can say it, UTF-8 and XML cannot (RFC 7493 §2.1): on its way into a phone's
// file, or encrypted as a password, it would become another character without a word.
const HALF_CHARACTER = /\p{Surrogate}/u;

const childrenOf = (value: object): readonly (readonly [string | number, unknown])[] =>
  Array.isArray(value) ? value.map((child: unknown, index) => [index, child]) : Object.entries(value);

/** Text anywhere in a document that no file could carry. Without recursion: a stranger decides how deep a document is. */
export function brokenTextIssues(document: unknown): readonly Issue[] {
  const issues: Issue[] = [];
  const waiting: { readonly path: FieldPath; readonly value: unknown }[] = [{ path: [], value: document }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, value } = next;
    if (typeof value === 'string' && HALF_CHARACTER.test(value))
      issues.push(issue(path, 'holds half of a character (an unpaired surrogate)'));
    if (typeof value !== 'object' || value === null) continue;
    for (const [step, child] of childrenOf(value)) waiting.push({ path: [...path, step], value: child });
  }
  return issues;
}
