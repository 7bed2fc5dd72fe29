import Database from 'better-sqlite3';
import { sql, type RawBuilder } from 'kysely';
import { StoreFull, StoreUnavailable } from '../../app/ports.ts';
import { compileForSqlite } from '../sql/compiler.ts';
import type { Executor, HotText, Parameter } from '../sql/session.ts';

// https://www.sqlite.org/rescode.html: what says that the file can't be read or written, whatever was asked of it.
const UNAVAILABLE = /^SQLITE_(IOERR|READONLY|CORRUPT|NOTADB|CANTOPEN|BUSY|LOCKED|PROTOCOL|NOMEM|PERM|AUTH|SCHEMA)(_|$)/;

/** Says a broken world in the port's words; everything else is a constraint or our bug. */
export function translate(error: unknown, where: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_FULL') return new StoreFull(`${where} can't be written: ${code}`, { cause: error });
  if (UNAVAILABLE.test(code)) return new StoreUnavailable(`${where} can't be used: ${code}`, { cause: error });
  if (error instanceof TypeError && error.message.includes('connection is not open')) {
    return new StoreUnavailable(`${where} is closed`, { cause: error });
  }
  return error;
}

/** One connection to a SQLite file, with every statement prepared once. */
export interface Connection extends Executor {
  readonly execute: (text: string) => void;
  readonly inTransaction: () => boolean;
  /** Whether a change was noted since it was last asked. */
  readonly takeNote: () => boolean;
  readonly close: () => void;
}

// Statements with lists of different lengths differ; they must not pile up.
const MAX_STATEMENTS = 500;

export function openConnection(file: string, { readonly }: { readonly readonly: boolean }): Connection {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw translate(error, file);
    }
  };
  let isChanged = false;
  const database = attempt(() => new Database(file, { readonly, timeout: 5000 }));
  const statements = new Map<string, Database.Statement>();
  const prepare = <Row>(text: string): Database.Statement<unknown[], Row> => {
    const known = statements.get(text);
    if (known === undefined && statements.size >= MAX_STATEMENTS) statements.clear();
    const statement = known ?? database.prepare(text);
    statements.set(text, statement);
    // better-sqlite3 doesn't know our columns: the row type is the one that stands beside the SQL.
    return statement as Database.Statement<unknown[], Row>;
  };
  // Every call is over when it returns; a promise is what the port wants.
  const promise = <T>(work: () => T): Promise<T> =>
    new Promise((resolve) => {
      resolve(attempt(work));
    });

  return {
    run: <Row>(query: RawBuilder<Row>) =>
      promise(() => {
        const { sql: text, parameters } = compileForSqlite(query);
        const statement = prepare<Row>(text);
        if (statement.reader) return statement.all(...parameters);
        statement.run(...parameters);
        return [];
      }),
    first: <Row>(text: HotText<Row>, parameters: readonly Parameter[]) =>
      promise(() => {
        const statement = prepare<Row>(text);
        if (statement.reader) return statement.get(...parameters);
        statement.run(...parameters);
        return undefined;
      }),
    all: <Row>(text: HotText<Row>, parameters: readonly Parameter[]) =>
      promise(() => prepare<Row>(text).all(...parameters)),
    lockRow: sql``,
    noteChange: () => {
      isChanged = true;
    },
    takeNote: () => {
      const was = isChanged;
      isChanged = false;
      return was;
    },
    execute: (text) => {
      attempt(() => database.exec(text));
    },
    inTransaction: () => database.inTransaction,
    close: () => {
      statements.clear();
      database.close();
    },
  };
}
