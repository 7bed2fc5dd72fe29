import type { AuditChange, WriteConflict } from '../ports.ts';
import { changesBetween } from '../documents/audit-changes.ts';
import { issue, issuesOf, type FieldPath, type Issue } from '../documents/issue.ts';
import { unversioned, type Kind, type KindName } from '../documents/kind.ts';
import { same } from '../documents/same.ts';
import { isTenantScope, type PlatformScope } from '../documents/scope.ts';

/** What became of one object of the document. */
export interface Applied {
  readonly kind: KindName | 'platform';
  readonly name: string;
  readonly tenant?: string;
}

/** What one run has done and found so far. */
export interface Ledger {
  readonly created: Applied[];
  readonly changed: Applied[];
  readonly unchanged: Applied[];
  /** What was done to objects that were there before, for the audit log. */
  readonly notes: {
    readonly scope: PlatformScope;
    readonly applied: Applied;
    readonly changes: readonly AuditChange[];
  }[];
  readonly issues: Issue[];
  /** `extension 201`: named in the document, but refused, so that whoever refers to it need not be blamed as well. */
  readonly refused: Set<string>;
}

/** Changed objects of one document that are noted one by one; all are counted. */
const MAX_NOTES = 1000;

export const newLedger = (): Ledger => ({
  created: [],
  changed: [],
  unchanged: [],
  notes: [],
  issues: [],
  refused: new Set(),
});

/** One object of the document that has the shape of its kind. */
export interface Item<Document> {
  readonly path: FieldPath;
  readonly document: Document;
  readonly key: string;
}

const reference = (kind: KindName, key: string): string => `${kind} ${key}`;

/** Text of the field that names the object, whatever else is wrong with it. */
function roughKey(input: unknown, field: string): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const value: unknown = new Map<string, unknown>(Object.entries(input)).get(field);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Reads the shape of all objects of a kind; those that have none are noted, and so are those that stand twice. */
export function readItems<Document, T extends { readonly id: string }, Scope extends PlatformScope>(
  kind: Kind<Document, T, Scope>,
  inputs: readonly unknown[],
  path: FieldPath,
  keyOf: (document: Document) => string | undefined,
  ledger: Ledger,
): readonly Item<Document>[] {
  const seen = new Set<string>();
  return inputs.flatMap((input, index) => {
    const at = [...path, index];
    const parsed = kind.document.safeParse(input);
    if (!parsed.success) {
      ledger.issues.push(...issuesOf(parsed.error, input, at));
      const rough = roughKey(input, kind.keyField);
      if (rough !== undefined) ledger.refused.add(reference(kind.name, rough));
      return [];
    }
    const key = keyOf(parsed.data);
    if (key !== undefined && seen.has(key)) {
      ledger.issues.push(issue(at, `${kind.name} ${JSON.stringify(key)} stands twice in the document`, key));
      return [];
    }
    seen.add(key ?? '');
    return [{ path: at, document: parsed.data, key: key ?? '' }];
  });
}

/** A conflict of the store in words, for whoever wrote the document. */
export function describeConflict(error: WriteConflict): string {
  switch (error.kind) {
    case 'taken':
      return `${error.field} ${error.value} is taken`;
    case 'in_use':
      return `is in use by ${error.by}`;
    case 'stale':
      return 'has been changed by somebody else meanwhile';
  }
}

const refuse = (ledger: Ledger, kind: KindName, item: Item<unknown>, issues: readonly Issue[]): void => {
  ledger.refused.add(reference(kind, item.key));
  ledger.issues.push(
    ...issues
      .filter((found) => found.missing === undefined || !ledger.refused.has(found.missing))
      .map((found) => ({ ...found, path: [...item.path, ...found.path] })),
  );
};

/** Keeps one object and notes what became of it. */
export async function applyItem<Document, T extends { readonly id: string }, Scope extends PlatformScope>(
  kind: Kind<Document, T, Scope>,
  item: Item<Document>,
  scope: Scope,
  ledger: Ledger,
  was?: T,
): Promise<void> {
  const repository = kind.repository(scope);
  const before = await repository.byKey(item.key);
  const old = before === undefined ? undefined : unversioned<T>(before);
  const read = await kind.read(item.document, was ?? old, scope);
  if (!read.ok) {
    refuse(ledger, kind.name, item, read.error);
    return;
  }
  const applied: Applied = {
    kind: kind.name,
    name: kind.keyOf(read.value),
    ...(isTenantScope(scope) ? { tenant: scope.tenant.name } : {}),
  };
  if (old !== undefined && same(old, read.value)) {
    ledger.unchanged.push(applied);
    return;
  }
  const written =
    before === undefined ? await repository.create(read.value) : await repository.replace(read.value, before.version);
  if (!written.ok) {
    refuse(ledger, kind.name, item, [issue([], describeConflict(written.error))]);
    return;
  }
  (before === undefined ? ledger.created : ledger.changed).push(applied);
  if (old !== undefined && ledger.notes.length < MAX_NOTES)
    ledger.notes.push({ scope, applied, changes: await changesBetween(old, read.value, scope) });
}
