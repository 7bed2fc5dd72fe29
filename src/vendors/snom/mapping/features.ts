import type { KeyDuringCall } from '../../../domain/settings/features.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { before, since } from '../../kit/firmware.ts';
import { forEachLine, ofLine, onOff } from './form.ts';

// Snom wiki, "quick_transfer"; unverified: blind.
const QUICK_TRANSFER = {
  new_call: 'new_call',
  attended_transfer: 'attended',
  blind_transfer: 'blind',
} as const satisfies Record<KeyDuringCall, string>;

/** With 10 some settings of the phone became the identity's; older firmware has them once. */
const perLineFrom10 = (ctx: MapContext, name: string, value: string): Params =>
  since(ctx.firmware, '10') ? forEachLine(ctx, (line) => ({ [ofLine(name, line)]: value })) : { [name]: value };

/** Snom wiki, "fwd_all_enabled" (from 8.6.7) and "fwd_time_enabled" (8.7.4): before that there is one redirect_event. */
const FORWARDS = '8.7.4';

type When = 'all' | 'busy' | 'time';
const OLD_TARGET = {
  all: 'redirect_number',
  busy: 'redirect_busy_number',
  time: 'redirect_time_number',
} as const satisfies Record<When, string>;

/** The one event that old firmware redirects on: the most general that is wanted. */
function oldEvent(ctx: MapContext): When {
  if (ctx.get('features.forwardAlways') !== undefined) return 'all';
  return ctx.get('features.forwardBusy') !== undefined ? 'busy' : 'time';
}

function forward(when: When, target: string, ctx: MapContext): Params | Partly {
  if (before(ctx.firmware, FORWARDS))
    return oldEvent(ctx) === when
      ? { redirect_event: when, [OLD_TARGET[when]]: target }
      : cannot(`firmware before ${FORWARDS} forwards on one event only (Snom wiki, "redirect_event")`);
  return forEachLine(ctx, (line) => ({
    [ofLine(`fwd_${when}_enabled`, line)]: 'on',
    [ofLine(`fwd_${when}_target`, line)]: target,
  }));
}

// An absent element would keep the forward, so "off" is written.
function clearForward(when: When, ctx: MapContext): Params {
  if (before(ctx.firmware, FORWARDS)) return { redirect_event: 'none', [OLD_TARGET[when]]: '' };
  return forEachLine(ctx, (line) => ({
    [ofLine(`fwd_${when}_enabled`, line)]: 'off',
    [ofLine(`fwd_${when}_target`, line)]: '',
  }));
}

const hotline =
  'Snom wiki, "auto_dial": the phone dials by itself what was typed after some seconds; a hotline number has no parameter';

// Source: Snom wiki, the settings named.
export const featuresMapping: Mapping = {
  'features.callWaiting': (on, ctx) => perLineFrom10(ctx, 'call_waiting', onOff(on)),
  'features.dnd': (on, ctx) => perLineFrom10(ctx, 'dnd_mode', onOff(on)),
  'features.forwardAlways': {
    set: (target, ctx) => forward('all', target, ctx),
    clear: (ctx) => clearForward('all', ctx),
  },
  'features.forwardBusy': {
    set: (target, ctx) => forward('busy', target, ctx),
    clear: (ctx) => clearForward('busy', ctx),
  },
  'features.forwardNoAnswer': {
    set: (target, ctx) => forward('time', target, ctx),
    clear: (ctx) => clearForward('time', ctx),
  },
  'features.forwardNoAnswerSeconds': (seconds, ctx) =>
    before(ctx.firmware, FORWARDS)
      ? { redirect_time: String(seconds) }
      : forEachLine(ctx, (line) => ({ [ofLine('fwd_time_secs', line)]: String(seconds) })),
  'features.keyDuringCall': (what) => ({ quick_transfer: QUICK_TRANSFER[what] }),
  'features.transferOnHangup': (on) => ({ transfer_on_hangup: onOff(on) }),
  // unverified: that there is none.
  'features.hotlineNumber': { unsupported: hotline },
  'features.hotlineDelaySeconds': { unsupported: hotline },
  // Calls with Alert-Info or Call-Info: answered while the phone is idle, never into a call that is going on.
  'features.intercom': (on) => ({ answer_after_policy: on ? 'idle' : 'off' }),
  'features.featureSync': (on, ctx) =>
    forEachLine(ctx, (line) =>
      Object.fromEntries(
        ['dnd', 'fwd_all', 'fwd_busy', 'fwd_time'].map((feature) => [
          ofLine(`using_server_managed_${feature}`, line),
          onOff(on),
        ]),
      ),
    ),
  // Goes behind the bar of each BLF key: `blf 202|**`.
  'features.pickupCode': () => ({}),
  'features.groupPickupCode': {
    notMapped: 'no parameter is known: a key of type group_pickup carries its code itself',
  },
  // Says which key types an administrator is offered; the phone has no switch for it.
  'features.enhancedKeys': () => ({}),
};
