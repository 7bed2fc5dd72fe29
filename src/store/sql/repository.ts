import { sql } from 'kysely';
import type { Repository, Versioned, WriteConflict, WriteResult } from '../../app/ports.ts';
import { encodeDocument } from '../json-codec.ts';
import { isShareable, PLATFORM, type Kind, type Objects, type Scope, type Table } from '../kinds.ts';
import { assertScope, DanglingPointer, withoutVersion } from '../scope.ts';
import { findHolder, findTaken } from './conflicts.ts';
import { columnsOf, inScope, toObject, type Columns, type ObjectRow } from './rows.ts';
import { hotText, type Executor, type Ground } from './session.ts';
import { newTag, touch } from './tags.ts';

/** What a write beside the object's own rules must not break. */
export type ExtraCheck<T> = (db: Executor, object: T) => Promise<WriteConflict | undefined>;

/** How one repository keeps its objects. */
interface Keeping<K extends Table> extends Ground {
  readonly kind: Kind<K>;
  readonly scope: Scope;
  readonly extraCheck: ExtraCheck<Objects[K]>;
}

/** Errors of both databases that say: what is pointed to is not there. */
const isForeignKeyError = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || error.code === '23503');

async function clearLinks<K extends Table>(db: Executor, kind: Kind<K>, id: string) {
  for (const { via } of kind.pointers) {
    if (via !== undefined) await db.run(sql`delete from ${sql.table(via.table)} where ${sql.ref(via.owner)} = ${id}`);
  }
}

async function writeLinks<K extends Table>(db: Executor, kind: Kind<K>, scope: Scope, object: Objects[K]) {
  for (const { via, column, ids } of kind.pointers) {
    if (via === undefined) continue;
    const targets = ids(object);
    if (targets.length === 0) continue;
    await db.run(sql`insert into ${sql.table(via.table)} (tenant_id, ${sql.ref(via.owner)}, ${sql.ref(column)})
      values ${sql.join(targets.map((target) => sql`(${scope}, ${object.id}, ${target})`))}`);
  }
}

/** What belongs to the platform may be named by all, what belongs to a neighbour by nobody: foreign keys can't say that. */
async function assertShared<K extends Table>(db: Executor, kind: Kind<K>, scope: Scope, object: Objects[K]) {
  for (const { to, ids, owner } of kind.pointers.filter((one) => isShareable(one.to) || one.owner !== undefined)) {
    const within = owner?.(object) ?? scope;
    for (const id of ids(object)) {
      if (id === undefined) continue;
      const found = await db.run(
        sql`select id from ${sql.table(to)} where id = ${id} and (tenant_id is null or tenant_id = ${within})`,
      );
      if (found.length === 0) throw new DanglingPointer(kind.word, kind.key(object));
    }
  }
}

/** The columns of a kind are always the same ones: one prepared statement for each. */
const insertText = (table: Table, names: readonly string[]) =>
  hotText<{ id: string }>(
    `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')}) on conflict do nothing returning id`,
  );

async function insertRow<K extends Table>(
  db: Executor,
  { kind, scope, cipher, crypto, extraCheck }: Keeping<K>,
  object: Objects[K],
  version: number,
): Promise<WriteResult<Objects[K]>> {
  const conflict = await extraCheck(db, object);
  if (conflict) return { ok: false, error: conflict };
  await assertShared(db, kind, scope, object);
  const columns: Columns = {
    id: object.id,
    version,
    doc: encodeDocument(object, cipher, `${kind.table}/${object.id}`),
    ...columnsOf(kind, scope, object, crypto),
    ...(kind.touches === 'itself' ? { tag: newTag() } : {}),
  };
  const inserted = await db.first(insertText(kind.table, Object.keys(columns)), Object.values(columns));
  if (inserted === undefined) {
    const taken = await findTaken(db, kind, scope, object, crypto);
    return { ok: false, error: taken ?? { kind: 'taken', field: 'id', value: object.id } };
  }
  await writeLinks(db, kind, scope, object);
  if (kind.touches === 'owner') await touch(db, kind, scope, object.id);
  return { ok: true, value: { ...object, version } };
}

