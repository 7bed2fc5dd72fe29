import { sql } from 'kysely';
import type { WriteConflict } from '../../app/ports.ts';
import type { KeyedHash, Kind, Objects, Scope, Table } from '../kinds.ts';
import { inScope, pointersTo, type PointerTo } from './rows.ts';
import type { Executor } from './session.ts';

/** Which of an object's unique values another one has. Asked when a write has met one, to name the field. */
export async function findTaken<K extends Table>(
  db: Executor,
  kind: Kind<K>,
  scope: Scope,
  object: Objects[K],
  crypto: KeyedHash,
): Promise<WriteConflict | undefined> {
  const key = kind.key(object);
  // The key comes last: a phone's name follows from its MAC or serial number, and that is the field its writer knows.
  const claims = [
    ...kind.uniques(object, crypto).map(({ field, shown, columns }) => ({
      field,
      shown,
      found: sql.join(
        Object.entries(columns).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
        sql` and `,
      ),
    })),
    { field: kind.keyField, shown: key, found: sql`${inScope(kind, scope)} and key = ${key}` },
  ];
  for (const { field, shown, found } of claims) {
    const other = await db.run(sql`select id from ${sql.table(kind.table)} where ${found} and id <> ${object.id}`);
    if (other.length > 0) return { kind: 'taken', field, value: shown };
  }
  return undefined;
}

const holdersQuery = ({ from, column, via }: PointerTo, id: string) =>
  via === undefined
    ? sql<{ key: string }>`select key from ${sql.table(from)} where ${sql.ref(column)} = ${id} order by key limit 1`
    : sql<{ key: string }>`select o.key from ${sql.table(via.table)} l join ${sql.table(from)} o
        on o.id = ${sql.ref(`l.${via.owner}`)} where ${sql.ref(`l.${column}`)} = ${id} order by o.key limit 1`;

/** The first object that still points to this one. */
export async function findHolder(db: Executor, table: Table, id: string): Promise<WriteConflict | undefined> {
  for (const pointer of pointersTo(table)) {
    const holder = (await db.run(holdersQuery(pointer, id)))[0];
    if (holder) return { kind: 'in_use', by: `${pointer.word} ${holder.key}` };
  }
  return undefined;
}
