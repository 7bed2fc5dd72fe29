import { sql } from 'kysely';
import type { Phone } from '../../domain/phone.ts';
import { identitiesOf, together } from '../removed-phone.ts';
import { hotText, type Executor } from './session.ts';

const TAKE = hotText<{ given: string }>('delete from removed_phones where identity = ? returning given');

/** What this device was given while it was somebody's before, if it was; it is told once. */
export async function takeGiven(db: Executor, phone: Phone): Promise<readonly string[]> {
  const found: string[][] = [];
  for (const identity of identitiesOf(phone)) {
    const left = await db.first(TAKE, [identity]);
    // JSON has no types: it is what `keepGiven` wrote.
    if (left !== undefined) found.push(JSON.parse(left.given) as string[]);
  }
  return together(...found);
}

/** The device goes on holding what it was given, whoever has it next. */
export async function keepGiven(db: Executor, phone: Phone, given: readonly string[]): Promise<void> {
  if (given.length === 0) return;
  for (const identity of identitiesOf(phone))
    await db.run(sql`insert into removed_phones (identity, given) values (${identity}, ${JSON.stringify(given)})
      on conflict (identity) do update set given = excluded.given`);
}
