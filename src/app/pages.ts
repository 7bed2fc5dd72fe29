import type { Page } from './ports.ts';

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
