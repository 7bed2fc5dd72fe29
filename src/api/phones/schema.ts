import { z } from 'zod';
import { nameField, sidecarsField } from '../../app/documents/fields.ts';
import { keyLayout } from '../../domain/key.ts';
import { PHONE_STATES } from '../../domain/phone.ts';
import { CONTENT_CLASSES, slug } from '../../domain/tenant.ts';
import { shownGaps, shownRaw, shownSettings, shownWarnings } from '../shown.ts';

export const shownPhone = z
  .object({
    /** Natural key: the MAC, else the serial number, else a soft client's name. */
    name: z.string(),
    mac: z.string().optional(),
    serial: z.string().optional(),
    vendor: z.string(),
    model: z.string(),
    label: z.string().optional(),
    group: z.string().optional(),
    person: z.string().optional(),
    template: z.string().optional(),
    profile: z.string().optional(),
    sidecars: sidecarsField.optional(),
    firmware: z.string().optional(),
    settings: shownSettings,
    keys: keyLayout,
    raw: shownRaw,
    lines: z.array(z.object({ position: z.int(), extension: z.string(), settings: shownSettings })),
    blocked: z.boolean(),
    httpUser: z.string(),
    httpPassword: z.literal('***'),
    window: z.object({ content: z.enum(CONTENT_CLASSES), until: z.string(), by: z.string() }).optional(),
    /** `owned` until it has fetched its files, then `served`, or `outdated` since something has changed. */
    state: z.enum(PHONE_STATES),
    lastSeen: z
      .object({
        at: z.string(),
        address: z.string(),
        door: z.string(),
        firmware: z.string().optional(),
        model: z.string().optional(),
      })
      .optional(),
    /** The extension that PBX services belong to: that of line 1 (S4.80). */
    pbxServicesExtension: z.string().optional(),
    warnings: shownWarnings.optional(),
  })
  .meta({ id: 'Phone' });

export const moveBody = z.strictObject({
  /** Name of the tenant that gets it. */
  to: slug,
});

/** `null` takes the profile away. */
export const profileBody = z.strictObject({ profile: nameField.nullable() });

export const windowBody = z.strictObject({
  content: z.enum(CONTENT_CLASSES),
  /** Two days at the most: a window is for one visit. */
  minutes: z.int().min(1).max(2880),
});

export const fileQuery = z.object({
  file: z.string().max(200).optional(),
  firmware: z.string().max(64).optional(),
});
export const revealQuery = z.object({
  firmware: z.string().max(64).optional(),
  reveal: z.enum(['true', 'false']).default('false'),
});

export const shownFiles = z.object({ files: z.array(z.object({ name: z.string(), part: z.string() })) });

export const shownExplanation = z.object({
  name: z.string(),
  lines: z.array(
    z.object({
      text: z.string(),
      kind: z.string(),
      setting: z.string().optional(),
      line: z.int().optional(),
      slot: z.string().optional(),
      layer: z.string().optional(),
      object: z.string().optional(),
      by: z.string().optional(),
      at: z.string().optional(),
    }),
  ),
  gaps: shownGaps,
  flags: z.array(z.string()),
});

export const shownUrl = z.object({ url: z.string() });

export const resyncQuery = z.object({
  /** Where the phone's own web server is reached: an address or host name, with a port where it is not 80. */
  phoneAddress: z
    .string()
    .max(260)
    .regex(/^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/, 'must be an address or host name'),
});

export const shownInstructions = z.object({
  factoryReset: z.array(z.string()),
  defaultLogin: z.array(z.object({ models: z.string(), user: z.string(), password: z.string() })),
  enableProvisioning: z.array(z.string()),
});
