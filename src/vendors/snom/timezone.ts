import { zoneRules, type ChangeRule, type ZoneRules } from '../kit/timezone.ts';

/** A value of the phone's own time zone list, the country it stands for ('' for a region), and whether it has summer time. */
type Code = readonly [code: string, country: string, summerTime: boolean];

// The list of the phone's menu (Snom wiki, "timezone"), as two public template sets have it: three letters of the country,
// mostly ISO 3166-1 alpha-3 but GER, YUG, MAK, ROU…, and the offset; nought is written -0. Codes whose offset no longer
// holds (RUS+2 as Kaliningrad had it, TUR+2, VEN-4.5) stay: the rule is written out in `dst`, only the offset must be right.
const S = true;
const CODES: readonly Code[] = [
  ['USA-10', 'US', false],
  ['USA-9', 'US', S],
  ['CAN-8', 'CA', S],
  ['MEX-8', 'MX', S],
  ['USA-8', 'US', S],
  ['CAN-7', 'CA', S],
  ['MEX-7', 'MX', S],
  ['USA2-7', 'US', false],
  ['USA-7', 'US', S],
  ['CAN-6', 'CA', S],
  ['CHL-6', 'CL', S],
  ['MEX-6', 'MX', S],
  ['USA-6', 'US', S],
  ['BHS-5', 'BS', S],
  ['CAN-5', 'CA', S],
  ['COL-5', 'CO', false],
  ['CUB-5', 'CU', S],
  ['USA-5', 'US', S],
  ['VEN-4.5', 'VE', false],
  ['CAN-4', 'CA', S],
  ['CHL-4', 'CL', S],
  ['PRY-4', 'PY', S],
  ['BMU-4', 'BM', S],
  ['FLK-4', 'FK', S],
  ['TTB-4', 'TT', false],
  ['CAN-3.5', 'CA', S],
  ['GRL-3', 'GL', S],
  ['ARG-3', 'AR', false],
  ['BRA2-3', 'BR', false],
  ['BRA1-3', 'BR', S],
  ['BRA-2', 'BR', false],
  ['PRT-1', 'PT', S],
  ['GBR-0', 'GB', S],
  ['FRO-0', 'FO', S],
  ['IRL-0', 'IE', S],
  ['PRT-0', 'PT', S],
  ['ESP-0', 'ES', S],
  ['GER+1', 'DE', S],
  ['ALB+1', 'AL', S],
  ['AUT+1', 'AT', S],
  ['BEL+1', 'BE', S],
  ['HRV+1', 'HR', S],
  ['CZE+1', 'CZ', S],
  ['DNK+1', 'DK', S],
  ['FRA+1', 'FR', S],
  ['HUN+1', 'HU', S],
  ['ITA+1', 'IT', S],
  ['LUX+1', 'LU', S],
  ['MAK+1', 'MK', S],
  ['NLD+1', 'NL', S],
  ['NAM+1', 'NA', S],
  ['NOR+1', 'NO', S],
  ['POL+1', 'PL', S],
  ['SVK+1', 'SK', S],
  ['ESP+1', 'ES', S],
  ['SWE+1', 'SE', S],
  ['CHE+1', 'CH', S],
  ['GIB+1', 'GI', S],
  ['YUG+1', 'RS', S],
  ['WAT+1', '', false],
  ['FIN+2', 'FI', S],
  ['BLR+2', 'BY', S],
  ['BGR+2', 'BG', S],
  ['CYP+2', 'CY', S],
  ['CAT+2', '', false],
  ['EGY+2', 'EG', S],
  ['EST+2', 'EE', S],
  ['GAZ+2', 'PS', S],
  ['GRC+2', 'GR', S],
  ['ISR+2', 'IL', S],
  ['JOR+2', 'JO', S],
  ['LVA+2', 'LV', S],
  ['LTU+2', 'LT', S],
  ['LBN+2', 'LB', S],
  ['MDA+2', 'MD', S],
  ['RUS+2', 'RU', S],
  ['ROU+2', 'RO', S],
  ['SYR+2', 'SY', S],
  ['TUR+2', 'TR', S],
  ['UKR+2', 'UA', S],
  ['EAT+3', '', false],
  ['IRQ+3', 'IQ', S],
  ['RUS+3', 'RU', S],
  ['IRN+3.5', 'IR', S],
  ['UAE+4', 'AE', false],
  ['ARM+4', 'AM', S],
  ['AZE+4', 'AZ', S],
  ['GEO+4', 'GE', S],
  ['KAZ+4', 'KZ', S],
  ['RUS+4', 'RU', S],
  ['PAK+5', 'PK', false],
  ['KAZ+5', 'KZ', S],
  ['KGZ+5', 'KG', S],
  ['RUS+5', 'RU', S],
  ['IND+5.5', 'IN', false],
  ['KAZ+6', 'KZ', S],
  ['RUS+6', 'RU', S],
  ['THA+7', 'TH', false],
  ['RUS+7', 'RU', S],
  ['CHN+8', 'CN', false],
  ['SGP+8', 'SG', false],
  ['AUS+8', 'AU', false],
  ['JPN+9', 'JP', false],
  ['KOR+9', 'KR', false],
  ['AUS+9.5', 'AU', S],
  ['AUS2+9.5', 'AU', false],
  ['AUS+10', 'AU', S],
  ['AUS2+10', 'AU', false],
  ['AUS3+10', 'AU', S],
  ['RUS+10', 'RU', S],
  ['AUS+10.5', 'AU', S],
  ['NCL+11', 'NC', false],
  ['NZL+12', 'NZ', S],
  ['RUS+12', 'RU', S],
  ['NZL+12.75', 'NZ', S],
  ['TON+13', 'TO', false],
];

