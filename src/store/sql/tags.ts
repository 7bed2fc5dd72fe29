import { sql } from 'kysely';
import { PLATFORM, type Kind, type Scope, type Table } from '../kinds.ts';
import { randomFew } from '../random.ts';
import type { Executor } from './session.ts';

// A fingerprint is made of three tags: the platform's, the tenant's and the phone's. Each is replaced in the transaction
// that changes something. Random tags rather than counters: after a backup was restored a counter would come by values
// that phones have already been compared for.
export const newTag = (): string => randomFew(8).toString('base64url');

/** The phones' own parts change: whatever they were compared for, they must be compared again. */
async function touchHolders(db: Executor, extension: string): Promise<void> {
  const holders = sql`select phone_id from phone_lines where extension_id = ${extension}`;
  await db.run(sql`update phones set tag = ${newTag()} where id in (${holders})`);
  await db.run(sql`update phone_states set compared = '' where compared is not null and phone_id in (${holders})`);
}

export async function touchPhone(db: Executor, id: string): Promise<void> {
  db.noteChange();
  await db.run(sql`update phones set tag = ${newTag()} where id = ${id}`);
  await db.run(sql`update phone_states set compared = '' where compared is not null and phone_id = ${id}`);
}

export const touchPlatform = async (db: Executor): Promise<void> => {
  await db.run(sql`update platform set tag = ${newTag()}`);
};

const touchTenant = async (db: Executor, tenant: string): Promise<void> => {
  await db.run(sql`update tenants set tag = ${newTag()} where id = ${tenant}`);
};

/** After an object was replaced or removed, or (what changes its owner) created. */
export async function touch<K extends Table>(db: Executor, kind: Kind<K>, scope: Scope, id: string): Promise<void> {
  switch (kind.touches) {
    case 'nothing':
      return;
    case 'owner':
      return scope === PLATFORM ? touchPlatform(db) : touchTenant(db, scope);
    case 'holders':
      return touchHolders(db, id);
    case 'itself':
      return kind.table === 'phones' ? touchPhone(db, id) : touchTenant(db, id);
  }
}
