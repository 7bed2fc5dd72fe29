import { z } from 'zod';
import { host } from './common.ts';
import { ZONES } from '../timezones.ts';
import { setting } from './setting.ts';

/** Lower case, as nobody minds the case of a zone. */
const ZONE_NAMES: ReadonlySet<string> = new Set(ZONES.map(([zone]) => zone.toLowerCase()));

/** Where the year, month and day stand. */
export const dateFormat = z.enum(['dd.mm.yyyy', 'dd/mm/yyyy', 'mm/dd/yyyy', 'yyyy-mm-dd']);
export type DateFormat = z.output<typeof dateFormat>;

export const timeSettings = {
  'time.ntp1': setting({
    scope: 'phone',
    schema: host,
    title: 'NTP server',
    help: 'Phones need the time before they can check a certificate.',
    example: 'ntp.example.com',
  }),
  'time.ntp2': setting({
    scope: 'phone',
    schema: host,
    title: 'Second NTP server',
    help: 'Asked when the first does not answer.',
    example: 'ntp2.example.com',
  }),
  'time.zone': setting({
    scope: 'phone',
    schema: z
      .string()
      .max(64)
      .refine((zone) => ZONE_NAMES.has(zone.toLowerCase()), 'must be an IANA time zone such as Europe/Berlin'),
    title: 'Time zone',
    help: 'IANA name; offset and daylight saving rules are computed from it.',
    example: 'Europe/Berlin',
  }),
  'time.dateFormat': setting({
    scope: 'phone',
    schema: dateFormat,
    title: 'Date format',
    help: 'The nearest form that the phone has.',
    example: 'dd.mm.yyyy',
  }),
  'time.hours24': setting({
    scope: 'phone',
    schema: z.boolean(),
    title: '24-hour clock',
    help: 'Off shows AM and PM.',
    example: true,
  }),
} as const;
