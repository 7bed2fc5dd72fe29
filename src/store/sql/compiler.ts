import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Dialect,
  type RawBuilder,
} from 'kysely';

const sqliteDialect: Dialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
};

const postgresDialect: Dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
};

/** Text and parameters as one database takes them. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

// Kysely writes the SQL; connections, transactions and errors are ours, since they are what differs between the two.
const compileFor = (dialect: Dialect): ((query: RawBuilder<unknown>) => Statement) => {
  const kysely = new Kysely<unknown>({ dialect });
  return (query) => query.compile(kysely);
};

export const compileForSqlite = compileFor(sqliteDialect);
export const compileForPostgres = compileFor(postgresDialect);
