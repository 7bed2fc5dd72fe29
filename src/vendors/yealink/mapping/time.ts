import type { DateFormat } from '../../../domain/settings/time.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { zoneRules, type ChangeRule } from '../../kit/timezone.ts';
import { flag } from '../generation.ts';

// Source: Yealink administrator guides V70 to V87, "Time and Date".

// The maker's names, spelled exactly. The rules below hold without them; the name is what the phone's own menu shows.
const ZONE_NAMES: Readonly<Record<string, string>> = {
  'Europe/Berlin': 'Germany(Berlin)',
  'Europe/Paris': 'France(Paris)',
  'Europe/Rome': 'Italy(Rome)',
  'Europe/Madrid': 'Spain(Madrid)',
  'Europe/London': 'United Kingdom(London)',
  'America/New_York': 'United States-Eastern Time',
  'Asia/Kolkata': 'India(Calcutta)',
  'Asia/Calcutta': 'India(Calcutta)',
  'Asia/Shanghai': 'China(Beijing)',
};

const HOUR = 3600;
const DAY = 24 * HOUR;

/** `+1`, `-5`, `+5:30`, `+12:45`, and `0` for UTC. */
function offsetText(seconds: number): string {
  if (seconds === 0) return '0';
  const minutes = Math.abs(seconds) / 60;
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `${seconds < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

/** `Month/WeekOfMonth/DayOfWeek/Hour`: week 5 is the last, weekday 1 is Monday and 7 Sunday. */
const byWeek = ({ month, week, weekday, seconds }: ChangeRule): string =>
  [month, week, weekday === 0 ? 7 : weekday, Math.floor(seconds / HOUR)].join('/');

/** `Month/Day/Hour` of one year: the only form for a change on "the day after the fourth Thursday". */
function byDate({ month, week, weekday, seconds }: ChangeRule, year: number): string {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const day = 1 + ((weekday - first + 7) % 7) + (week - 1) * 7;
  const at = new Date(Date.UTC(year, month - 1, day > days ? day - 7 : day) + seconds * 1000);
  return [at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours()].join('/');
}

const spills = ({ seconds }: ChangeRule): boolean => seconds < 0 || seconds >= DAY;

/** Start and end as rules of our own instead of summer_time 2: the phone's tables are as old as its firmware. */
function summerTime(
  { saveSeconds, start, end }: { readonly saveSeconds: number; readonly start: ChangeRule; readonly end: ChangeRule },
  ctx: MapContext,
): Params {
  const dated = spills(start) || spills(end);
  const write = (rule: ChangeRule): string => (dated ? byDate(rule, ctx.today.getUTCFullYear()) : byWeek(rule));
  return {
    'local_time.summer_time': '1',
    'local_time.dst_time_type': dated ? '0' : '1',
    'local_time.start_time': write(start),
    'local_time.end_time': write(end),
    'local_time.offset_time': String(saveSeconds / 60),
  };
}

function timeZone(zone: string, ctx: MapContext): Params | Partly {
  const rules = zoneRules(zone);
  if (rules === undefined) return cannot(`${zone} is not in the tz database`);
  const name = ZONE_NAMES[zone];
  const params: Params = {
    // 1 would take the offset from DHCP option 2 and overrule the zone.
    'local_time.dhcp_time': '0',
    'local_time.time_zone': offsetText(rules.offsetSeconds),
    ...(name === undefined ? {} : { 'local_time.time_zone_name': name }),
    ...(rules.dst === undefined ? { 'local_time.summer_time': '0' } : summerTime(rules.dst, ctx)),
  };
  const uneven = [rules.dst?.start, rules.dst?.end].some((rule) => rule !== undefined && rule.seconds % HOUR !== 0);
  return uneven
    ? partly(params, `Yealink administrator guide, "DST": changes on the full hour only, ${zone} changes within one`)
    : params;
}

// 0 WWW MMM DD, 1 DD-MMM-YY, 5 DD MMM YYYY and 6 WWW DD MMM have no neutral counterpart; there is no form with dots.
const DATE_FORMAT = {
  'dd.mm.yyyy': '3',
  'dd/mm/yyyy': '3',
  'mm/dd/yyyy': '4',
  'yyyy-mm-dd': '2',
} as const satisfies Record<DateFormat, string>;

export const time: Mapping = {
  // manual_ntp_srv_prior 1: the configured server comes before the one of DHCP option 42.
  'time.ntp1': (host) => ({ 'local_time.ntp_server1': host, 'local_time.manual_ntp_srv_prior': '1' }),
  'time.ntp2': (host) => ({ 'local_time.ntp_server2': host }),
  'time.zone': timeZone,
  'time.dateFormat': (format) => ({ 'local_time.date_format': DATE_FORMAT[format] }),
  'time.hours24': (on) => ({ 'local_time.time_format': flag(on) }),
};
