import { z } from 'zod';
import { sidecarsField } from '../../app/documents/fields.ts';
import { keyLayout } from '../../domain/key.ts';
import { shownRaw, shownSettings, shownWarnings } from '../shown.ts';

export const shownTemplate = z
  .object({
    name: z.string(),
    title: z.string(),
    /** For all tenants. */
    global: z.boolean(),
    vendor: z.string(),
    models: z.array(z.string()),
    firmware: z.string().optional(),
    sidecars: sidecarsField.optional(),
    settings: shownSettings,
    keys: keyLayout,
    raw: shownRaw,
    /** How many lines a phone with this template may have; absent where the model alone decides. */
    lineKeys: z.int().optional(),
    /** What its keys may be. */
    keyTypes: z.array(z.string()).optional(),
    warnings: shownWarnings.optional(),
  })
  .meta({ id: 'Template' });

export const templateQuery = z.object({
  vendor: z.string().optional(),
  /** Only templates for this model, of the tenant and global ones (S4.72). */
  model: z.string().optional(),
});
