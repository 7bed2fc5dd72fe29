import { z } from 'zod';
import { BAN_REASONS } from '../../domain/trust/ban.ts';

const addressField = z.union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address');

/** An address, or the /64 that stands for an IPv6 one, as the list shows it. */
export const sourceField = z
  .string()
  .max(60)
  .transform((text) => text.replace(/\/64$/, ''))
  .pipe(addressField);

export const banBody = z.strictObject({
  address: sourceField,
  /** How long; an hour when left out. */
  minutes: z.int().min(1).max(525_600).default(60),
  note: z.string().max(200).optional(),
});

export const shownBan = z
  .object({
    /** The address, or the /64 of an IPv6 one. */
    source: z.string(),
    /** The address that was seen last. */
    address: z.string(),
    reason: z.enum(BAN_REASONS),
    evidence: z.string(),
    since: z.string(),
    until: z.string(),
    /** Which ban of this source it is; each lasts twice as long as the one before. */
    offences: z.int(),
    /** Not told to a firewall. */
    quiet: z.boolean(),
    by: z.string().optional(),
    /** Requests that this server has turned away since it knows of the ban. */
    hits: z.int(),
  })
  .meta({ id: 'Ban' });

export const shownBans = z.object({ items: z.array(shownBan) });

export const shownStanding = z
  .object({
    address: z.string(),
    standing: z.enum(['welcome', 'waits', 'banned']),
    retryAfterSeconds: z.int().optional(),
    reason: z.enum(BAN_REASONS).optional(),
    evidence: z.string().optional(),
    since: z.string().optional(),
    until: z.string().optional(),
    offences: z.int().optional(),
  })
  .meta({ id: 'AddressStanding' });
