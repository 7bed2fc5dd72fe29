import { z } from 'zod';
import type { RequestRecord } from '../../app/ports.ts';

export const journalQuery = z.object({
  /** Id of the last record of the page before. */
  before: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  event: z.string().max(60).optional(),
});

export const shownRecord = z
  .object({
    id: z.string(),
    at: z.string(),
    door: z.string(),
    address: z.string(),
    method: z.string(),
    file: z.string(),
    mac: z.string().optional(),
    vendor: z.string().optional(),
    model: z.string().optional(),
    firmware: z.string().optional(),
    evidence: z.array(z.string()),
    proof: z.string(),
    decision: z.string(),
    reason: z.string(),
    outcome: z.string(),
    gaps: z.int(),
    bytes: z.int(),
    milliseconds: z.number(),
    completed: z.boolean(),
    event: z.string().optional(),
  })
  .meta({ id: 'RequestRecord' });

export const shownJournal = z.object({ items: z.array(shownRecord), before: z.string().optional() });

/** Ids of tenants and phones are the store's own affair. */
export function showRecords(records: readonly RequestRecord[], limit: number): z.output<typeof shownJournal> {
  const items = records.map((record) => shownRecord.parse(record));
  const last = items.at(-1);
  return items.length < limit || last === undefined ? { items } : { items, before: last.id };
}
