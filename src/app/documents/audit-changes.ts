import { MASKED, Secret } from '../../domain/secret.ts';
import type { AuditChange, AuditValue } from '../ports.ts';
import { fieldName, type FieldPath } from './issue.ts';
import { same } from './same.ts';
import { isTenantScope, type PlatformScope } from './scope.ts';

/** What a log may hold of one change; more is told by its number only. */
const MAX_CHANGES = 100;
const MAX_TEXT = 200;

/** Not what somebody wrote, but what we noted of it. */
const OURS: ReadonlySet<string> = new Set(['id', 'by', 'at']);

/** Kept as text, yet nobody's to read. */
const SECRET_NAMES: ReadonlySet<string> = new Set(['passwordHash', 'hash']);

interface Difference {
  readonly path: FieldPath;
  readonly before: unknown;
  readonly after: unknown;
}

const isBranch = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Secret);

const memberOf = (value: unknown, step: string | number): unknown =>
  // `as`: any object can be asked for an own property.
  isBranch(value) && Object.hasOwn(value, step)
    ? (value as Readonly<Record<string | number, unknown>>)[step]
    : undefined;

/** The names and places below two values, in the order of the older. */
function stepsOf(before: unknown, after: unknown): readonly (string | number)[] {
  const [old, now] = [before, after].map((value) => (isBranch(value) ? Object.keys(value) : []));
  const names = Array.from(new Set([...(old ?? []), ...(now ?? [])])).filter((name) => !OURS.has(name));
  return Array.isArray(before) || Array.isArray(after) ? names.map(Number) : names;
}

/** The innermost places at which two values differ. */
function* differences(before: unknown, after: unknown, path: FieldPath = []): Generator<Difference> {
  if (same(before, after)) return;
  if (!isBranch(before) && !isBranch(after)) {
    yield { path, before, after };
    return;
  }
  for (const step of stepsOf(before, after))
    yield* differences(memberOf(before, step), memberOf(after, step), [...path, step]);
}

function show(value: unknown, isSecret: boolean): AuditValue {
  if (isSecret || value instanceof Secret) return MASKED;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

type Find = (id: string, scope: PlatformScope) => Promise<string | undefined>;

const ofTenant =
  (kind: 'groups' | 'people' | 'profiles' | 'templates'): Find =>
  async (id, scope) =>
    isTenantScope(scope) ? (await scope.own[kind].byId(id))?.name : undefined;

/** What an id stands for, by the name of the field that holds it. */
const NAMES: Readonly<Record<string, Find>> = {
  group: ofTenant('groups'),
  groups: ofTenant('groups'),
  parent: ofTenant('groups'),
  person: ofTenant('people'),
  profile: ofTenant('profiles'),
  template: async (id, scope) =>
    (await ofTenant('templates')(id, scope)) ?? (await scope.platform.templates.byId(id))?.name,
  extension: async (id, scope) => (isTenantScope(scope) ? (await scope.own.extensions.byId(id))?.number : undefined),
  tenant: async (id, scope) => (await scope.platform.tenants.byId(id))?.name,
};

/** The value as people know it: a name in place of an id. */
async function named(value: unknown, field: string, scope: PlatformScope): Promise<unknown> {
  const find = NAMES[field];
  return find === undefined || typeof value !== 'string' ? value : ((await find(value, scope)) ?? value);
}

async function describe({ path, before, after }: Difference, scope: PlatformScope): Promise<AuditChange> {
  const field = path.findLast((step) => typeof step === 'string') ?? '';
  const isSecret = SECRET_NAMES.has(field) || before instanceof Secret || after instanceof Secret;
  const [old, now] = [await named(before, field, scope), await named(after, field, scope)];
  const changed = isSecret && before !== undefined;
  return {
    field: fieldName(path),
    ...(old === undefined ? {} : { before: show(old, isSecret) }),
    ...(now === undefined ? {} : { after: changed ? `${MASKED} (changed)` : show(now, isSecret) }),
  };
}

/** What a change did to an object, field by field, secrets masked; without `before` all that is new, without `after` all that is gone. */
export async function changesBetween(
  before: object | undefined,
  after: object | undefined,
  scope: PlatformScope,
): Promise<readonly AuditChange[]> {
  const changes: AuditChange[] = [];
  let more = 0;
  for (const difference of differences(before, after)) {
    if (changes.length < MAX_CHANGES) changes.push(await describe(difference, scope));
    else more += 1;
  }
  return more === 0 ? changes : [...changes, { field: `and ${more} more` }];
}
