import { z } from 'zod';
import { IMPORT_FORMATS } from '../../app/enrol/import-phones.ts';
import { ROW_OUTCOMES, ROW_PROBLEMS } from '../../app/enrol/import-row.ts';

const flag = z.enum(['true', 'false']).default('false');

export const importQuery = z.object({
  /** Only say what would happen. */
  dryRun: flag,
  /** No phone at all where one row is refused. */
  strict: flag,
});

export const importBody = z.strictObject({
  /** `list`: MACs as they are typed or scanned; `csv`: a table with a heading, as the export writes it. */
  format: z.enum(IMPORT_FORMATS).default('list'),
  text: z.string(),
  /** The model for all phones of a maker whose row names none: `{ "yealink": "T46U" }`. */
  models: z.record(z.string().max(40), z.string().max(60)).default({}),
});

const importRow = z.object({
  /** From 1, as editors count. */
  line: z.int(),
  /** The line as it was written, shortened. */
  text: z.string(),
  /** The name that the phone has or would have: its MAC, else its serial number or name. */
  phone: z.string().optional(),
  vendor: z.string().optional(),
  model: z.string().optional(),
  /** `ready`: would be made. `present`: here already, and not touched. */
  outcome: z.enum(ROW_OUTCOMES),
  problem: z.enum(ROW_PROBLEMS).optional(),
  reason: z.string().optional(),
});

export const shownImport = z
  .object({
    dryRun: z.boolean(),
    ready: z.int(),
    created: z.int(),
    present: z.int(),
    refused: z.int(),
    /** The makers in it, each with the models to choose from. */
    vendors: z.array(z.object({ id: z.string(), name: z.string(), phones: z.int(), models: z.array(z.string()) })),
    /** In the order of their lines. Of very many, those that are refused come before others. */
    rows: z.array(importRow),
    /** Rows that are counted, but not listed. */
    omitted: z.int(),
  })
  .meta({ id: 'PhoneImport' });
export type ShownImport = z.output<typeof shownImport>;
