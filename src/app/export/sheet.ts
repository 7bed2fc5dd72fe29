import type { TenantScope } from '../documents/scope.ts';
import { pages } from '../pages.ts';
import type { Repository, Versioned } from '../ports.ts';
import { csvRecord, type Cell } from './csv.ts';

/** Objects of one kind as a table: a column for each field, a row for each object. */
export interface Sheet<T extends { readonly id: string }> {
  readonly columns: readonly string[];
  readonly repository: (scope: TenantScope) => Repository<T>;
  readonly keyOf: (object: T) => string;
  /** The rows of one page; what its objects refer to is read once for all of them. */
  readonly rows: (objects: readonly Versioned<T>[], scope: TenantScope) => Promise<readonly (readonly Cell[])[]>;
}

const PAGE = 500;

/** The whole table as CSV, in the order of the natural key, with as much in memory as one page needs. */
export async function* writeSheet<T extends { readonly id: string }>(
  { columns, repository, keyOf, rows }: Sheet<T>,
  scope: TenantScope,
  { header }: { readonly header: boolean },
): AsyncGenerator<string> {
  if (header) yield csvRecord(columns);
  const kept = repository(scope);
  for await (const page of pages((asked) => kept.list(asked), keyOf, PAGE)) {
    const written = await rows(page, scope);
    yield written.map(csvRecord).join('');
  }
}
