import { sql } from 'kysely';
import type { Leftover, Leftovers } from '../../app/ports.ts';
import type { Phone } from '../../domain/phone.ts';
import { identitiesOf, together } from '../../domain/removed-phone.ts';
import { hotText, type Executor, type Ground } from './session.ts';

interface Row {
  readonly identity: string;
  readonly given: string;
}

const TAKE = hotText<Row>('delete from removed_phones where identity = ? returning identity, given');

/** JSON has no types: it is what `add` wrote. */
const toLeftover = ({ identity, given }: Row): Leftover => ({ identity, given: JSON.parse(given) as string[] });

const take = async ({ first }: Executor, identity: string): Promise<readonly string[]> => {
  const left = await first(TAKE, [identity]);
  return left === undefined ? [] : toLeftover(left).given;
};

async function add(db: Executor, { identity, given }: Leftover): Promise<void> {
  const all = together(await take(db, identity), given);
  await db.run(sql`insert into removed_phones (identity, given) values (${identity}, ${JSON.stringify(all)})`);
}

/** What this device was given while it was somebody's before, if it was; it is told once. */
export async function takeGiven(db: Executor, phone: Phone): Promise<readonly string[]> {
  const found: (readonly string[])[] = [];
  for (const identity of identitiesOf(phone)) found.push(await take(db, identity));
  return together(...found);
}

/** The device goes on holding what it was given, whoever has it next. */
export async function keepGiven(db: Executor, phone: Phone, given: readonly string[]): Promise<void> {
  if (given.length === 0) return;
  for (const identity of identitiesOf(phone)) await add(db, { identity, given });
}

export const sqlLeftovers = ({ session }: Ground): Leftovers => ({
  list: async ({ after = '', limit }) => {
    const page = await session.reads.run(sql<Row>`select identity, given from removed_phones
      where identity > ${after} order by identity limit ${limit}`);
    return page.map(toLeftover);
  },
  keep: (leftover) => session.write((db) => add(db, leftover)),
});
