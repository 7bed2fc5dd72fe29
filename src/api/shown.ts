import { z } from 'zod';

/** Settings as they are shown: an entry for each, secrets masked. */
export const shownSettings = z
  .record(
    z.string(),
    z.object({
      value: z.unknown().optional(),
      clear: z.literal(true).optional(),
      access: z.enum(['none', 'read', 'write']).optional(),
      locked: z.literal(true).optional(),
      by: z.string().optional(),
      at: z.string().optional(),
    }),
  )
  .meta({ id: 'ShownSettings' });

export const shownWarnings = z
  .array(z.object({ code: z.string(), field: z.string(), message: z.string() }))
  .meta({ id: 'Warnings' });

export const shownRaw = z.record(
  z.string(),
  z.object({
    value: z.string(),
    access: z.enum(['none', 'read', 'write']).optional(),
    public: z.literal(true).optional(),
    by: z.string().optional(),
    at: z.string().optional(),
  }),
);

export const shownGaps = z.array(
  z.object({
    wanted: z.string(),
    line: z.int().optional(),
    reason: z.string(),
    state: z.enum(['unsupported', 'not_mapped', 'not_expressible']),
  }),
);

/** An object without the fields that have no value. */
export const present = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
