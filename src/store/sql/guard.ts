import { sql } from 'kysely';
import type { GuardBoard, GuardNews } from '../../app/ports.ts';
import { decodeDocument, encodeDocument, type DocumentText } from '../json-codec.ts';
import { hotText, type Ground } from './session.ts';

const contextOf = (id: string): string => `guard_news/${id}`;

const PROVEN_AT = hotText<{ readonly at: string }>('select at from proven_sources where source = ?');

/** Where the guards of all nodes meet; every write is one short statement, off the path of any request. */
export function sqlGuard({ session, cipher }: Ground): GuardBoard {
  return {
    publish: (id, node, at, news) =>
      session.write(async (db) => {
        await db.run(sql`insert into guard_news (id, node, at, doc)
          values (${id}, ${node}, ${at.toISOString()}, ${encodeDocument(news, cipher, contextOf(id))})
          on conflict (id) do nothing`);
      }, 'row_locks'),
    newsSince: async (at, node) => {
      const found = await session.reads.run(sql<{ id: string; at: string; doc: DocumentText<GuardNews> }>`
        select id, at, doc from guard_news where at > ${at.toISOString()} and node <> ${node} order by at`);
      return found.map(({ id, at: published, doc }) => ({
        id,
        at: published,
        news: decodeDocument(doc, cipher, contextOf(id)),
      }));
    },
    noteProven: async (sources, at) => {
      if (sources.length === 0) return;
      // In one order, so that two nodes that write the same rows wait for each other instead of locking each other out.
      const rows = sources.toSorted().map((source) => sql`(${source}, ${at.toISOString()})`);
      await session.write(async (db) => {
        await db.run(sql`insert into proven_sources (source, at) values ${sql.join(rows)}
          on conflict (source) do update set at = excluded.at`);
      }, 'row_locks');
    },
    provenAt: async (source) => (await session.reads.first(PROVEN_AT, [source]))?.at,
    trim: (before) =>
      session.write(async (db) => {
        await db.run(
          sql`delete from guard_news where at < ${before.news.toISOString()} or at > ${before.ahead.toISOString()}`,
        );
        await db.run(sql`delete from proven_sources where at < ${before.proven.toISOString()}`);
      }, 'row_locks'),
  };
}
