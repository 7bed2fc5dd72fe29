import { z } from 'zod';
import { without } from '../../domain/fields.ts';
import type { Line, Phone } from '../../domain/phone.ts';
import type { Resolved, ResolvedSettings, SettingEntries } from '../../domain/resolve/layers.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { isSettingId, type SettingId } from '../../domain/settings/registry.ts';
import type { Actor } from '../access/actor.ts';
import { settingsField } from '../documents/fields.ts';
import { issue, issuesOf, type FieldPath, type Issue } from '../documents/issue.ts';
import { unversioned } from '../documents/kind.ts';
import { checkPhone } from '../documents/phone-checks.ts';
import { findPartsOf } from '../documents/phone-references.ts';
import type { Saved } from '../documents/save-document.ts';
import { driverOf, type TenantScope } from '../documents/scope.ts';
import { entryForm, readSettings, type Written } from '../documents/settings-document.ts';
import type { Versioned } from '../ports.ts';
import { refusalTo, resolveForPerson } from './open-settings.ts';
import { updatePhone } from './update-phone.ts';

/** What a person changes on his own phone: a value, `{ "clear": true }`, or null for what holds without him. */
export const ownChange = z.strictObject({
  settings: settingsField.default({}),
  lines: z
    .array(z.strictObject({ position: z.int().min(1).max(1000), settings: settingsField }))
    .max(1000)
    .default([]),
});
type OwnChange = z.output<typeof ownChange>;

/** One layer of the phone, and what its person may do with each setting there. */
interface OwnLayer {
  readonly place: 'phone' | 'line';
  readonly path: FieldPath;
  readonly before: SettingEntries;
  readonly resolved: ReadonlyMap<SettingId, Resolved>;
}

interface ReadLayer {
  readonly entries: SettingEntries;
  readonly issues: readonly Issue[];
}

/** What an entry says beside its value is not his to say. */
const RULES = ['access', 'locked'] as const;

/** What is wrong with one change before its value is looked at. */
function refusals(id: string, written: unknown, { place, path, resolved }: OwnLayer): readonly Issue[] {
  const refusal = refusalTo(id, resolved, place);
  if (refusal !== undefined) return [issue([...path, id], refusal)];
  const form = entryForm(written);
  return RULES.filter((rule) => rule in form).map((rule) => issue([...path, id, rule], 'is set by your administrator'));
}

/** His change as an entry: an access that stands there stays; null takes his value away. */
function entryOf(written: unknown, access: string | undefined): Written | undefined {
  const kept = access === undefined ? {} : { access };
  if (written !== null) return { ...entryForm(written), ...kept };
  return access === undefined ? undefined : kept;
}

function readLayer(changes: Written, layer: OwnLayer, scope: TenantScope): ReadLayer {
  const { place, path, before } = layer;
  const refused = Object.entries(changes).flatMap(([id, written]) => refusals(id, written, layer));
  const ids = Object.keys(changes).filter(isSettingId);
  const wanted = ids.map((id) => [id, entryOf(changes[id], before[id]?.access)] as const);
  const entries = Object.fromEntries(wanted.filter(([, entry]) => entry !== undefined));
  if (refused.length > 0) return { entries: before, issues: refused };
  const read = readSettings(entries, before, scope, { path, onLine: place === 'line' });
  return { entries: { ...without(before, ...ids), ...read.entries }, issues: read.issues };
}

type WrittenLine = OwnChange['lines'][number];

const pathOfLine = (index: number): FieldPath => ['lines', index, 'settings'];

/** Lines that the phone does not have, or that are written twice. */
const lineIssues = (written: readonly WrittenLine[], lines: readonly Line[]): readonly Issue[] =>
  written.flatMap(({ position }, index) => {
    const path = ['lines', index, 'position'];
    if (!lines.some((line) => line.position === position)) return [issue(path, 'the phone has no such line', position)];
    const first = written.findIndex((line) => line.position === position);
    return first === index ? [] : [issue(path, 'is used twice', position)];
  });

function readLines(
  phone: Phone,
  written: readonly WrittenLine[],
  { line: resolved }: ResolvedSettings,
  scope: TenantScope,
) {
  const issues = [...lineIssues(written, phone.lines)];
  const lines = phone.lines.map((line) => {
    const index = written.findIndex(({ position }) => position === line.position);
    const layer = {
      place: 'line',
      path: pathOfLine(index),
      before: line.settings,
      resolved: resolved.get(line.position) ?? new Map<never, never>(),
    } as const;
    const read = readLayer(written[index]?.settings ?? {}, layer, scope);
    issues.push(...read.issues);
    return { ...line, settings: read.entries };
  });
  return { lines, issues };
}

/** The phone as its person wants it, or why not. */
async function readOwnChange(
  phone: Phone,
  change: OwnChange,
  scope: TenantScope,
): Promise<Result<Phone, readonly Issue[]>> {
  const resolved = await resolveForPerson(phone, scope);
  const layer = { place: 'phone', path: ['settings'], before: phone.settings, resolved: resolved.phone } as const;
  const settings = readLayer(change.settings, layer, scope);
  const lines = readLines(phone, change.lines, resolved, scope);
  const issues = [...settings.issues, ...lines.issues];
  return issues.length > 0 ? err(issues) : ok({ ...phone, settings: settings.entries, lines: lines.lines });
}

/** What can be seen only when the whole phone is known, as for whoever else changes it. */
async function checkWhole(
  phone: Phone,
  before: Phone,
  change: OwnChange,
  scope: TenantScope,
): Promise<readonly Issue[]> {
  const references = await findPartsOf(phone, scope);
  const driver = driverOf(scope.catalogue, phone.vendor);
  const parts = { ...references, driver, model: driver?.models.find((model) => model.id === phone.model) };
  const extensions = phone.lines.flatMap(({ position, extension }) => {
    const found = references.extensions.get(extension);
    return found === undefined ? [] : [[position, found] as const];
  });
  const paths = change.lines.map(({ position }, index) => [position, pathOfLine(index).slice(0, -1)] as const);
  const lines = { extensions: new Map(extensions), paths: new Map(paths) };
  return checkPhone(phone, before, parts, { document: {}, lines, scope });
}

/** A person's change of his own phone, as far as his administrator has left it open. */
export async function changeOwnPhone(
  scope: TenantScope,
  actor: Actor,
  before: Versioned<Phone>,
  input: unknown,
): Promise<Saved<Phone>> {
  const parsed = ownChange.safeParse(input);
  if (!parsed.success) return { kind: 'invalid', issues: issuesOf(parsed.error, input) };
  const old = unversioned<Phone>(before);
  const read = await readOwnChange(old, parsed.data, scope);
  if (!read.ok) return { kind: 'invalid', issues: read.error };
  const issues = await checkWhole(read.value, old, parsed.data, scope);
  return updatePhone(scope, actor, 'phone.changed', before, read.value, issues);
}
