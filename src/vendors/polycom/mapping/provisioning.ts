import type { SyncMethod } from '../../../domain/settings/provisioning.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { ucsSince } from '../dialect.ts';
import { device, withReasons } from '../params.ts';
import { noServerParams, serverParams } from '../server.ts';

const DAY = 86400;

interface Poll {
  readonly params: Params;
  readonly reason?: string;
}

/** From `at`, so many seconds later, on the same day. */
function later(at: string, seconds: number): string {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const end = Math.min(hours * 60 + minutes + Math.ceil(seconds / 60), 23 * 60 + 59);
  return `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`;
}

const everySeconds = (ctx: MapContext): number => (ctx.get('provisioning.resyncEveryMinutes') ?? 1440) * 60;

/** A window of its own exists only in mode `random` with a period above a day (UCS 4 guide). */
const hasWindow = (methods: readonly SyncMethod[], ctx: MapContext): boolean =>
  methods.includes('at_time') && methods.includes('periodic') && everySeconds(ctx) > DAY && ucsSince(ctx, '4.0');

function pollAtTime(methods: readonly SyncMethod[], ctx: MapContext): Poll {
  const at = ctx.get('provisioning.resyncAt') ?? '03:00';
  const every = methods.includes('periodic') ? everySeconds(ctx) : DAY;
  const random = ctx.get('provisioning.randomDelaySeconds') ?? 0;
  const window = random > 0 && hasWindow(methods, ctx);
  return {
    params: {
      'prov.polling.mode': window ? 'random' : 'abs',
      'prov.polling.period': String(Math.ceil(every / DAY) * DAY),
      'prov.polling.time': at,
      ...(window ? { 'prov.polling.timeRandomEnd': later(at, random) } : {}),
    },
    ...(every % DAY === 0 ? {} : { reason: 'with a time of day prov.polling.period is rounded up to whole days' }),
  };
}

function pollPeriodically(ctx: MapContext): Poll {
  const every = everySeconds(ctx);
  return {
    params: { 'prov.polling.mode': 'rel', 'prov.polling.period': String(Math.max(every, 3601)) },
    ...(every > 3600
      ? {}
      : { reason: `prov.polling.period must be above 3600 seconds; 3601 is written instead of ${every}` }),
  };
}

/** One poller: at a time of day, or counted from the start of the phone. The mode is always written, its default changed. */
function poll(methods: readonly SyncMethod[], ctx: MapContext): Poll {
  if (methods.includes('at_time')) return pollAtTime(methods, ctx);
  return methods.includes('periodic') ? pollPeriodically(ctx) : { params: {} };
}

function syncMethods(methods: readonly SyncMethod[], ctx: MapContext): Params | Partly {
  const { params, reason } = poll(methods, ctx);
  return withReasons({ 'prov.polling.enabled': Object.keys(params).length > 0 ? '1' : '0', ...params }, [
    reason,
    methods.includes('power_on') ? undefined : 'the phone reads its files at every start; no parameter stops it',
    methods.includes('sip_notify') ? undefined : 'the phone obeys check-sync; no parameter stops it',
  ]);
}

// Source: UCS guides, "device.prov" and "prov.polling"; public templates.
export const provisioning: Mapping = {
  'provisioning.url': {
    set: (url, ctx) => serverParams(url, ctx) ?? cannot('device.prov.serverType has no such protocol'),
    clear: noServerParams,
  },
  'provisioning.user': (user) => device({ 'prov.user': user }),
  'provisioning.password': (password) => device({ 'prov.password': password }),
  'provisioning.syncMethods': syncMethods,
  'provisioning.resyncEveryMinutes': { partOf: 'provisioning.syncMethods' },
  'provisioning.resyncAt': { partOf: 'provisioning.syncMethods' },
  'provisioning.randomDelaySeconds': (seconds, ctx) =>
    seconds === 0 || hasWindow(ctx.get('provisioning.syncMethods') ?? [], ctx)
      ? {}
      : cannot('prov.polling.timeRandomEnd works only with a time of day and a period above a day (UCS 4.0 and later)'),
  'provisioning.retryDelaySeconds': (seconds) => device({ 'prov.redunInterAttemptDelay': String(seconds) }),
  'provisioning.firmwarePolicy': (policy, ctx) =>
    policy === 'never' || ctx.get('provisioning.firmwareUrl') !== undefined
      ? {}
      : cannot('auto: the phone loads what APP_FILE_PATH names, and no firmware URL is set'),
  // The master's attribute; without it the phone keeps the firmware it has.
  'provisioning.firmwareUrl': (url, ctx) =>
    ctx.get('provisioning.firmwarePolicy') === 'never' ? {} : { APP_FILE_PATH: url },
  'provisioning.firmwareRetryDelaySeconds': {
    notMapped: 'no source names a delay before a failed upgrade is tried again',
  },
};
