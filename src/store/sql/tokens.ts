import { sql } from 'kysely';
import type { AccessToken, TokenRepository, TokenUse } from '../../app/ports.ts';
import { KINDS, PLATFORM } from '../kinds.ts';
import { sqlRepository } from './repository.ts';
import { toObject, type ObjectRow } from './rows.ts';
import type { Ground } from './session.ts';

/** Sessions and tokens. Uses have a table of their own: noting one does not change the token. */
export function sqlTokens(ground: Ground): TokenRepository {
  const { session, cipher } = ground;
  return {
    ...sqlRepository(KINDS.access_tokens, PLATFORM, ground),
    ofUser: async (user) => {
      const found = await session.reads.run(sql<ObjectRow<AccessToken>>`select id, version, doc from access_tokens
        where user_id = ${user} order by key`);
      return found.map((row) => toObject('access_tokens', row, cipher));
    },
    lastUse: async (id) => {
      const [found] = await session.reads.run(sql<{ at: string; address: string }>`select at, address from token_uses
        where token_id = ${id}`);
      return found && { at: found.at, from: found.address };
    },
    noteUse: (id, { at, from }: TokenUse) =>
      session.write(async (db) => {
        await db.run(sql`insert into token_uses (token_id, at, address)
          select id, ${at}, ${from} from access_tokens where id = ${id}
          on conflict (token_id) do update set at = excluded.at, address = excluded.address`);
      }, 'row_locks'),
  };
}
