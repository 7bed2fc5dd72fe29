import { sql, type RawBuilder } from 'kysely';
import type { Journal, RequestRecord } from '../../app/ports.ts';
import { decodeDocument, type DocumentText } from '../json-codec.ts';
import { hotText, type Ground, type HotText, type Parameter, type Statement } from './session.ts';

const insertRows = (rows: number): HotText<never> =>
  hotText(
    `insert into journal (id, at, tenant_id, phone_id, event, doc) values ${Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?)').join(', ')}
      on conflict (id) do nothing`,
  );

// Few sizes, so that each is prepared once: a batch is cut into the largest that fit.
const INSERTS = [100, 10, 1].map((rows) => ({ rows, text: insertRows(rows) }));

/** A record holds no secret, by its type: nothing in it has to be sealed. */
const parametersOf = (record: RequestRecord): readonly Parameter[] => {
  const { id, at, tenant = null, phone = null, event = null } = record;
  return [id, at, tenant, phone, event, JSON.stringify(record)];
};

function inserts(records: readonly RequestRecord[]): readonly Statement[] {
  const statements: Statement[] = [];
  let start = 0;
  for (const { rows, text } of INSERTS)
    for (; records.length - start >= rows; start += rows)
      statements.push({ text, parameters: records.slice(start, start + rows).flatMap(parametersOf) });
  return statements;
}

/** The request journal. What is appended twice (a batch whose answer was lost) is kept once. */
export function sqlJournal({ session, cipher }: Ground): Journal {
  return {
    append: async (records) => {
      if (records.length > 0) await session.writeSoon(inserts(records));
    },
    list: async ({ tenant, phone, event, before, limit }) => {
      const conditions: RawBuilder<unknown>[] = [
        sql`1 = 1`,
        ...(tenant === undefined ? [] : [sql`tenant_id = ${tenant}`]),
        ...(phone === undefined ? [] : [sql`phone_id = ${phone}`]),
        ...(event === undefined ? [] : [sql`event = ${event}`]),
        ...(before === undefined
          ? []
          : [
              sql`(at, seq) < (select b.at, b.seq from journal b where b.id = ${before}
                and ${tenant === undefined ? sql`1 = 1` : sql`b.tenant_id = ${tenant}`})`,
            ]),
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
