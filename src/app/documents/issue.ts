import type { z } from 'zod';
import { MASKED } from '../../domain/secret.ts';

export type FieldPath = readonly (string | number)[];

/** What is wrong with one field of a document that somebody wrote. The value is shown as it was written, secrets masked. */
export interface Issue {
  readonly path: FieldPath;
  readonly message: string;
  readonly value?: unknown;
  /** `extension 201`: what the field refers to, where that is not there. */
  readonly missing?: string;
}

/** `settings.line.srtp`, `lines[0].extension`: a field as people read it. */
export const fieldName = (path: FieldPath): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');

/** Fields of our own documents whose content is never repeated in an answer. */
const SECRET_FIELDS: ReadonlySet<string | number> = new Set(['password', 'httpPassword', 'token', 'raw', 'settings']);

const MAX_SHOWN = 200;

/** A wrong value as an answer may repeat it: masked where it is secret, shortened where it is long. */
export function showWrong(path: FieldPath, value: unknown): unknown {
  if (path.some((step) => SECRET_FIELDS.has(step))) return MASKED;
  if (typeof value === 'string') return value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
  return typeof value === 'object' && value !== null ? undefined : value;
}

export function valueAt(input: unknown, path: FieldPath): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    // `as`: any object can be asked for an own property.
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

export function issue(path: FieldPath, message: string, value?: unknown): Issue {
  const shown = value === undefined ? undefined : showWrong(path, value);
  return { path, message, ...(shown === undefined ? {} : { value: shown }) };
}

/** A reference to something that is not there. */
export const missingIssue = (path: FieldPath, word: string, key: string): Issue => ({
  ...issue(path, `there is no ${word} ${JSON.stringify(key)}`, key),
  missing: `${word} ${key}`,
});

const pathOf = (path: readonly PropertyKey[]): FieldPath =>
  path.map((step) => (typeof step === 'symbol' ? String(step) : step));

/** Of the forms that a value may have, the one it was meant in: not of another type at the root, and wrong furthest inside. */
function meantForm(forms: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const ofRightType = forms.filter((form) => !form.some((one) => one.code === 'invalid_type' && one.path.length === 0));
  const depth = (form: readonly z.core.$ZodIssue[]): number => Math.max(0, ...form.map((one) => one.path.length));
  return ofRightType.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
}

function issuesOfOne(found: z.core.$ZodIssue, input: unknown): readonly Issue[] {
  const path = pathOf(found.path);
  const value = valueAt(input, path);
  if (found.code === 'unrecognized_keys')
    return found.keys.map((key) => issue([...path, key], 'there is no such field'));
  if (found.code === 'invalid_union') {
    const meant = meantForm(found.errors)?.flatMap((inner) => issuesOfOne(inner, value));
    if (meant !== undefined) return meant.map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
  }
  const missing = value === undefined && found.code === 'invalid_type';
  return [missing ? issue(path, 'must be given') : issue(path, found.message, value)];
}

/** What a schema found wrong, with the values as they were written. */
export const issuesOf = (error: z.ZodError, input: unknown, below: FieldPath = []): readonly Issue[] =>
  error.issues
    .flatMap((found) => issuesOfOne(found, input))
    .map((found) => ({ ...found, path: [...below, ...found.path] }));
