import type { RawBuilder } from 'kysely';
import type { Cipher } from '../cipher.ts';
import type { KeyedHash, Scope } from '../kinds.ts';

declare const row: unique symbol;

/** SQL of a prepared statement, with `?` for its parameters, and the row that it gives. */
export type HotText<Row> = string & { readonly [row]: Row };

export const hotText = <Row>(text: string): HotText<Row> => text as HotText<Row>;

export type Parameter = string | number | null;

/** Where statements go: the database, or one transaction. A database that can't is `StoreUnavailable`. */
export interface Executor {
  readonly run: <Row>(query: RawBuilder<Row>) => Promise<readonly Row[]>;
  /** A prepared statement that gives at most one row, for what is asked, or written, all the time. */
  readonly first: <Row>(text: HotText<Row>, parameters: readonly Parameter[]) => Promise<Row | undefined>;
  /** The same for one that gives several. */
  readonly all: <Row>(text: HotText<Row>, parameters: readonly Parameter[]) => Promise<readonly Row[]>;
  /** Ends a query for a row that others must not change before the transaction ends. Empty where there is one writer. */
  readonly lockRow: RawBuilder<unknown>;
  /** Says, inside a transaction, that looking up will give something else after it. */
  readonly noteChange: () => void;
}

/** `row_locks` is for writes that lock what they read: they wait for each other instead of being repeated. */
export type Isolation = 'serializable' | 'row_locks';

/** What repositories run on. */
export interface Session {
  /** Sees what is committed; inside a transaction, what that has written. */
  readonly reads: Executor;
  /**
   * All or nothing of what `work` writes. It may run again after a conflict, so it keeps nothing outside. `about` says whose
   * objects a serializable one is about; left out, the platform's.
   */
  readonly write: <T>(
    work: (db: Executor) => Promise<T>,
    isolation?: Isolation,
    about?: readonly Scope[],
  ) => Promise<T>;
  /** All or nothing of records that may be lost with the machine's power: nobody waits for the disk. It may run again. */
  readonly writeJournal: (lines: Uint8Array) => Promise<void>;
}

/** What every repository is made with. */
export interface Ground {
  readonly session: Session;
  /** What the directory says by `changes`. */
  readonly changes: () => number | undefined;
  readonly cipher: Cipher;
  readonly crypto: KeyedHash;
}
