import type { KeyedHash, Kind, Objects, Scope, Table } from '../kinds.ts';
import type { Repository, Versioned, WriteConflict, WriteResult } from '../../app/ports.ts';
import { isShareable, KINDS, PLATFORM, TABLES } from '../kinds.ts';
import { compareKeys, pageOf } from '../order.ts';
import { assertScope, DanglingPointer, withoutVersion } from '../scope.ts';
import { nextTag, versioned, type Row, type State, type World } from './state.ts';

/** What a write beside the object's own rules must not break. */
export type ExtraCheck<T> = (state: State, object: T) => WriteConflict | undefined;

/** How one repository keeps its objects. */
interface Keeping<K extends Table> {
  readonly kind: Kind<K>;
  readonly scope: Scope;
  readonly crypto: KeyedHash;
  readonly extraCheck: ExtraCheck<Objects[K]>;
}

interface RemovalRefused {
  readonly ok: false;
  readonly error: WriteConflict;
}

/** A value that one object only may have, as text. */
interface Claim {
  readonly text: string;
  readonly field: string;
  readonly shown: string;
}

const keyClaim = (table: Table, scope: Scope, key: string): string => `${table}.key:${scope}=${key}`;

/** The claim under which an object with these unique columns is found. */
export const uniqueClaim = (table: Table, columns: Readonly<Record<string, string>>): string =>
  `${table}.${JSON.stringify(Object.values(columns))}`;

function claimsOf<K extends Table>(kind: Kind<K>, scope: Scope, object: Objects[K], crypto: KeyedHash): Claim[] {
  const key = kind.key(object);
  return [
    ...kind.uniques(object, crypto).map(({ field, shown, columns }) => ({
      text: uniqueClaim(kind.table, columns),
      field,
      shown,
    })),
    // Last, as in sql/conflicts.ts.
    { text: keyClaim(kind.table, scope, key), field: kind.keyField, shown: key },
  ];
}

function findTaken(state: State, claims: readonly Claim[], id: string): WriteConflict | undefined {
  const taken = claims.find((claim) => (state.claims.get(claim.text) ?? id) !== id);
  return taken && { kind: 'taken', field: taken.field, value: taken.shown };
}

function pointersOf<K extends Table>(kind: Kind<K>, scope: Scope, object: Objects[K]): string[] {
  const named = kind.pointers.flatMap((pointer) =>
    pointer.ids(object).flatMap((id) => (id === undefined ? [] : [`${pointer.to}/${id}`])),
  );
  return scope === PLATFORM ? named : [...named, `tenants/${scope}`];
}

/** Whether an object of `scope` may name the one of that scope. */
const mayName = (scope: Scope, to: Table, target: Scope | undefined): boolean =>
  target === scope || (target === PLATFORM && (scope === PLATFORM || isShareable(to)));

function assertTargets<K extends Table>(state: State, kind: Kind<K>, scope: Scope, object: Objects[K]): void {
  if (scope !== PLATFORM && !state.rows.tenants.has(scope)) throw new Error(`there is no tenant ${scope}`);
  for (const { to, ids, owner } of kind.pointers) {
    const within = owner?.(object) ?? scope;
    const missing = ids(object).find((id) => id !== undefined && !mayName(within, to, state.rows[to].get(id)?.scope));
    if (missing !== undefined) throw new DanglingPointer(kind.word, kind.key(object));
  }
}

/** The rows that name `table/id`. */
export const holdersOf = (state: State, target: string): { table: Table; id: string; label: string }[] =>
  TABLES.flatMap((table) =>
    [...state.rows[table]]
      .filter(([, row]) => row.pointsTo.includes(target))
      .map(([id, { label }]) => ({ table, id, label }))
      .sort((a, b) => compareKeys(a.label, b.label)),
  );

function touch(state: State, { table, touches }: { table: Table; touches: string }, scope: Scope, id: string): void {
  if (touches === 'owner') state.tags.set(scope, nextTag());
  if (touches === 'itself') state.tags.set(id, nextTag());
  if (touches !== 'holders') return;
  for (const holder of holdersOf(state, `${table}/${id}`)) state.tags.set(holder.id, nextTag());
}

