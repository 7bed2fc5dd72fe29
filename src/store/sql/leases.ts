import { sql } from 'kysely';
import type { Leases } from '../../app/ports.ts';
import type { Ground } from './session.ts';

/** Clocks may differ by this much. Who holds a work for longer than it is held took it while his clock was wrong. */
const SKEW_MILLISECONDS = 60_000;

/** One row for each work that only one process does at a time. */
export const sqlLeases = ({ session }: Ground): Leases => ({
  take: (work, holder, now, until) =>
    session.write(async (db) => {
      const taken = await db.run(sql<{ work: string }>`insert into leases (work, holder, until)
        values (${work}, ${holder}, ${until.toISOString()})
        on conflict (work) do update set holder = excluded.holder, until = excluded.until
        where leases.holder = excluded.holder or leases.until <= ${now.toISOString()}
          or leases.until > ${new Date(until.getTime() + SKEW_MILLISECONDS).toISOString()} returning work`);
      return taken.length > 0;
    }, 'row_locks'),
});