async function updateRow<K extends Table>(
  db: Executor,
  { kind, scope, cipher, crypto, extraCheck }: Keeping<K>,
  object: Objects[K],
  ifVersion: number | undefined,
): Promise<WriteResult<Objects[K]>> {
  const table = sql.table(kind.table);
  const old = await db.run(sql<{ version: number }>`select version from ${table}
    where id = ${object.id} and ${inScope(kind, scope)}`);
  const version = old[0]?.version ?? 0;
  if (version === 0 || (ifVersion ?? version) !== version) return { ok: false, error: { kind: 'stale', version } };
  const conflict = (await extraCheck(db, object)) ?? (await findTaken(db, kind, scope, object, crypto));
  if (conflict) return { ok: false, error: conflict };
  await assertShared(db, kind, scope, object);
  const columns: Columns = {
    version: version + 1,
    doc: encodeDocument(object, cipher, `${kind.table}/${object.id}`),
    ...columnsOf(kind, scope, object, crypto),
  };
  const changes = Object.entries(columns).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
  await db.run(sql`update ${table} set ${sql.join(changes)} where id = ${object.id}`);
  await clearLinks(db, kind, object.id);
  await writeLinks(db, kind, scope, object);
  await touch(db, kind, scope, object.id);
  return { ok: true, value: { ...object, version: version + 1 } };
}

type Removal = Awaited<ReturnType<Repository<Objects[Table]>['remove']>>;

async function deleteRow<K extends Table>(db: Executor, { kind, scope }: Keeping<K>, id: string): Promise<Removal> {
  const mine = sql`id = ${id} and ${inScope(kind, scope)}`;
  const found = await db.run(sql`select id from ${sql.table(kind.table)} where ${mine}`);
  if (found.length === 0) return { ok: true };
  const holder = await findHolder(db, kind.table, id);
  if (holder) return { ok: false, error: holder };
  await db.run(sql`delete from ${sql.table(kind.table)} where ${mine}`);
  if (kind.touches === 'owner') await touch(db, kind, scope, id);
  return { ok: true };
}

/** The read of one object by a column that identifies it within its owner. */
function oneBy<K extends Table>(kind: Kind<K>, scope: Scope, column: 'id' | 'key') {
  const owner = !kind.owned ? '' : scope === PLATFORM ? ' and tenant_id is null' : ' and tenant_id = ?';
  const text = hotText<ObjectRow<Objects[K]>>(`select id, version, doc from ${kind.table} where ${column} = ?${owner}`);
  return { text, parameters: (value: string) => (owner.endsWith('?') ? [value, scope] : [value]) };
}

/** Objects of one kind and owner in a database. */
export function sqlRepository<K extends Table>(
  kind: Kind<K>,
  scope: Scope,
  ground: Ground,
  extraCheck: ExtraCheck<Objects[K]> = () => Promise.resolve(undefined),
): Repository<Objects[K]> {
  type T = Objects[K];
  const { session, cipher } = ground;
  const keeping: Keeping<K> = { ...ground, kind, scope, extraCheck };
  const [byId, byKey] = [oneBy(kind, scope, 'id'), oneBy(kind, scope, 'key')];
  const versioned = (row: ObjectRow<T>): Versioned<T> => toObject(kind.table, row, cipher);
  const read = async ({ text, parameters }: typeof byId, value: string): Promise<Versioned<T> | undefined> => {
    const row = await session.reads.first(text, parameters(value));
    return row && versioned(row);
  };
  const writeOwn = <R>(work: (db: Executor) => Promise<R>): Promise<R> => session.write(work, 'serializable', [scope]);
  const write = (object: T, work: (db: Executor, object: T) => Promise<WriteResult<T>>): Promise<WriteResult<T>> => {
    assertScope(kind, scope, object);
    return writeOwn((db) =>
      work(db, withoutVersion(object)).catch((error: unknown) => {
        throw isForeignKeyError(error) ? new DanglingPointer(kind.word, kind.key(object), { cause: error }) : error;
      }),
    );
  };

  return {
    byId: (id) => read(byId, id),
    byKey: (key) => read(byKey, key),
    list: async ({ after, limit }) => {
      const further = after === undefined ? sql`` : sql`and key > ${after}`;
      const page = await session.reads.run(sql<ObjectRow<T>>`select id, version, doc from ${sql.table(kind.table)}
        where ${inScope(kind, scope)} ${further} order by key limit ${limit}`);
      return page.map(versioned);
    },
    count: async () => {
      const counted = await session.reads.run(sql<{
        n: number;
      }>`select cast(count(*) as integer) as n from ${sql.table(kind.table)}
        where ${inScope(kind, scope)}`);
      return counted[0]?.n ?? 0;
    },
    create: async (object, version = 1) => write(object, (db, kept) => insertRow(db, keeping, kept, version)),
    replace: async (object, ifVersion) => write(object, (db, kept) => updateRow(db, keeping, kept, ifVersion)),
    remove: (id) => writeOwn((db) => deleteRow(db, keeping, id)),
  };
}
