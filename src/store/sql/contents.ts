import { sql } from 'kysely';
import type { StoredContents } from '../../app/ports.ts';
import { inPieces } from '../../domain/pieces.ts';
import { withChecksum } from '../checksum.ts';
import { hotText, type Executor, type Ground } from './session.ts';

/** Of one row: what either end holds in memory at once. */
export const PART_BYTES = 256 * 1024;

const PART = hotText<{ bytes: Uint8Array }>('select bytes from content_parts where sha256 = ? and part = ?');

async function writeParts(db: Executor, sha256: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  let part = 0;
  for await (const piece of inPieces(withChecksum(sha256, bytes), PART_BYTES)) {
    await db.run(sql`insert into content_parts (sha256, part, bytes) values (${sha256}, ${part}, ${piece})`);
    part += 1;
  }
}

/** Content of firmware files in rows of a bounded size. */
export const sqlContents = ({ session }: Ground): StoredContents => ({
  has: async (sha256) => {
    const found = await session.reads.run(sql`select sha256 from contents where sha256 = ${sha256}`);
    return found.length > 0;
  },
  // One transaction from the first row to the last: a process that dies in the middle has written nothing. Who puts the same
  // content waits at its row for the other's end.
  put: (sha256, at, open) =>
    session.write(async (db) => {
      await db.run(sql`insert into contents (sha256, at) values (${sha256}, ${at.toISOString()})
        on conflict (sha256) do update set at = excluded.at`);
      const there = await db.run(sql`select part from content_parts where sha256 = ${sha256} limit 1`);
      if (there.length === 0) await writeParts(db, sha256, open());
    }, 'row_locks'),
  read: async function* (sha256) {
    for (let part = 0; ; part++) {
      const row = await session.reads.first(PART, [sha256, part]);
      if (row === undefined) return;
      yield row.bytes;
    }
  },
  remove: (sha256) =>
    session.write(async (db) => {
      await db.run(sql`delete from contents where sha256 = ${sha256}`);
    }),
  isNamed: async (sha256) => {
    const found = await session.reads.run(sql`select id from firmware_images where sha256 = ${sha256} limit 1`);
    return found.length > 0;
  },
  unnamed: async (at) => {
    const found = await session.reads.run(sql<{ sha256: string }>`select sha256 from contents
      where at < ${at.toISOString()} and sha256 not in (select sha256 from firmware_images) order by sha256 limit 100`);
    return found.map(({ sha256 }) => sha256);
  },
});
