import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import type { SyncMethod } from '../../../domain/settings/provisioning.ts';
import { device, flag, from } from '../generation.ts';

// Source: Yealink auto-provisioning guides T2x/T4x V70 to V84, T5x V84 to V87.

/** 0 Sunday to 6 Saturday. */
const EVERY_DAY = '0123456';

/** V70 knew 0 and 1 only; 2, "ignore", came later. */
const ignoresNotify = (ctx: MapContext): boolean => from(ctx, 71);

function syncMethods(methods: readonly SyncMethod[], ctx: MapContext): Params | Partly {
  const on = (method: SyncMethod): string => flag(methods.includes(method));
  const hasTime = ctx.get('provisioning.resyncAt') !== undefined;
  const deaf = !methods.includes('sip_notify') && ignoresNotify(ctx);
  const params = {
    [device(ctx, from(ctx, 80) ? 'auto_provision.power_on' : 'auto_provision.mode')]: on('power_on'),
    [device(ctx, 'auto_provision.repeat.enable')]: on('periodic'),
    [device(ctx, 'auto_provision.weekly.enable')]: flag(methods.includes('at_time') && hasTime),
    [device(ctx, from(ctx, 80) ? 'auto_provision.weekly.dayofweek' : 'auto_provision.weekly.mask')]: EVERY_DAY,
    // 0 restarts the phone only when the NOTIFY says so.
    'sip.notify_reboot_enable': deaf ? '2' : '0',
  };
  if (methods.includes('at_time') && !hasTime)
    return partly(params, 'at_time needs a time of day: provisioning.resyncAt is not set');
  return methods.includes('sip_notify') || ignoresNotify(ctx)
    ? params
    : partly(params, 'Yealink administrator guide V70, "SIP NOTIFY": check-sync cannot be switched off (0 and 1 only)');
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const timeOf = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
const LAST_MINUTE = 24 * 60 - 1;

/** The phone comes at a random point between begin and end; the window ends at midnight at the latest. */
// unverified: whether begin and end may be the same minute, so the window is one minute at least.
function resyncAt(time: string, ctx: MapContext): Params {
  const window = Math.max(1, Math.ceil((ctx.get('provisioning.randomDelaySeconds') ?? 0) / 60));
  return {
    [device(ctx, 'auto_provision.weekly.begin_time')]: time,
    [device(ctx, 'auto_provision.weekly.end_time')]: timeOf(Math.min(minutesOf(time) + window, LAST_MINUTE)),
  };
}

export const provisioning: Mapping = {
  // A directory: the phone puts a slash after it if there is none, then the file's name.
  'provisioning.url': (url, ctx) => ({ [device(ctx, 'auto_provision.server.url')]: url }),
  'provisioning.user': (user, ctx) => ({ [device(ctx, 'auto_provision.server.username')]: user }),
  'provisioning.password': (password, ctx) => ({ [device(ctx, 'auto_provision.server.password')]: password }),
  'provisioning.syncMethods': syncMethods,
  'provisioning.resyncEveryMinutes': (minutes, ctx) => ({
    [device(ctx, 'auto_provision.repeat.minutes')]: String(minutes),
  }),
  'provisioning.resyncAt': resyncAt,
  'provisioning.randomDelaySeconds': (_seconds, ctx) =>
    ctx.get('provisioning.resyncAt') === undefined
      ? cannot(
          'Yealink auto-provisioning guide: only the at-time method has a window, and provisioning.resyncAt is not set',
        )
      : {},
  'provisioning.retryDelaySeconds': (seconds, ctx) => ({
    [device(ctx, 'auto_provision.retry_delay_after_file_transfer_failed')]: String(seconds),
  }),
  // The phone loads whatever image differs from its own, older or newer, so "never" is to name none.
  'provisioning.firmwarePolicy': (policy, ctx) => (policy === 'never' ? { [device(ctx, 'firmware.url')]: '' } : {}),
  'provisioning.firmwareUrl': (url, ctx) =>
    ctx.get('provisioning.firmwarePolicy') === 'never' ? {} : { [device(ctx, 'firmware.url')]: url },
  'provisioning.firmwareRetryDelaySeconds': {
    notMapped: 'no Yealink guide or template names a delay for the firmware alone',
  },
};
