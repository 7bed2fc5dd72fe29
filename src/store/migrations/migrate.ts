import { sql } from 'kysely';
import { StoreUnavailable } from '../../app/ports.ts';
import type { Executor } from '../sql/session.ts';
import { MIGRATIONS, type Dialect, type Migration } from './list.ts';

/**
 * Brings the schema up to what this program knows; runs inside the caller's transaction. Forward only: a schema that a
 * newer program has made is refused, since we don't know what it means.
 */
export async function migrate(
  db: Executor,
  dialect: Dialect,
  where: string,
  list: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await db.run(sql`create table if not exists schema_version (version integer primary key, at text not null)`);
  const found = await db.run(sql<{ version: number | null }>`select max(version) as version from schema_version`);
  const has = found[0]?.version ?? 0;
  const knows = Math.max(0, ...list.map(({ version }) => version));
  if (has > knows) {
    throw new StoreUnavailable(
      `${where} was written by a newer Offhook (schema ${has}; this one knows ${knows}): run that version, or restore a backup of before`,
    );
  }
  for (const { version, statements } of list.filter((migration) => migration.version > has)) {
    for (const statement of statements(dialect)) await db.run(sql.raw(statement));
    await db.run(sql`insert into schema_version (version, at) values (${version}, ${new Date().toISOString()})`);
  }
}
