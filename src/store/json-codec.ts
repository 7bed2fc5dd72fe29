import { Secret } from '../domain/secret.ts';
import type { Sealing } from '../app/ports.ts';
import type { Cipher, Sealed } from './cipher.ts';

// A document is plain JSON in which each secret stands as {"$secret":{"k":key id,"n":nonce,"c":ciphertext}}. A name of the
// document itself that begins with `$` gets one more, so that nobody can write something that reads as a secret.
const SECRET = '$secret';

declare const written: unique symbol;

/** The text of a JSON column, with what it says. */
export type DocumentText<T> = string & { readonly [written]: T };

function write(value: unknown, cipher: Cipher, context: string): unknown {
  if (value instanceof Secret) return { [SECRET]: cipher.seal(Buffer.from(value.reveal()), context) };
  if (Array.isArray(value)) return value.map((item) => write(item, cipher, context));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.startsWith('$') ? `$${name}` : name,
      write(item, cipher, context),
    ]),
  );
}

function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && 'k' in value && 'n' in value && 'c' in value;
}

function read(value: unknown, cipher: Cipher, context: string): unknown {
  if (Array.isArray(value)) return value.map((item) => read(item, cipher, context));
  if (typeof value !== 'object' || value === null) return value;
  if (SECRET in value && isSealed(value[SECRET])) {
    return new Secret(cipher.open(value[SECRET], context).toString());
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name.startsWith('$') ? name.slice(1) : name,
      read(item, cipher, context),
    ]),
  );
}

/** The same in place, for what nobody else has: most of a document stays as it was parsed. */
function openInside(value: unknown, cipher: Cipher, context: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (SECRET in value && isSealed(value[SECRET])) return new Secret(cipher.open(value[SECRET], context).toString());
  // `as`: an array has its places as names.
  const fields = value as Record<string, unknown>;
  const names = Object.keys(fields);
  if (names.some((name) => name.startsWith('$'))) return read(value, cipher, context);
  for (const name of names) fields[name] = openInside(fields[name], cipher, context);
  return value;
}

/** `context` is the table and id of the record: a secret copied into another one can't be read there. */
export const encodeDocument = <T>(value: T, cipher: Cipher, context: string): DocumentText<T> =>
  JSON.stringify(write(value, cipher, context)) as DocumentText<T>;

/** What `encodeDocument` was given. */
export function decodeDocument<T>(text: DocumentText<T>, cipher: Cipher, context: string): T {
  const json: unknown = JSON.parse(text);
  // JSON has no types: the column holds what this codec wrote of a T, in the form that the migrations know.
  return (text.includes('"$') ? openInside(json, cipher, context) : json) as T;
}

/** The same for what leaves the store: a backup. */
export const createSealing = (cipher: Cipher): Sealing => ({
  seal: (value, context) => write(value, cipher, context),
  open: (json, context) => read(json, cipher, context),
});
