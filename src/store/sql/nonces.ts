import { sql } from 'kysely';
import type { NonceUses } from '../../app/ports.ts';
import type { Ground } from './session.ts';

/** Used counts of nonces in the database: what was used at one process is used at all, and after a restart. */
export const sqlNonces = ({ session }: Ground): NonceUses => ({
  epoch: '',
  use: (nonce, count, until) =>
    session.write(async (db) => {
      const noted = await db.run(sql<{ nonce: string }>`insert into nonce_uses (nonce, count, until)
        values (${nonce}, ${count}, ${until.toISOString()}) on conflict do nothing returning nonce`);
      return noted.length > 0;
    }, 'row_locks'),
  forget: (now) =>
    session.write(async (db) => {
      await db.run(sql`delete from nonce_uses where until < ${now.toISOString()}`);
    }, 'row_locks'),
});
