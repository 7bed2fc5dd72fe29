import type { Fleet } from '../../app/ports.ts';
import { SCOPE_FINGERPRINT } from './directory.ts';
import { hotText, type Executor } from './session.ts';

// Phones that were compared for the same state of platform and tenant are counted together first, in the order of the
// index: what is joined afterwards is a row per tenant, not per phone.
const FLEET = hotText<Readonly<Record<'tenants' | 'phones' | 'outdated' | 'late' | 'served', number | string | null>>>(
  `select (select count(*) from tenants) as tenants, (select count(*) from phones) as phones,
      sum(case when s.compared = ${SCOPE_FINGERPRINT} and s.outdated = 0 then s.n else 0 end) as served,
      sum(case when s.compared = ${SCOPE_FINGERPRINT} and s.outdated = 1 then s.n else 0 end) as outdated,
      sum(case when s.compared <> ${SCOPE_FINGERPRINT} then s.n else 0 end) as late
    from (select tenant_id, compared, outdated, count(*) as n from phone_states where compared is not null
      group by tenant_id, compared, outdated) s
    join tenants t on t.id = s.tenant_id cross join platform f`,
);

/** PostgreSQL gives sums as text, and both give null for a sum of nothing. */
const number = (sum: number | string | null | undefined): number => Number(sum ?? 0);

export async function countFleet({ first }: Executor): Promise<Fleet> {
  const row = await first(FLEET, []);
  const [served, compared, late] = [number(row?.served), number(row?.outdated), number(row?.late)];
  return {
    tenants: number(row?.tenants),
    owned: number(row?.phones) - served - compared - late,
    served,
    outdated: compared + late,
    notCompared: late,
  };
}
