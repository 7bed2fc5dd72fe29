import { sql } from 'kysely';
import type { ClientBase, Pool, QueryConfig, QueryResultRow } from 'pg';
import { compileForPostgres } from '../sql/compiler.ts';
import type { Executor, HotText, Parameter } from '../sql/session.ts';
import { translate } from './errors.ts';

const names = new Map<string, { readonly name: string; readonly text: string }>();

/** A prepared statement: its name, and its text with `$1` for `?`. The texts are few and our own. */
function prepared(text: string): { readonly name: string; readonly text: string } {
  const known = names.get(text);
  if (known) return known;
  let position = 0;
  const made = { name: `offhook_${names.size}`, text: text.replace(/\?/g, () => `$${++position}`) };
  names.set(text, made);
  return made;
}

/** PostgreSQL has no text with NUL in it, and phones send what they like: it can only be a name that nobody has. */
const portable = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;

/** Statements over a pool (each on any connection), or one connection. */
export function postgresExecutor(client: Pool | ClientBase, where: string): Executor {
  const ask = async <Row>(query: QueryConfig): Promise<readonly Row[]> => {
    try {
      return (await client.query<Row & QueryResultRow>(query)).rows;
    } catch (error) {
      throw translate(error, where);
    }
  };
  const all = <Row>(text: HotText<Row>, parameters: readonly Parameter[]): Promise<readonly Row[]> =>
    ask<Row>({ ...prepared(text), values: parameters.map(portable) });
  return {
    run: (query) => {
      const { sql: text, parameters } = compileForPostgres(query);
      return ask({ text, values: parameters.map(portable) });
    },
    first: async (text, parameters) => (await all(text, parameters))[0],
    all,
    lockRow: sql`for no key update`,
    noteChange: () => undefined,
  };
}
