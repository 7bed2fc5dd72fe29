import { sql, type RawBuilder } from 'kysely';
import type { Journal, RequestRecord } from '../../app/ports.ts';
import { decodeDocument, encodeDocument, type DocumentText } from '../json-codec.ts';
import type { Ground } from './session.ts';

// PostgreSQL takes 65535 parameters in one statement, SQLite 32766.
const ROWS_PER_STATEMENT = 500;

/** The request journal. What is appended twice (a batch whose answer was lost) is kept once. */
export function sqlJournal({ session, cipher }: Ground): Journal {
  return {
    append: async (records) => {
      if (records.length === 0) return;
      await session.write(async (db) => {
        for (let start = 0; start < records.length; start += ROWS_PER_STATEMENT) {
          const rows = records.slice(start, start + ROWS_PER_STATEMENT).map((record) => {
            const { id, at, tenant = null, phone = null, event = null } = record;
            return sql`(${id}, ${at}, ${tenant}, ${phone}, ${event}, ${encodeDocument(record, cipher, `journal/${id}`)})`;
          });
          await db.run(sql`insert into journal (id, at, tenant_id, phone_id, event, doc) values ${sql.join(rows)}
            on conflict (id) do nothing`);
        }
      }, 'row_locks');
    },
    list: async ({ tenant, phone, event, before, limit }) => {
      const conditions: RawBuilder<unknown>[] = [
        sql`1 = 1`,
        ...(tenant === undefined ? [] : [sql`tenant_id = ${tenant}`]),
        ...(phone === undefined ? [] : [sql`phone_id = ${phone}`]),
        ...(event === undefined ? [] : [sql`event = ${event}`]),
        ...(before === undefined ? [] : [sql`(at, seq) < (select b.at, b.seq from journal b where b.id = ${before})`]),
      ];
      const page = await session.reads.run(sql<{
        id: string;
        doc: DocumentText<RequestRecord>;
      }>`select id, doc from journal
        where ${sql.join(conditions, sql` and `)} order by at desc, seq desc limit ${limit}`);
      return page.map(({ id, doc }) => decodeDocument(doc, cipher, `journal/${id}`));
    },
    trim: async ({ rows, since }) => {
      await session.write(async (db) => {
        await db.run(sql`delete from journal where at < ${since.toISOString()}`);
        await db.run(sql`delete from journal where (at, seq) <=
          (select b.at, b.seq from journal b order by b.at desc, b.seq desc limit 1 offset ${rows})`);
      }, 'row_locks');
    },
  };
}
