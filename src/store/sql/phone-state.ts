import { hash } from 'node:crypto';
import { without } from '../../domain/fields.ts';
import type { PhoneState } from '../../domain/phone.ts';
import type { Cipher } from '../cipher.ts';
import { decodeDocument, encodeDocument, type DocumentText } from '../json-codec.ts';
import { hotText, type Executor } from './session.ts';

/** A phone's state as it lies in `phone_states`. */
export interface StateRow {
  readonly doc: DocumentText<Omit<PhoneState, 'given'>>;
  /** The list in `given_lists` of what the phone was given; null where that is nothing. */
  readonly givenList: string | null;
}

const LIST_OF_PHONE = hotText<{ readonly id: string; readonly names: string }>(
  `select g.id, g.names from phone_states s join given_lists g on g.id = s.given_list_id where s.phone_id = ?`,
);

const ADD_LIST = hotText<never>('insert into given_lists (id, names) values (?, ?) on conflict (id) do nothing');

const REMOVE_UNUSED = hotText<never>(
  'delete from given_lists where not exists (select 1 from phone_states s where s.given_list_id = given_lists.id)',
);

const NOTHING: readonly string[] = Object.freeze([]);

// Lists of some kilobytes: those of all phones with one template are the same. One with this id says the same always.
const MAX_LISTS = 500;
const lists = new Map<string, readonly string[]>();

/** The list that the phone has now: another process may have given it more since its state was read, and removed the list of then. */
async function readList(db: Executor, phone: string): Promise<readonly string[]> {
  const row = await db.first(LIST_OF_PHONE, [phone]);
  if (row === undefined) return NOTHING;
  // `as`: JSON has no types; it is what `writeList` wrote.
  const names = Object.freeze(JSON.parse(row.names) as string[]);
  if (lists.size >= MAX_LISTS) lists.clear();
  lists.set(row.id, names);
  return names;
}

const contextOf = (phone: string): string => `phone_states/${phone}`;

/** Reads the list too, unless it is one that was read before. */
export async function toState(
  db: Executor,
  { doc, givenList }: StateRow,
  cipher: Cipher,
  phone: string,
): Promise<PhoneState> {
  const given = givenList === null ? NOTHING : (lists.get(givenList) ?? (await readList(db, phone)));
  return { given, ...decodeDocument(doc, cipher, contextOf(phone)) };
}

export const stateDocument = (state: PhoneState, cipher: Cipher, phone: string): StateRow['doc'] =>
  encodeDocument(without(state, 'given'), cipher, contextOf(phone));

/** The id of the list with these names, which is there from now on. */
export async function writeList(db: Executor, given: readonly string[]): Promise<string | null> {
  if (given.length === 0) return null;
  const names = JSON.stringify(given);
  const id = hash('sha256', names, 'base64url');
  await db.first(ADD_LIST, [id, names]);
  return id;
}

/** Removes the lists that no phone has any more. */
export const removeUnusedLists = async (db: Executor): Promise<void> => {
  await db.first(REMOVE_UNUSED, []);
};