function removeRow(state: State, table: Table, scope: Scope, id: string): { readonly ok: true } | RemovalRefused {
  const row = state.rows[table].get(id);
  if (row?.scope !== scope) return { ok: true };
  const holders = holdersOf(state, `${table}/${id}`);
  const keeper = holders.find((holder) => KINDS[holder.table].follows !== true);
  if (keeper) return { ok: false, error: { kind: 'in_use', by: keeper.label } };
  for (const holder of holders) removeRow(state, holder.table, scope, holder.id);
  for (const claim of row.claims) state.claims.delete(claim);
  state.rows[table].delete(id);
  state.phoneStates.delete(id);
  state.uploads.delete(id);
  touch(state, KINDS[table], scope, id);
  return { ok: true };
}

/** Writes an object whose id and version have been looked at. */
function putRow<K extends Table>(
  state: State,
  { kind, scope, crypto, extraCheck }: Keeping<K>,
  written: Objects[K],
  version: number,
): WriteResult<Objects[K]> {
  const object = withoutVersion(written);
  const claims = claimsOf(kind, scope, object, crypto);
  const conflict = extraCheck(state, object) ?? findTaken(state, claims, object.id);
  if (conflict) return { ok: false, error: conflict };
  assertTargets(state, kind, scope, object);
  const rows: Map<string, Row<Objects[K]>> = state.rows[kind.table];
  for (const claim of rows.get(object.id)?.claims ?? []) state.claims.delete(claim);
  for (const claim of claims) state.claims.set(claim.text, object.id);
  rows.set(object.id, {
    object,
    scope,
    version,
    label: `${kind.word} ${kind.key(object)}`,
    claims: claims.map((claim) => claim.text),
    pointsTo: pointersOf(kind, scope, object),
  });
  if (version > 1 || kind.touches !== 'holders') touch(state, kind, scope, object.id);
  return { ok: true, value: { ...object, version } };
}

/** Objects of one kind and owner in memory. */
export function memoryRepository<K extends Table>(
  kind: Kind<K>,
  scope: Scope,
  world: World,
  crypto: KeyedHash,
  extraCheck: ExtraCheck<Objects[K]> = () => undefined,
): Repository<Objects[K]> {
  const keeping = { kind, scope, crypto, extraCheck };
  const rowsOf = (state: State): Map<string, Row<Objects[K]>> => state.rows[kind.table];
  const find = (id = ''): Versioned<Objects[K]> | undefined => {
    const row = rowsOf(world.state()).get(id);
    return row?.scope === scope ? versioned(row) : undefined;
  };
  const mine = (): Row<Objects[K]>[] => [...rowsOf(world.state()).values()].filter((row) => row.scope === scope);

  return {
    byId: (id) => Promise.resolve(find(id)),
    byKey: (key) => Promise.resolve(find(world.state().claims.get(keyClaim(kind.table, scope, key)))),
    list: (page) => Promise.resolve(pageOf(mine().map(versioned), kind.key, page)),
    count: () => Promise.resolve(mine().length),
    create: (object, version = 1) =>
      world.write((state) => {
        assertScope(kind, scope, object);
        return rowsOf(state).has(object.id)
          ? { ok: false, error: { kind: 'taken', field: 'id', value: object.id } }
          : putRow(state, keeping, object, version);
      }),
    replace: (object, ifVersion) =>
      world.write((state) => {
        assertScope(kind, scope, object);
        const old = rowsOf(state).get(object.id);
        const version = old?.scope === scope ? old.version : 0;
        if (version === 0 || (ifVersion ?? version) !== version)
          return { ok: false, error: { kind: 'stale', version } };
        return putRow(state, keeping, object, version + 1);
      }),
    remove: (id) => world.write((state) => removeRow(state, kind.table, scope, id)),
  };
}
