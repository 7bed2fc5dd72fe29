import { sql, type RawBuilder } from 'kysely';
import type { Versioned } from '../../app/ports.ts';
import { decodeDocument, type DocumentText } from '../json-codec.ts';
import { KINDS, PLATFORM, type KeyedHash, type Kind, type Objects, type Scope, type Table } from '../kinds.ts';
import type { Cipher } from '../cipher.ts';
import type { Parameter } from './session.ts';

/** What is read of an object. */
export interface ObjectRow<T> {
  readonly id: string;
  readonly version: number;
  readonly doc: DocumentText<T>;
}

export type Columns = Readonly<Record<string, Parameter>>;

// What many objects name is read with each of them: the tenant of a phone, its template.
const OFTEN_READ: ReadonlySet<Table> = new Set<Table>(['tenants', 'templates', 'profiles']);
const MAX_READ = 200;
const readBefore = new WeakMap<Cipher, Map<string, { readonly context: string; readonly object: object }>>();

/** The same text of the same record, opened with the same keys, is the same object. */
function readOften<T extends object>(doc: DocumentText<T>, cipher: Cipher, context: string): T {
  const read = readBefore.get(cipher) ?? new Map<string, { readonly context: string; readonly object: object }>();
  readBefore.set(cipher, read);
  const known = read.get(doc);
  // `as`: it was decoded of this text, which says of what type it is.
  if (known?.context === context) return known.object as T;
  const object = decodeDocument(doc, cipher, context);
  if (read.size >= MAX_READ) read.clear();
  read.set(doc, { context, object });
  return object;
}

// What is added stands before what is spread: behind it V8 adds it in a slow way, which took half as long as reading the document.
export const toObject = <T extends object>(
  table: Table,
  { id, doc, version }: ObjectRow<T>,
  cipher: Cipher,
): Versioned<T> => ({
  version,
  ...(OFTEN_READ.has(table) ? readOften : decodeDocument)(doc, cipher, `${table}/${id}`),
});

/** The condition that keeps a query within its owner. */
export function inScope<K extends Table>(kind: Kind<K>, scope: Scope): RawBuilder<unknown> {
  if (!kind.owned) return sql`1 = 1`;
  return scope === PLATFORM ? sql`tenant_id is null` : sql`tenant_id = ${scope}`;
}

/** Columns by which an object is found and which nobody else may have. */
const uniqueColumns = <K extends Table>(kind: Kind<K>, object: Objects[K], crypto: KeyedHash): Columns =>
  Object.fromEntries([
    ['key', kind.key(object)] as const,
    ...kind.uniques(object, crypto).flatMap(({ columns }) => Object.entries(columns)),
  ]);

/** Everything of an object that has a column of its own. */
export function columnsOf<K extends Table>(
  kind: Kind<K>,
  scope: Scope,
  object: Objects[K],
  crypto: KeyedHash,
): Columns {
  const pointers = kind.pointers.flatMap(({ column, via, ids }) =>
    via === undefined ? [[column, ids(object)[0] ?? null] as const] : [],
  );
  return {
    ...EMPTY[kind.table],
    ...uniqueColumns(kind, object, crypto),
    ...Object.fromEntries(pointers),
    ...kind.columns?.(object),
    ...(kind.owned ? { tenant_id: scope === PLATFORM ? null : scope } : {}),
  };
}

/** Unique columns that an object may lack. */
const EMPTY: Readonly<Partial<Record<Table, Columns>>> = {
  phones: { mac: null, serial_vendor: null, serial: null },
  users: { oidc_issuer: null, oidc_subject: null, oidc_name: null },
};

/** Tables in which something may point to one of `table`: with the column, and where rows of a link table lead. */
export const pointersTo = (table: Table): readonly PointerTo[] =>
  Object.values(KINDS).flatMap((kind) => {
    const named = kind.pointers.flatMap(({ to, column, via }) =>
      to === table && kind.follows !== true ? [{ from: kind.table, word: kind.word, column, via }] : [],
    );
    const ownership = { from: kind.table, word: kind.word, column: 'tenant_id', via: undefined };
    return table === 'tenants' && kind.owned ? [ownership, ...named] : named;
  });

export interface PointerTo {
  readonly from: Table;
  readonly word: string;
  readonly column: string;
  readonly via: { readonly table: string; readonly owner: string } | undefined;
}
