import { issue, type FieldPath, type Issue } from './issue.ts';

// Half of a pair that stands for one character. JSON can say it, UTF-8 and XML cannot (RFC 7493 §2.1): on its way into a phone's
// file, or encrypted as a password, it would become another character without a word.
const HALF_CHARACTER = /\p{Surrogate}/u;

const childrenOf = (value: object): readonly (readonly [string | number, unknown])[] =>
  Array.isArray(value) ? value.map((child: unknown, index) => [index, child]) : Object.entries(value);

interface Place {
  readonly value: unknown;
  readonly step?: string | number;
  readonly around?: Place;
}

function pathOf(place: Place): FieldPath {
  const steps: (string | number)[] = [];
  for (let at: Place | undefined = place; at?.step !== undefined; at = at.around) steps.unshift(at.step);
  return steps;
}

/**
 * Text anywhere in a document that no file could carry, and names that reach for a prototype. Without recursion, and each object once: a stranger decides how deep a
 * document is, and an alias of YAML may stand for what it stands in.
 */
export function brokenTextIssues(document: unknown): readonly Issue[] {
  const issues: Issue[] = [];
  const seen = new Set<object>();
  const waiting: Place[] = [{ value: document }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value } = next;
    if (typeof value === 'string' && HALF_CHARACTER.test(value))
      issues.push(issue(pathOf(next), 'holds half of a character (an unpaired surrogate)'));
    if (next.step === '__proto__') issues.push(issue(pathOf(next), 'is no name'));
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const [step, child] of childrenOf(value)) waiting.push({ value: child, step, around: next });
  }
  return issues;
}
