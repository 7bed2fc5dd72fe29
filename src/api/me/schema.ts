import { z } from 'zod';
import { PHONE_STATES } from '../../domain/phone.ts';

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

export const shownOwnPhone = z
  .object({
    name: z.string(),
    mac: z.string().optional(),
    serial: z.string().optional(),
    vendor: z.string(),
    model: z.string(),
    label: z.string().optional(),
    blocked: z.boolean(),
    state: z.enum(PHONE_STATES),
    /** When it last fetched anything, and the firmware that it said then. */
    lastSeen: z.object({ at: z.string(), firmware: z.string().optional() }).optional(),
    settings: openSettings,
    lines: z.array(
      z.object({ position: z.int(), extension: z.string(), displayName: z.string(), settings: openSettings }),
    ),
  })
  .meta({ id: 'OwnPhone' });
