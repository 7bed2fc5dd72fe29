import { sql } from 'kysely';
import { decodeDocument, encodeDocument, type DocumentText } from '../json-codec.ts';
import { TABLES } from '../kinds.ts';
import { KEY_CHECK_CONTEXT, keyCheck } from './first-row.ts';
import { PLATFORM_CONTEXT } from './platform.ts';
import type { Ground } from './session.ts';
import { uploadContext } from './uploads.ts';

// So that a transaction stays short: others wait for it.
const BATCH = 200;

interface Batch {
  /** Where the next one starts. */
  readonly last: string | undefined;
  readonly written: number;
}

async function reencryptDocuments(
  { session, cipher }: Ground,
  table: string,
  idColumn: string,
  after: string,
): Promise<Batch> {
  const id = sql.ref(idColumn);
  return session.write(async (db) => {
    const rows = await db.run(
      sql<{ id: string; doc: DocumentText<unknown> }>`select ${id} as id, doc from ${sql.table(table)}
        where ${id} > ${after} order by ${id} limit ${BATCH}`,
    );
    const secret = rows.filter(({ doc }) => doc.includes('"$secret"'));
    for (const row of secret) {
      const context = `${table}/${row.id}`;
      const doc = encodeDocument(decodeDocument(row.doc, cipher, context), cipher, context);
      await db.run(sql`update ${sql.table(table)} set doc = ${doc} where ${id} = ${row.id}`);
    }
    return { last: rows.at(-1)?.id, written: secret.length };
  });
}

async function reencryptUploads({ session, cipher }: Ground, after: string): Promise<Batch> {
  return session.write(async (db) => {
    const phones = await db.run(
      sql<{
        phone_id: string;
      }>`select distinct phone_id from uploads where phone_id > ${after} order by phone_id limit 1`,
    );
    const phone = phones[0]?.phone_id;
    if (phone === undefined) return { last: undefined, written: 0 };
    const uploads = await db.run(
      sql<{ name: string; bytes: Uint8Array }>`select name, bytes from uploads where phone_id = ${phone}`,
    );
    for (const { name, bytes } of uploads) {
      const context = uploadContext(phone, name);
      const sealed = cipher.sealBytes(cipher.openBytes(bytes, context), context);
      await db.run(sql`update uploads set bytes = ${sealed} where phone_id = ${phone} and name = ${name}`);
    }
    return { last: phone, written: uploads.length };
  });
}

async function reencryptPlatform({ session, cipher }: Ground): Promise<number> {
  return session.write(async (db) => {
    const rows = await db.run(sql<{ doc: DocumentText<unknown> }>`select doc from platform`);
    for (const row of rows) {
      const doc = encodeDocument(decodeDocument(row.doc, cipher, PLATFORM_CONTEXT), cipher, PLATFORM_CONTEXT);
      const check = encodeDocument(keyCheck, cipher, KEY_CHECK_CONTEXT);
      await db.run(sql`update platform set doc = ${doc}, key_check = ${check}`);
    }
    return rows.length;
  });
}

async function inBatches(next: (after: string) => Promise<Batch>): Promise<number> {
  let written = 0;
  for (let batch = await next(''); ; batch = await next(batch.last)) {
    written += batch.written;
    if (batch.last === undefined) return written;
  }
}

/** Every record that holds a secret, batch by batch; interrupted, it can be run again from the start. */
export async function reencrypt(ground: Ground): Promise<number> {
  let written = 0;
  for (const table of TABLES) written += await inBatches((after) => reencryptDocuments(ground, table, 'id', after));
  written += await inBatches((after) => reencryptDocuments(ground, 'phone_states', 'phone_id', after));
  written += await inBatches((after) => reencryptUploads(ground, after));
  return written + (await reencryptPlatform(ground));
}
