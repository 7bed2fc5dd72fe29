import { sql } from 'kysely';
import type { Leases } from '../../app/ports.ts';
import type { Ground } from './session.ts';

/** One row for each work that only one process does at a time. */
export const sqlLeases = ({ session }: Ground): Leases => ({
  take: (work, holder, now, until) =>
    session.write(async (db) => {
      const taken = await db.run(sql<{ work: string }>`insert into leases (work, holder, until)
        values (${work}, ${holder}, ${until.toISOString()})
        on conflict (work) do update set holder = excluded.holder, until = excluded.until
        where leases.holder = excluded.holder or leases.until <= ${now.toISOString()} returning work`);
      return taken.length > 0;
    }, 'row_locks'),
});
