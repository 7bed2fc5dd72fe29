import { z } from 'zod';
import { parseMac } from '../../domain/mac.ts';
import { slug } from '../../domain/tenant.ts';

/** The name of an object in paths and files. */
export const nameField = slug;

/** Words for people; may be empty. */
export const titleField = z.string().max(120);

/** Text that YAML may take for a number: `201`. */
export const numberedText = z.union([z.string(), z.number().transform(String)], { error: 'must be text' });

/** The number of an extension, as it is dialled. */
export const numberField = numberedText.pipe(
  z.string().regex(/^[A-Za-z0-9*#+._-]{1,40}$/, 'must be 1 to 40 digits, letters or * # + . _ -'),
);

/** A person's name in paths: lower-case, as a login is written. */
export const personName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and . _ -');

/** A secret on its way in: text, or `***` for the one that is kept already. */
export const secretField = numberedText.pipe(z.string().min(1).max(128));

/** User name for HTTP authentication; no colon (RFC 7617 §2). */
export const httpUserField = z.string().regex(/^[A-Za-z0-9._@-]{1,64}$/, 'only letters, digits and . _ @ -');

/** A MAC as people type it, in as the one form used inside the server. */
export const macField = z.string().transform((text, ctx) => {
  const mac = parseMac(text);
  if (mac.ok) return mac.value;
  ctx.addIssue({ code: 'custom', message: 'is not a MAC address: 12 hexadecimal digits' });
  return z.NEVER;
});

/** A serial number, or the name of a soft client. */
export const serialField = numberedText.pipe(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/, 'must be 2 to 64 letters, digits and . _ -'),
);

export const sidecarsField = z.strictObject({ type: z.string().min(1).max(40), count: z.int().min(1).max(9) });

export const firmwareField = numberedText.pipe(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._()/ -]{0,63}$/, 'must be a version such as 108.86.0.20'),
);

/** Settings as they are written; each value is checked against the registry by `readSettings`. */
export const settingsField = z.record(z.string(), z.unknown()).meta({ id: 'SettingEntries' });

const access = z.enum(['none', 'read', 'write']);
export const accessField = access;

/** Parameters in the maker's own words. Secret unless marked public. */
export const rawField = z.record(
  z.string().min(1).max(200),
  z.union([
    z.string().max(4096),
    z.strictObject({
      value: z.string().max(4096),
      access: access.optional(),
      public: z.boolean().optional(),
      by: z.string().optional(),
      at: z.string().optional(),
    }),
  ]),
);
export type RawField = z.output<typeof rawField>;

/** What the writer has been warned of and wants all the same. */
export const confirmField = z.array(z.enum(['allowed-domains'])).max(4);
export type Confirmation = z.output<typeof confirmField>[number];
