import { sql } from 'kysely';
import type { User, UserRepository } from '../../app/ports.ts';
import { KINDS, PLATFORM } from '../kinds.ts';
import { sqlRepository } from './repository.ts';
import { toObject, type ObjectRow } from './rows.ts';
import type { Ground } from './session.ts';

/** Who may log in, of all tenants or of one. */
export function sqlUsers(ground: Ground): UserRepository {
  return {
    ...sqlRepository(KINDS.users, PLATFORM, ground),
    ofTenant: async (tenant, { after, limit }) => {
      const further = after === undefined ? sql`` : sql`and key > ${after}`;
      const page = await ground.session.reads.run(sql<ObjectRow<User>>`select id, version, doc from users
        where user_tenant_id = ${tenant} ${further} order by key limit ${limit}`);
      return page.map((row) => toObject('users', row, ground.cipher));
    },
  };
}
