import { sql } from 'kysely';
import { touchPlatform } from './tags.ts';
import type { Executor } from './session.ts';

/** Every table of what a backup holds, those that name others first. */
export const CLEARED = [
  'uploads',
  'phone_states',
  'given_lists',
  'phone_lines',
  'phones',
  'access_tokens',
  'users',
  'person_groups',
  'people',
  'groups',
  'profiles',
  'extensions',
  'templates',
  'mappings',
  'firmware_images',
  'authorities',
  'intermediates',
  'revocations',
  'decoys',
  'server_certificates',
  'audit',
  'tenants',
] as const;

/** Leaves the one row of the platform, which proves the master key. */
export async function clearDatabase(db: Executor): Promise<void> {
  for (const table of CLEARED) await db.run(sql`delete from ${sql.table(table)}`);
  await db.run(sql`update platform set doc = '{"settings":{}}'`);
  await touchPlatform(db);
}