const offsetOf = (code: string): number => Number(/[+-][\d.]+$/.exec(code)?.[0] ?? NaN) * 3600;

/** The best code with the zone's offset: its country's with the same habit, its country's, any with the same habit, any. */
function codeFor(rules: ZoneRules): Code | undefined {
  const sameOffset = CODES.filter(([code]) => offsetOf(code) === rules.offsetSeconds);
  const summerTime = rules.dst !== undefined;
  const atHome = sameOffset.filter(([, country]) => country !== '' && country === rules.country);
  return [...atHome, ...sameOffset].find(([, , has]) => has === summerTime) ?? atHome[0] ?? sameOffset[0];
}

const two = (count: number): string => String(count).padStart(2, '0');

/** `10.05.07 03:00:00`: month, week (05 is the last), weekday (07 is Sunday), time. */
function change({ month, week, weekday, seconds }: ChangeRule): string | undefined {
  // The form has no negative hour and no 24:00.
  if (seconds < 0 || seconds >= 86400) return undefined;
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${two(month)}.${two(week)}.${two(weekday === 0 ? 7 : weekday)} ${time}`;
}

export type SnomZone =
  | { readonly kind: 'zone'; readonly timezone: string; readonly dst: string; readonly remark?: string }
  | { readonly kind: 'none'; readonly reason: string };

/** An IANA zone as `timezone` and `dst`; the rule is always written out, so a code only has to carry the right offset. */
export function snomZone(zone: string): SnomZone {
  const rules = zoneRules(zone);
  if (rules === undefined) return { kind: 'none', reason: `${zone} is not in the tz database` };
  const chosen = codeFor(rules);
  if (chosen === undefined)
    return {
      kind: 'none',
      reason: `no time zone of the phone is ${rules.offsetSeconds / 3600} hours from UTC (${zone})`,
    };
  const [timezone, , summerTime] = chosen;
  if (rules.dst === undefined) {
    const remark = `${timezone} has the right offset, but whether an empty dst keeps it from summer time is unverified`;
    return { kind: 'zone', timezone, dst: '', ...(summerTime ? { remark } : {}) };
  }
  const start = change(rules.dst.start);
  const end = change(rules.dst.end);
  return start === undefined || end === undefined
    ? { kind: 'zone', timezone, dst: '', remark: `the summer time of ${zone} changes at an hour that dst cannot say` }
    : { kind: 'zone', timezone, dst: `${rules.dst.saveSeconds} ${start} ${end}` };
}
