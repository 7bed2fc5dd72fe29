import { sql } from 'kysely';
import type { User, UserRepository } from '../../app/ports.ts';
import { KINDS, PLATFORM } from '../kinds.ts';
import { sqlRepository } from './repository.ts';
import { toObject, type ObjectRow } from './rows.ts';
import { hotText, type Ground } from './session.ts';

const userBy = (condition: string) => hotText<ObjectRow<User>>(`select id, version, doc from users where ${condition}`);

const BY_IDENTITY = userBy('oidc_issuer = ? and oidc_subject = ?');
const BY_OIDC_NAME = userBy('oidc_name = ?');

/** Who may log in, by name and by who he is at the OpenID provider. */
export function sqlUsers(ground: Ground): UserRepository {
  const { session, cipher } = ground;
  const read = async (by: typeof BY_IDENTITY, values: readonly string[]) => {
    const row = await session.reads.first(by, values);
    return row && toObject('users', row, cipher);
  };
  return {
    ...sqlRepository(KINDS.users, PLATFORM, ground),
    byIdentity: (issuer, subject) => read(BY_IDENTITY, [issuer, subject]),
    byOidcName: (name) => read(BY_OIDC_NAME, [name]),
    ofTenant: async (tenant, { after, limit }) => {
      const further = after === undefined ? sql`` : sql`and key > ${after}`;
      const page = await session.reads.run(sql<ObjectRow<User>>`select id, version, doc from users
        where user_tenant_id = ${tenant} ${further} order by key limit ${limit}`);
      return page.map((row) => toObject('users', row, cipher));
    },
  };
}
