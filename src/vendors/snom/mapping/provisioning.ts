import type { SyncMethod } from '../../../domain/settings/provisioning.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { before, since } from '../../kit/firmware.ts';
import { onOff } from './form.ts';

/** The phone puts its own MAC there, in upper case, so the bytes are the same for every phone of a family. */
export const phoneFile = (directory: string): string => `${directory}{mac}.xml`;

/**
 * What keeps a phone ours. `redirection` is the step that fetches `setting_server`: it must stay, or nothing is fetched; with
 * our address there it no longer reaches the maker's cloud. The steps that are left out (PnP, DHCP, TR-069) would let any
 * LAN send the phone elsewhere. Changing the order restarts provisioning unless setting_server changes in the same file,
 * so both are always written together. Snom wiki, "provisioning_order" (from 8.7.3) and "pnp_config".
 */
export const OWNED: Params = { provisioning_order: 'redirection:stop', pnp_config: 'off' };

// prov_polling_* came with 10.1 (unverified: with which); 8.x has settings_refresh_timer only. Snom wiki, "prov_polling_mode".
const POLLS = '10.1';

const NO_POLLING: Params = { prov_polling_enabled: 'off' };
const DAY = '86400';

/** `03:00` and 600 seconds → `03:10`: the phone names minutes only, so a part of one counts as a whole. */
function later(time: string, seconds: number): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const end = (hours * 60 + minutes + Math.ceil(seconds / 60)) % 1440;
  return [Math.floor(end / 60), end % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/** At a time of day, or once a day at random within a window that begins there. */
function atTime(time: string, ctx: MapContext): Params {
  const spread = ctx.get('provisioning.randomDelaySeconds') ?? 0;
  const window: Params =
    spread === 0
      ? { prov_polling_mode: 'abs' }
      : {
          prov_polling_mode: 'random',
          prov_polling_time_rand_end: later(time, spread),
          // The period of a random window must be a whole day, or the times are ignored.
          prov_polling_period: DAY,
        };
  return { prov_polling_enabled: 'on', ...window, prov_polling_time: time, settings_refresh_timer: '0' };
}

const everySeconds = (ctx: MapContext): string => String((ctx.get('provisioning.resyncEveryMinutes') ?? 1440) * 60);

function polling(methods: readonly SyncMethod[], ctx: MapContext): Params {
  const time = ctx.get('provisioning.resyncAt');
  if (before(ctx.firmware, POLLS))
    return { settings_refresh_timer: methods.includes('periodic') ? everySeconds(ctx) : '0' };
  if (methods.includes('at_time') && time !== undefined) return atTime(time, ctx);
  if (methods.includes('periodic'))
    return {
      prov_polling_enabled: 'on',
      prov_polling_mode: 'rel',
      prov_polling_period: everySeconds(ctx),
      settings_refresh_timer: '0',
    };
  // unverified: that 0 means never (seen as the value in a dump of factory settings).
  return { ...NO_POLLING, settings_refresh_timer: '0' };
}

/** What of the wanted methods the phone cannot do, or cannot leave. */
function syncGaps(methods: readonly SyncMethod[], ctx: MapContext): readonly string[] {
  const atTimeWanted = methods.includes('at_time');
  const old = before(ctx.firmware, POLLS);
  const noTime = atTimeWanted && !old && ctx.get('provisioning.resyncAt') === undefined;
  return [
    ...(atTimeWanted && old ? ['at-time: firmware before 10.1 can only come back at an interval'] : []),
    ...(noTime ? ['at-time: no time is set'] : []),
    ...(atTimeWanted && !old && !noTime && methods.includes('periodic')
      ? ['periodic: polling has one mode, and the time of day was chosen (Snom wiki, "prov_polling_mode")']
      : []),
    ...(methods.includes('power_on') ? [] : ['the phone fetches at every start, whatever it is told']),
    ...(methods.includes('sip_notify')
      ? []
      : ['a NOTIFY cannot be switched off: the phone now asks who sends it (Snom wiki, "challenge_checksync")']),
  ];
}

function syncMethods(methods: readonly SyncMethod[], ctx: MapContext): Params | Partly {
  const params = {
    ...polling(methods, ctx),
    // Off: the phone follows a check-sync from its registrar at once. On: it answers 401 and wants the line's password.
    challenge_checksync: onOff(!methods.includes('sip_notify')),
    challenge_reboot: onOff(!methods.includes('sip_notify')),
  };
  const gaps = syncGaps(methods, ctx);
  return gaps.length === 0 ? params : partly(params, gaps.join('; '));
}

// Source: Snom wiki, "Auto Provisioning" and the settings named; seen in public templates.
export const provisioningMapping: Mapping = {
  'provisioning.url': (url, ctx) => ({
    // A directory would be asked for as it stands, whoever asks.
    setting_server: url.endsWith('/') ? phoneFile(url) : url,
    ...(since(ctx.firmware, '8.7.3') ? OWNED : { pnp_config: 'off' }),
  }),
  'provisioning.user': (user) => ({ http_client_user: user }),
  'provisioning.password': (password) => ({ http_client_pass: password }),
  'provisioning.syncMethods': {
    set: syncMethods,
    clear: () => ({ ...NO_POLLING, settings_refresh_timer: '0', challenge_checksync: 'off', challenge_reboot: 'off' }),
  },
  'provisioning.resyncEveryMinutes': { partOf: 'provisioning.syncMethods' },
  'provisioning.resyncAt': { partOf: 'provisioning.syncMethods' },
  'provisioning.randomDelaySeconds': (_seconds, ctx) =>
    since(ctx.firmware, POLLS) &&
    ctx.get('provisioning.syncMethods')?.includes('at_time') === true &&
    ctx.get('provisioning.resyncAt') !== undefined
      ? {}
      : cannot('only a time of day (firmware 10.1) can be spread over a window (Snom wiki, "prov_polling_mode")'),
  'provisioning.retryDelaySeconds': { notMapped: 'no parameter is known that spaces a repeated fetch' },
  // settings_only and auto_update are seen in public templates; the phone compares versions and reboots.
  'provisioning.firmwarePolicy': (policy) => ({ update_policy: policy === 'auto' ? 'auto_update' : 'settings_only' }),
  'provisioning.firmwareUrl': (url) => ({ firmware: url }),
  'provisioning.firmwareRetryDelaySeconds': {
    notMapped:
      'firmware_interval says how often the phone looks, in minutes; none says when it tries again after an error',
  },
};
