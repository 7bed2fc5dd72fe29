import type { DateFormat } from '../../../domain/settings/time.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { zoneRules, type ChangeRule, type ZoneRules } from '../../kit/timezone.ts';
import { device, flag, withReasons } from '../params.ts';

const DST = 'tcpIpApp.sntp.daylightSavings';

/** The phone changes on a full hour of the day; a rule outside that is moved to the nearest. */
const hourOf = (rule: ChangeRule): number => Math.min(23, Math.max(0, Math.round(rule.seconds / 3600)));
const fits = (rule: ChangeRule): boolean => hourOf(rule) * 3600 === rule.seconds;

/** `dayOfWeek` 1 is Sunday; `date` 1, 8, 15 or 22 is the first day of the week meant; the last week has a flag of its own. */
const change = (which: 'start' | 'stop', rule: ChangeRule): Params => ({
  [`${DST}.${which}.month`]: String(rule.month),
  [`${DST}.${which}.date`]: String(1 + 7 * (Math.min(rule.week, 4) - 1)),
  [`${DST}.${which}.dayOfWeek`]: String(rule.weekday + 1),
  [`${DST}.${which}.dayOfWeek.lastInMonth`]: flag(rule.week === 5),
  [`${DST}.${which}.time`]: String(hourOf(rule)),
});

// The shipped default is "on" with the dates of the United States: `enable` is always written, and all dates with it.
const daylightSaving = (dst: ZoneRules['dst']): Params =>
  dst === undefined
    ? { [`${DST}.enable`]: '0' }
    : {
        [`${DST}.enable`]: '1',
        [`${DST}.fixedDayEnable`]: '0',
        ...change('start', dst.start),
        ...change('stop', dst.end),
      };

function zone(name: string, ctx: MapContext): Params | Partly {
  const rules = zoneRules(name);
  if (rules === undefined) return cannot(`${name} is not in the tz database`);
  const offset = String(rules.offsetSeconds);
  const { dst } = rules;
  const params = {
    'tcpIpApp.sntp.gmtOffset': offset,
    'tcpIpApp.sntp.gmtOffset.overrideDHCP': '1',
    ...daylightSaving(dst),
    // Seen in a public template for CCX 500 only.
    ...(ctx.model.family === 'ccx' ? { 'tcpIpApp.sntp.olsonTimezoneID': name } : {}),
    ...device({ 'sntp.gmtOffset': offset }),
  };
  return withReasons(params, [
    dst === undefined || dst.saveSeconds === 3600
      ? undefined
      : `${name} saves ${dst.saveSeconds / 60} minutes, the phone always an hour`,
    dst === undefined || (fits(dst.start) && fits(dst.end))
      ? undefined
      : `${name} changes at an hour that daylightSavings.*.time (0 to 23) cannot say; the nearest is written`,
  ]);
}

// D weekday, d day, M month (shipped: D,Md); the phone has no numeric form, so the order is what can be kept.
const DATE_FORMAT = {
  'dd.mm.yyyy': 'D,dM',
  'dd/mm/yyyy': 'D,dM',
  'mm/dd/yyyy': 'D,Md',
  'yyyy-mm-dd': 'D,Md',
} as const satisfies Record<DateFormat, string>;

// Source: UCS guides, "tcpIpApp.sntp" and "lcl.datetime"; the shipped files of SIP 3.x. device.sntp.* is the copy in flash
// that the phone uses before it has read its files.
export const time: Mapping = {
  'time.ntp1': (host) => ({
    'tcpIpApp.sntp.address': host,
    'tcpIpApp.sntp.address.overrideDHCP': '1',
    ...device({ 'sntp.serverName': host }),
  }),
  'time.ntp2': { notMapped: 'no source names a second time server (tcpIpApp.sntp.address is one)' },
  'time.zone': zone,
  'time.dateFormat': (format) => ({ 'lcl.datetime.date.format': DATE_FORMAT[format] }),
  'time.hours24': (on) => ({ 'lcl.datetime.time.24HourClock': flag(on) }),
};
