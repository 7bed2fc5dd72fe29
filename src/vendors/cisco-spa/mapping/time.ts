import type { DateFormat } from '../../../domain/settings/time.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { zoneRules, type ChangeRule, type ZoneRules } from '../../kit/timezone.ts';
import { dialectOf, hasDisplay } from '../models.ts';
import { router } from './form.ts';

// Source: Linksys SPA9x2 administrator guide, "Regional"; the list of offsets is the same in dumps of SPA942, SPA504G and a
// Linksys ATA.

/** Everything that Time_Zone may be, in minutes east; UTC itself is `GMT`, never `GMT+00:00`. */
const OFFSETS: readonly number[] = [
  ...[-12, -11, -10, -9, -8, -7, -6, -5, -4, -3.5, -3, -2, -1, 0, 1, 2, 3, 3.5, 4, 5, 5.5, 5.75, 6, 6.5, 7, 8, 9, 9.5],
  ...[10, 11, 12, 13],
].map((hours) => hours * 60);

const inSubtree = (ctx: MapContext): boolean => dialectOf(ctx.model).tags === 'ata_router';

const two = (value: number): string => String(value).padStart(2, '0');

const offsetText = (minutes: number): string =>
  minutes === 0
    ? 'GMT'
    : `GMT${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;

const HOUR = 3600;
const DAY = 24 * HOUR;

const clock = (seconds: number): string =>
  [Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / 60), seconds % 60].join(':');

const DAYS_IN: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * `month/day/weekday/h:m:s`: the first such weekday on or after that day, or the last of the month for day -1; Monday is 1,
 * Sunday 7. A change before or after its own day is written for the day on which it falls, except at midnight after the
 * last weekday, which is written one second early: the day after may be in the next month.
 */
function change({ month, week, weekday, seconds }: ChangeRule): string {
  if (week === 5 && seconds === DAY) return change({ month, week, weekday, seconds: DAY - 1 });
  const shift = Math.floor(seconds / DAY);
  const first = week === 5 ? (DAYS_IN[month - 1] ?? 31) - 6 : (week - 1) * 7 + 1;
  const day = week === 5 && shift === 0 ? -1 : first + shift;
  const on = (((weekday + shift) % 7) + 7) % 7;
  return [month, day, on === 0 ? 7 : on, clock(seconds - shift * DAY)].join('/');
}

const rule = (dst: NonNullable<ZoneRules['dst']>): string =>
  `start=${change(dst.start)};end=${change(dst.end)};save=${clock(dst.saveSeconds)}`;

const unlisted = (minutes: number, zone: string): Partly =>
  cannot(`SPA option list "Time Zone": ${offsetText(minutes)} (${zone}) is not on it`);

/**
 * `+01 2 2`: hours, then which of the zones with these hours, then whose summer time. The list is that of the maker's
 * routers; the rule beside it overrules the summer time.
 */
// unverified: the whole list on SPA1xx and ATA19x; the ATA 191/192 provisioning guide shows +01 2 2 (Germany) only.
const ROUTER_ZONES: Readonly<Record<number, readonly [plain: string, summer?: string]>> = {
  [-12]: ['-12 1 0'],
  [-11]: ['-11 1 0'],
  [-10]: ['-10 1 0'],
  [-9]: ['-09 1 1'],
  [-8]: ['-08 1 1'],
  [-7]: ['-07 1 0', '-07 2 1'],
  [-6]: ['-06 1 0', '-06 2 1'],
  [-5]: ['-05 1 0', '-05 2 1'],
  [-4]: ['-04 1 0', '-04 2 1'],
  [-3.5]: ['-03.5 1 1'],
  [-3]: ['-03 1 0', '-03 2 1'],
  [-2]: ['-02 1 0'],
  [-1]: ['-01 1 2'],
  0: ['+00 1 0', '+00 2 2'],
  1: ['+01 1 0', '+01 2 2'],
  2: ['+02 1 0', '+02 2 2'],
  3: ['+03 1 0'],
  4: ['+04 1 0'],
  5: ['+05 1 0'],
  5.5: ['+05.5 1 0'],
  6: ['+06 1 0'],
  7: ['+07 1 0'],
  8: ['+08 1 0'],
  9: ['+09 1 0'],
  10: ['+10 1 0', '+10 2 4'],
  11: ['+11 1 0'],
  12: ['+12 1 0', '+12 2 4'],
};

function routerZone({ offsetSeconds, dst }: ZoneRules, zone: string): Params | Partly {
  const entry = ROUTER_ZONES[offsetSeconds / HOUR];
  if (entry === undefined) return unlisted(offsetSeconds / 60, zone);
  const [plain, summer = plain] = entry;
  return {
    [router('Time_Setup/Time_Zone')]: dst === undefined ? plain : summer,
    [router('Time_Setup/Auto_Adjust_Clock')]: dst === undefined ? '0' : '1',
    ...(dst === undefined ? {} : { [router('Time_Setup/Daylight_Saving_Time_Rule')]: rule(dst) }),
  };
}

function timeZone(zone: string, ctx: MapContext): Params | Partly {
  const rules = zoneRules(zone);
  if (rules === undefined) return cannot(`${zone} is not in the tz database`);
  if (inSubtree(ctx)) return routerZone(rules, zone);
  const minutes = rules.offsetSeconds / 60;
  // unverified: how Time_Offset__HH_mm_ would be written for the others, and whether it is added to Time_Zone.
  if (!OFFSETS.includes(minutes)) return unlisted(minutes, zone);
  return {
    Time_Zone: offsetText(minutes),
    Daylight_Saving_Time_Enable: rules.dst === undefined ? 'No' : 'Yes',
    ...(rules.dst === undefined ? {} : { Daylight_Saving_Time_Rule: rule(rules.dst) }),
  };
}

const DATE_FORMAT: Readonly<Record<DateFormat, readonly [value: string, exact: boolean]>> = {
  'dd.mm.yyyy': ['day/month', true],
  'dd/mm/yyyy': ['day/month', true],
  'mm/dd/yyyy': ['month/day', true],
  'yyyy-mm-dd': ['month/day', false],
};

const shown = (ctx: MapContext, params: Params): Params | Partly =>
  hasDisplay(ctx.model) ? params : cannot(`SPA administrator guides: ${ctx.model.id} has no display`);

export const time: Mapping = {
  'time.ntp1': (host, ctx) =>
    inSubtree(ctx)
      ? { [router('Time_Setup/Time_Server_Mode')]: 'manual', [router('Time_Setup/Time_Server')]: host }
      : { Primary_NTP_Server: host },
  'time.ntp2': (host, ctx) =>
    inSubtree(ctx)
      ? cannot('public SPA1xx templates: one Time_Server below <Time_Setup>, no second')
      : { Secondary_NTP_Server: host },
  'time.zone': timeZone,
  'time.dateFormat': (format, ctx) => {
    const [value, exact] = DATE_FORMAT[format];
    const params = shown(ctx, { Date_Format: value });
    return exact || 'partly' in params
      ? params
      : partly(params, 'SPA option list "Date Format": day/month and month/day only, the year is never first');
  },
  'time.hours24': (on, ctx) => shown(ctx, { Time_Format: on ? '24hr' : '12hr' }),
};
