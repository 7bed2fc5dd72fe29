import type { PhoneState } from '../../domain/phone.ts';
import type { Cipher } from '../cipher.ts';
import { decodeDocument, encodeDocument, type DocumentText } from '../json-codec.ts';

/** A phone's state as it lies in `phone_states`. */
export interface StateRow {
  readonly doc: DocumentText<Omit<PhoneState, 'given'>>;
  /** JSON of the names. */
  readonly given: string;
}

// Lists of some kilobytes: those of all phones with one template are the same.
const MAX_LISTS = 500;
const lists = new Map<string, readonly string[]>();

/** The same text is the same list. */
function namesIn(text: string): readonly string[] {
  const known = lists.get(text);
  if (known !== undefined) return known;
  // `as`: JSON has no types; it is what `stateColumns` wrote.
  const names = Object.freeze(JSON.parse(text) as string[]);
  if (lists.size >= MAX_LISTS) lists.clear();
  lists.set(text, names);
  return names;
}

const contextOf = (phone: string): string => `phone_states/${phone}`;

export const toState = ({ doc, given }: StateRow, cipher: Cipher, phone: string): PhoneState => ({
  ...decodeDocument(doc, cipher, contextOf(phone)),
  given: namesIn(given),
});

export const stateColumns = ({ given, ...state }: PhoneState, cipher: Cipher, phone: string): StateRow => ({
  doc: encodeDocument(state, cipher, contextOf(phone)),
  given: JSON.stringify(given),
});
