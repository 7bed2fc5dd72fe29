import type { RequestRecord } from '../api/contract.ts';
import type { Api } from './api.ts';

interface RecordPage {
  readonly items: readonly (RequestRecord & { readonly id: string })[];
  readonly before?: string;
}

const PAGE = 1000;

/** The newest `limit` records, page by page. */
export async function readRecords(
  api: Api,
  parts: readonly string[],
  { limit, event }: { readonly limit: number; readonly event?: string },
): Promise<{ readonly items: readonly RequestRecord[] }> {
  const items: RequestRecord[] = [];
  let before: string | undefined;
  do {
    const wanted = Math.min(PAGE, limit - items.length);
    const page: RecordPage = await api.read(parts, { limit: wanted, before, event });
    items.push(...page.items);
    before = page.before;
  } while (before !== undefined && items.length < limit);
  return { items };
}
