import { sql, type RawBuilder } from 'kysely';
import type { Journal, RequestRecord } from '../../app/ports.ts';
import { given } from '../../domain/fields.ts';
import type { PhoneId, TenantId } from '../../domain/ids.ts';
import { decodeDocument, type DocumentText } from '../json-codec.ts';
import type { Ground } from './session.ts';

interface Row {
  readonly id: string;
  readonly tenant_id: TenantId | null;
  readonly phone_id: PhoneId | null;
  readonly doc: DocumentText<RequestRecord>;
}

const FEW_ROWS = 10_000;

/** The request journal. */
export function sqlJournal({ session, cipher }: Ground): Journal {
  return {
    append: async (lines) => {
      if (lines.length > 0) await session.writeJournal(lines);
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
              sql`seq < (select b.seq from journal b where b.id = ${before}
                and ${tenant === undefined ? sql`1 = 1` : sql`b.tenant_id = ${tenant}`})`,
            ]),
      ];
      const page = await session.reads.run(sql<Row>`select id, tenant_id, phone_id, doc from journal
        where ${sql.join(conditions, sql` and `)} order by seq desc limit ${limit}`);
      return page.map(({ id, tenant_id, phone_id, doc }) => ({
        ...decodeDocument(doc, cipher, `journal/${id}`),
        ...given({ tenant: tenant_id ?? undefined, phone: phone_id ?? undefined }),
      }));
    },
    trim: async ({ rows, since }) => {
      await session.write(async (db) => {
        const oldest = since.toISOString();
        // Looks at what is too old only: the first record that is not ends the search.
        await db.run(sql`delete from journal where seq < coalesce(
          (select b.seq from journal b where b.at >= ${oldest} order by b.seq limit 1),
          (select max(b.seq) + 1 from journal b))`);
        // Where the clock was ahead that one stays for years: what is too old behind it goes a few at a time.
        await db.run(sql`delete from journal where at < ${oldest} and seq <=
          (select max(b.seq) from (select c.seq from journal c order by c.seq limit ${FEW_ROWS}) b)`);
        await db.run(sql`delete from journal where seq <=
          (select b.seq from journal b order by b.seq desc limit 1 offset ${rows})`);
      }, 'row_locks');
    },
  };
}
