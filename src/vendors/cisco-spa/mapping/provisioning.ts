import type { SyncMethod } from '../../../domain/settings/provisioning.ts';
import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { before } from '../../kit/firmware.ts';
import { dialectOf, randomDelayUnit } from '../models.ts';
import { breaksRule, yesNo } from './form.ts';

// Source: Linksys SPA provisioning guide 3.0, "Provisioning parameters" and "Profile rule"; SPA300/500 and SPA100 guides.

/** Where the factory default sends a phone. */
export const FACTORY_RULE = '/spa$PSN.cfg';

/**
 * Rules B, C and D are read after Profile_Rule and the last value wins, so what an earlier owner left there would overrule
 * this file.
 */
export const OTHER_RULES: Params = { Profile_Rule_B: '', Profile_Rule_C: '', Profile_Rule_D: '' };

/** The phone's own file in a directory: $MA is the MAC in lower case, without separators. */
export const inDirectory = (directory: string): string => `${directory}$MA.xml`;

/** A word in the option block: `$$` is a dollar sign there; a bracket, a quote or a dash at the start would end or be an option. */
const optionWord = (word: string): string | undefined =>
  /^-|[[\]"'\s]/.test(word) ? undefined : word.replaceAll('$', '$$$$');

/** `[--uid USER --pwd PASSWORD]`, before the URL. unverified: that SPA9xx firmware knows these options. */
function credentials(ctx: MapContext): string | undefined {
  const user = ctx.get('provisioning.user');
  const password = ctx.get('provisioning.password');
  if (user === undefined || password === undefined) return '';
  const words = [optionWord(user), optionWord(password)];
  return words.includes(undefined) ? undefined : `[--uid ${words.join(' --pwd ')}]`;
}

function profileRule(url: string, ctx: MapContext): Params | Partly {
  if (breaksRule(url))
    return cannot(
      'SPA provisioning guide, "Profile rule": blanks, quotes, brackets and | have a meaning of their own there',
    );
  const target = url.endsWith('/') ? inDirectory(url) : url;
  const prefix = credentials(ctx);
  const rule = (before: string): Params => ({ Profile_Rule: `${before}${target}` });
  return prefix === undefined
    ? partly(
        rule(''),
        'SPA provisioning guide, "Profile rule": brackets, quotes and a dash at the start cannot stand in --uid and --pwd; the phone will come without credentials',
      )
    : rule(prefix);
}

const DAY_SECONDS = '86400';

/** In seconds; 0 is never. Beside a time of day it is 0: whether the one switches off the other is documented for a descendant only. */
function periodic(methods: readonly SyncMethod[], atTime: boolean, ctx: MapContext): string {
  if (atTime) return '0';
  if (methods.includes('periodic')) return String((ctx.get('provisioning.resyncEveryMinutes') ?? 1440) * 60);
  return methods.includes('at_time') ? DAY_SECONDS : '0';
}

function shortcomings(methods: readonly SyncMethod[], atTime: boolean, ctx: MapContext): readonly string[] {
  if (!methods.includes('at_time')) return [];
  const both = methods.includes('periodic');
  if (atTime) return both ? ['at_time and periodic exclude each other; the time of day holds'] : [];
  const why = dialectOf(ctx.model).resyncAt
    ? 'at_time needs a time of day: provisioning.resyncAt is not set'
    : `${ctx.model.id} has no Resync At`;
  return [both ? why : `${why}; it comes every ${DAY_SECONDS} seconds instead`];
}

function syncMethods(methods: readonly SyncMethod[], ctx: MapContext): Params | Partly {
  const at = ctx.get('provisioning.resyncAt');
  const { resyncAt } = dialectOf(ctx.model);
  const atTime = resyncAt && methods.includes('at_time') && at !== undefined;
  const params = {
    // Provisioning guide 3.0: the one switch for every resync; no method at all means never. Otherwise it is always on.
    ...(methods.length === 0 ? { Provision_Enable: 'No' } : {}),
    Resync_On_Reset: yesNo(methods.includes('power_on')),
    Resync_Periodic: periodic(methods, atTime, ctx),
    ...(resyncAt ? { Resync_At__HHmm_: atTime ? at.replace(':', '') : '' } : {}),
    Resync_From_SIP: yesNo(methods.includes('sip_notify')),
  };
  const lost = shortcomings(methods, atTime, ctx);
  return lost.length === 0 ? params : partly(params, `SPA provisioning guides, "Resync": ${lost.join('; ')}`);
}

/** Waited before the first contact after power-on, in multiples of 20 seconds; beside a time of day in seconds. */
const randomDelay = (seconds: number, ctx: MapContext): Params => ({
  Resync_Random_Delay: String(Math.ceil(seconds / randomDelayUnit(ctx.model))),
  ...(dialectOf(ctx.model).resyncAt ? { Resync_At_Random_Delay: String(seconds) } : {}),
});

/** Seen in public templates: SPA30x/50x below 7.5.2b load 7.5.2b first, or the image is refused. */
const STEP = /^(?<directory>.*\/)spa50x-30x-7-(?:5-[3-9]|[6-9])[\w.-]*\.bin$/i;
const STEP_FILE = 'spa50x-30x-7-5-2b.bin';

function upgradeRule(url: string, ctx: MapContext): Params | Partly {
  if (ctx.get('provisioning.firmwarePolicy') === 'never') return {};
  if (breaksRule(url))
    return cannot('SPA provisioning guide, "Upgrade rule": blanks, quotes, brackets and | have a meaning there');
  if (ctx.model.family === 'spa9xx' && /^https:/i.test(url))
    return cannot('SPA provisioning guide: SPA9xx load firmware by tftp or http only, not https');
  const directory = STEP.exec(url)?.groups?.['directory'];
  if (directory === undefined) return { Upgrade_Rule: url };
  const params = { Upgrade_Rule: `("$SWVER" lt "7.5.2b")? ${directory}${STEP_FILE} | ${url}` };
  return before(ctx.firmware, '7.5.2b')
    ? partly(
        params,
        `firmware below 7.5.2b must load ${STEP_FILE} first (seen in public templates): store it beside the other; the phone is told to take it`,
      )
    : params;
}

export const provisioning: Mapping = {
  'provisioning.url': {
    set: profileRule,
    clear: () => ({ Profile_Rule: FACTORY_RULE }),
  },
  'provisioning.user': { partOf: 'provisioning.url' },
  'provisioning.password': { partOf: 'provisioning.url' },
  'provisioning.syncMethods': syncMethods,
  'provisioning.resyncEveryMinutes': { partOf: 'provisioning.syncMethods' },
  'provisioning.resyncAt': { partOf: 'provisioning.syncMethods' },
  'provisioning.randomDelaySeconds': randomDelay,
  // Never 0: one guide says that it tries again at once, another that it never does. The neutral setting starts at 5.
  'provisioning.retryDelaySeconds': (seconds) => ({ Resync_Error_Retry_Delay: String(seconds) }),
  'provisioning.firmwarePolicy': (policy) =>
    policy === 'never' ? { Upgrade_Enable: 'No', Upgrade_Rule: '' } : { Upgrade_Enable: 'Yes' },
  'provisioning.firmwareUrl': { set: upgradeRule, clear: () => ({ Upgrade_Rule: '' }) },
  'provisioning.firmwareRetryDelaySeconds': (seconds) => ({ Upgrade_Error_Retry_Delay: String(seconds) }),
};
