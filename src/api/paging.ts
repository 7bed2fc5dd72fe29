import { z } from 'zod';
import type { Page } from '../app/ports.ts';

/** Keyset paging: the page after the object with this natural key. */
export const pageQuery = z.object({
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
export type PageQuery = z.output<typeof pageQuery>;

export const pageOf = ({ after, limit }: PageQuery): Page => ({ limit, ...(after === undefined ? {} : { after }) });

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    /** For `after` of the next page; absent on the last. */
    next: z.string().optional(),
  });

/** A full page may have more behind it. */
export function showPage<T, Shown>(
  found: readonly T[],
  shown: readonly Shown[],
  limit: number,
  keyOf: (object: T) => string,
): { readonly items: readonly Shown[]; readonly next?: string } {
  const last = found.at(-1);
  return found.length < limit || last === undefined ? { items: shown } : { items: shown, next: keyOf(last) };
}
