import { sql } from 'kysely';
import type { Upload, Uploads } from '../../app/ports.ts';
import type { PhoneId, TenantId } from '../../domain/ids.ts';
import type { Ground } from './session.ts';

/** Where an upload lies, for its encryption. */
export const uploadContext = (phone: string, name: string): string => `uploads/${phone}/${name}`;

/** What phones sent, encrypted: it counts as secret. */
export function sqlUploads(tenant: TenantId, { session, cipher }: Ground): Uploads {
  const ofPhone = (phone: PhoneId) =>
    sql`phone_id = ${phone} and phone_id in (select id from phones where id = ${phone} and tenant_id = ${tenant})`;
  return {
    put: (phone, name, bytes, at, maxFiles) =>
      session.write(async (db) => {
        const mine = await db.run(sql`select id from phones where id = ${phone} and tenant_id = ${tenant}`);
        if (mine.length === 0) return;
        const sealed = cipher.sealBytes(bytes, uploadContext(phone, name));
        await db.run(sql`insert into uploads (phone_id, name, at, size, bytes)
          values (${phone}, ${name}, ${at.toISOString()}, ${bytes.length}, ${sealed})
          on conflict (phone_id, name) do update set at = excluded.at, size = excluded.size, bytes = excluded.bytes`);
        await db.run(sql`delete from uploads where phone_id = ${phone} and name not in
          (select name from uploads where phone_id = ${phone} order by at desc, name desc limit ${maxFiles})`);
      }, 'row_locks'),
    list: async (phone) => {
      const found = await session.reads.run(sql<Upload>`select name, at, size from uploads where ${ofPhone(phone)}
        order by at desc, name desc`);
      return found.map(({ name, at, size }) => ({ name, at, size }));
    },
    read: async (phone, name) => {
      const found = await session.reads.run(sql<{ bytes: Uint8Array }>`select bytes from uploads
        where ${ofPhone(phone)} and name = ${name}`);
      const sealed = found[0]?.bytes;
      return sealed && cipher.openBytes(sealed, uploadContext(phone, name));
    },
  };
}
