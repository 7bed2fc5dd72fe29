import { z } from 'zod';
import { confirmField, settingsField } from '../documents/fields.ts';

const list = z.array(z.unknown()).default([]);

/** What a document of `apply` may hold of a tenant beside the tenant itself, in the order in which it is kept. */
export const TENANT_PARTS = ['mappings', 'profiles', 'groups', 'people', 'extensions', 'templates', 'phones'] as const;
export type TenantPart = (typeof TENANT_PARTS)[number];

/** The outline of a document; each object is read by the rules of its own kind, the same as through the API. */
export const applyOutline = z.strictObject({
  platform: z.strictObject({ settings: settingsField.default({}), confirm: confirmField.optional() }).optional(),
  mappings: list,
  templates: list,
  tenants: z
    .array(
      z.looseObject({
        mappings: list,
        profiles: list,
        groups: list,
        people: list,
        extensions: list,
        templates: list,
        phones: list,
      }),
    )
    .default([]),
});
export type ApplyOutline = z.output<typeof applyOutline>;
