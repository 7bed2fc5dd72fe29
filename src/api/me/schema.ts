import { z } from 'zod';
import { shownPhone } from '../phones/schema.ts';

export const shownMe = z
  .object({
    /** By which he logs in. */
    name: z.string(),
    tenant: z.object({ name: z.string(), title: z.string() }),
    person: z.object({ name: z.string(), displayName: z.string(), email: z.string().optional() }),
  })
  .meta({ id: 'Me' });

/** Settings that are open to the phone's person, secrets masked. */
const openSettings = z.record(
  z.string(),
  z.object({
    value: z.unknown().optional(),
    clear: z.literal(true).optional(),
    /** What he may do with it. */
    access: z.enum(['read', 'write']),
    /** It was open to be changed, but an administrator has locked it. */
    locked: z.literal(true).optional(),
    /** It is set on this very phone; null takes that away. */
    own: z.literal(true).optional(),
  }),
);

const SAME = {
  name: true,
  mac: true,
  serial: true,
  vendor: true,
  model: true,
  label: true,
  blocked: true,
  state: true,
} as const;

export const shownOwnPhone = shownPhone
  .pick(SAME)
  .extend({
    /** When it last fetched anything, and the firmware that it said then. */
    lastSeen: z.object({ at: z.string(), firmware: z.string().optional() }).optional(),
    settings: openSettings,
    lines: z.array(
      z.object({ position: z.int(), extension: z.string(), displayName: z.string(), settings: openSettings }),
    ),
  })
  .meta({ id: 'OwnPhone' });
