import { USER_ACCESS, type Entry, type SettingEntries, type UserAccess } from '../../domain/resolve/layers.ts';
import { MASKED, Secret } from '../../domain/secret.ts';
import { isSettingId, settingOf, type SettingId } from '../../domain/settings/registry.ts';
import { given, without } from '../../domain/fields.ts';
import { issue, showWrong, type FieldPath, type Issue } from './issue.ts';
import { same } from './same.ts';

/** Who writes, and when. */
export interface Stamp {
  readonly by: string;
  readonly at: string;
}

/** Where settings stand: on a line everything must be a line's setting, elsewhere nothing may be of one line only. */
export interface SettingsPlace {
  readonly path: FieldPath;
  readonly onLine: boolean;
}

export type Written = Readonly<Record<string, unknown>>;
type Parsed = { readonly ok: true; readonly entry: Entry } | { readonly ok: false; readonly issues: readonly Issue[] };

const ENTRY_FIELDS: ReadonlySet<string> = new Set(['value', 'clear', 'access', 'locked', 'by', 'at']);

/** An object of nothing but an entry's fields is an entry; any other value is the short form of `{ value }`. */
export function entryForm(written: unknown): Written {
  if (written === null) return { clear: true };
  if (typeof written !== 'object' || Array.isArray(written)) return { value: written };
  const names = Object.keys(written);
  // `as`: an object that is no array has text names.
  return names.length > 0 && names.every((name) => ENTRY_FIELDS.has(name)) ? (written as Written) : { value: written };
}

function refusal(id: string, place: SettingsPlace): string | undefined {
  if (!isSettingId(id)) return 'there is no such setting';
  const { lineOnly, scope } = settingOf(id);
  if (lineOnly && !place.onLine) return 'may be set on a line of a phone only';
  if (place.onLine && scope !== 'line') return 'is a setting of the phone, not of a line';
  return undefined;
}

const isAccess = (value: unknown): value is UserAccess => USER_ACCESS.some((access) => access === value);

const hasValue = (entry: Entry | undefined): entry is Entry & { readonly value: unknown } =>
  entry !== undefined && 'value' in entry;

type Value = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly issues: readonly Issue[] };

function readValue(id: SettingId, written: unknown, before: Entry | undefined, path: FieldPath): Value {
  const secret = settingOf(id).secret === true;
  if (secret && written === MASKED) {
    return hasValue(before)
      ? { ok: true, value: before.value }
      : { ok: false, issues: [issue(path, 'there is no stored value that *** could keep')] };
  }
  const parsed = settingOf(id).schema.safeParse(written);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issues = parsed.error.issues.map((found) => {
    const inside = found.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    const shown = secret ? MASKED : showWrong([], written);
    return { path: [...path, ...inside], message: found.message, ...(shown === undefined ? {} : { value: shown }) };
  });
  return { ok: false, issues };
}

/** What may be wrong with the parts of an entry beside its value. */
const ENTRY_RULES: readonly {
  readonly field?: string;
  readonly isBroken: (form: Written) => boolean;
  readonly message: string;
}[] = [
  {
    field: 'access',
    isBroken: ({ access }) => access !== undefined && !isAccess(access),
    message: 'must be none, read or write',
  },
  {
    field: 'locked',
    isBroken: ({ locked }) => locked !== undefined && typeof locked !== 'boolean',
    message: 'must be true or false',
  },
  { field: 'clear', isBroken: ({ clear }) => clear !== undefined && clear !== true, message: 'must be true' },
  { isBroken: (form) => 'clear' in form && 'value' in form, message: 'has both a value and clear' },
  {
    isBroken: (form) => !('clear' in form || 'value' in form || 'access' in form),
    message: 'needs a value, clear or access',
  },
  {
    field: 'locked',
    isBroken: (form) => form['locked'] === true && !('clear' in form || 'value' in form),
    message: 'needs a value or clear',
  },
];

const entryIssues = (form: Written, path: FieldPath): readonly Issue[] =>
  ENTRY_RULES.filter((rule) => rule.isBroken(form)).map((rule) =>
    issue(rule.field === undefined ? path : [...path, rule.field], rule.message),
  );

function readEntry(id: SettingId, written: unknown, before: Entry | undefined, path: FieldPath): Parsed {
  const form = entryForm(written);
  const issues = entryIssues(form, path);
  if (issues.length > 0) return { ok: false, issues };
  const access = isAccess(form['access']) ? form['access'] : undefined;
  const common = given({ access, locked: form['locked'] === true ? (true as const) : undefined });
  if ('value' in form) {
    const value = readValue(id, form['value'], before, path);
    return value.ok ? { ok: true, entry: { value: value.value, ...common } } : value;
  }
  if (form['clear'] === true) return { ok: true, entry: { clear: true, ...common } };
  return { ok: true, entry: { access: access ?? 'none' } };
}

/** An entry without who and when. */
export const bare = (entry: Entry): Entry =>
  // `as`: an entry of any form stays one of that form without its stamp.
  without(entry, 'by', 'at') as Entry;

/** What did not change keeps the name and time of the change that made it. */
const stamped = (entry: Entry, before: Entry | undefined, stamp: Stamp): Entry =>
  before !== undefined && same(bare(before), entry) ? before : { ...entry, by: stamp.by, at: stamp.at };

/** Settings as people write them → entries of a layer, or everything that is wrong with them. */
export function readSettings(
  written: Written,
  before: SettingEntries,
  stamp: Stamp,
  place: SettingsPlace,
): { readonly entries: SettingEntries; readonly issues: readonly Issue[] } {
  const entries: { [Id in SettingId]?: Entry } = {};
  const issues: Issue[] = [];
  for (const [id, value] of Object.entries(written)) {
    const path = [...place.path, id];
    const reason = refusal(id, place);
    if (reason !== undefined || !isSettingId(id)) {
      issues.push(issue(path, reason ?? 'there is no such setting'));
      continue;
    }
    const parsed = readEntry(id, value, before[id], path);
    if (parsed.ok) entries[id] = stamped(parsed.entry, before[id], stamp);
    else issues.push(...parsed.issues);
  }
  return { entries, issues };
}

/** Ids whose entries the new layer has added or changed. */
export const changedIds = (before: SettingEntries, after: SettingEntries): readonly SettingId[] =>
  Object.keys(after)
    .filter(isSettingId)
    .filter((id) => {
      const [old, now] = [before[id], after[id]];
      return now !== undefined && (old === undefined || !same(bare(old), bare(now)));
    });

/** Entries as the API shows them. */
export function showSettings(entries: SettingEntries): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entries).map(([id, entry]) => [
      id,
      'value' in entry && entry.value instanceof Secret ? { ...entry, value: MASKED } : entry,
    ]),
  );
}
