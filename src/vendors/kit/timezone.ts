import { ZONES } from '../../domain/timezones.ts';

/** When daylight saving begins or ends, as POSIX writes it. */
export interface ChangeRule {
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 4 from the start of the month; 5 is the last. */
  readonly week: 1 | 2 | 3 | 4 | 5;
  /** 0 is Sunday, 6 Saturday. */
  readonly weekday: number;
  /** Wall-clock time of the change in seconds after midnight, by the time that ends then; may be negative or above a day. */
  readonly seconds: number;
}

export interface ZoneRules {
  /** Seconds east of UTC outside daylight saving. */
  readonly offsetSeconds: number;
  readonly dst?: { readonly saveSeconds: number; readonly start: ChangeRule; readonly end: ChangeRule };
  /** ISO 3166-1 alpha-2 of the country that the zone lies in, where it lies in one. */
  readonly country?: string;
}

const byZone = new Map(ZONES.map(([zone, posix, country]) => [zone.toLowerCase(), { posix, country }]));

// IEEE Std 1003.1 §8.3: std offset [dst [offset] [,start[/time],end[/time]]]; names may be in < >.
const NAME = '(?:<[A-Za-z0-9+-]+>|[A-Za-z]{3,})';
const TIME = '([+-]?\\d{1,3}(?::\\d{2}){0,2})';
const RULE = `,M(\\d{1,2})\\.(\\d)\\.(\\d)(?:/${TIME})?`;
const POSIX = new RegExp(`^${NAME}${TIME}(?:${NAME}${TIME}?${RULE}${RULE})?$`);

function secondsOf(text: string): number {
  const [hours = '0', minutes = '0', seconds = '0'] = text.replace(/^[+-]/, '').split(':');
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return text.startsWith('-') ? -size : size;
}

const changeRule = (month = '', week = '', weekday = '', time = '2'): ChangeRule => ({
  month: Number(month),
  // `as`: the pattern lets other digits through, the tz database does not.
  week: Number(week) as ChangeRule['week'],
  weekday: Number(weekday),
  seconds: secondsOf(time),
});

/** Rules of an IANA zone as they hold from now on; undefined for a name that is no zone. */
export function zoneRules(zone: string): ZoneRules | undefined {
  const entry = byZone.get(zone.toLowerCase());
  const match = entry === undefined ? null : POSIX.exec(entry.posix);
  if (entry === undefined || match === null) return undefined;
  const [, standard = '0', daylight, startMonth, startWeek, startDay, startTime, endMonth, endWeek, endDay, endTime] =
    match;
  // POSIX counts west of UTC as positive.
  const offsetSeconds = -secondsOf(standard) || 0;
  const country = entry.country === '' ? {} : { country: entry.country };
  if (startMonth === undefined) return { offsetSeconds, ...country };
  const saveSeconds = daylight === undefined ? 3600 : -secondsOf(daylight) - offsetSeconds;
  const start = changeRule(startMonth, startWeek, startDay, startTime);
  const end = changeRule(endMonth, endWeek, endDay, endTime);
  // Irish law calls the winter the exception (Europe/Dublin: one hour less); phones know summer time only.
  if (saveSeconds < 0)
    return {
      offsetSeconds: offsetSeconds + saveSeconds,
      dst: { saveSeconds: -saveSeconds, start: end, end: start },
      ...country,
    };
  const dst = { saveSeconds, start, end };
  return { offsetSeconds, dst, ...country };
}

export const isZone = (zone: string): boolean => zoneRules(zone) !== undefined;
