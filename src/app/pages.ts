import type { Page, Repository, Versioned } from './ports.ts';

const PAGE = 100;

/** Every object of a list, read page by page: what is held at a time is one page. */
export async function* pages<T>(
  list: (page: Page) => Promise<readonly T[]>,
  keyOf: (object: T) => string,
  limit = PAGE,
): AsyncGenerator<readonly T[]> {
  for (let after: string | undefined, more = true; more;) {
    const page = await list({ limit, ...(after === undefined ? {} : { after }) });
    if (page.length > 0) yield page;
    const last = page.at(-1);
    after = last === undefined ? undefined : keyOf(last);
    more = page.length === limit;
  }
}

/** All objects of a repository that does not keep many. */
export async function listAll<T extends { readonly id: string }>(
  repository: Pick<Repository<T>, 'list'>,
  keyOf: (object: T) => string,
  limit = PAGE,
): Promise<readonly Versioned<T>[]> {
  const found: Versioned<T>[] = [];
  for await (const page of pages((asked) => repository.list(asked), keyOf, limit)) found.push(...page);
  return found;
}
