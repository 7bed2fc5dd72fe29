import type { KeyDuringCall } from '../../../domain/settings/features.ts';
import {
  partly,
  type MapContext,
  type Mapping,
  type MappingEntry,
  type Params,
  type Partly,
} from '../../kit/driver.ts';
import { flag, forEachLine, from } from '../generation.ts';

// Source: Yealink administrator guides V70 to V87, "Call Features".

/** 2, blind, is the phone's own default. */
const DEAL_TYPE = {
  new_call: '0',
  attended_transfer: '1',
  blind_transfer: '2',
} as const satisfies Record<KeyDuringCall, string>;

const SECONDS_OF_A_RING = 6;
const MOST_RINGS = 20;

/** fwd_mode 0: one forward for the whole phone, as the neutral setting means it; 1 would be one per account. */
const forward = (
  kind: 'always' | 'busy' | 'no_answer',
): MappingEntry<'features.forwardAlways' | 'features.forwardBusy' | 'features.forwardNoAnswer'> => ({
  set: (target) => ({
    'features.fwd_mode': '0',
    [`forward.${kind}.enable`]: '1',
    [`forward.${kind}.target`]: target,
  }),
  clear: () => ({ [`forward.${kind}.enable`]: '0', [`forward.${kind}.target`]: '' }),
});

function featureSync(on: boolean, ctx: MapContext): Params | Partly {
  const old = { 'bw.feature_key_sync': flag(on) };
  const later = {
    'features.feature_key_sync.enable': flag(on),
    'features.dnd.feature_key_sync.enable': flag(on),
    'features.forward.feature_key_sync.enable': flag(on),
    ...forEachLine(ctx, (line) => ({ [`account.${line}.feature_key_sync.enable`]: flag(on) })),
  };
  if (!from(ctx, 80)) return old;
  return from(ctx, 83)
    ? later
    : partly(
        { ...old, ...later },
        'sources name the parameter up to V73 and from V83 on; both are written, which of them V80 to V82 heeds is not known',
      );
}

export const features: Mapping = {
  'features.callWaiting': (on) => ({ 'call_waiting.enable': flag(on) }),
  'features.dnd': (on) => ({ 'features.dnd_mode': '0', 'features.dnd.enable': flag(on) }),
  'features.forwardAlways': forward('always'),
  'features.forwardBusy': forward('busy'),
  'features.forwardNoAnswer': forward('no_answer'),
  // The phone counts rings, 0 to 20.
  'features.forwardNoAnswerSeconds': (seconds) => ({
    'forward.no_answer.timeout': String(Math.min(MOST_RINGS, Math.round(seconds / SECONDS_OF_A_RING))),
  }),
  'features.keyDuringCall': (action) => ({ 'transfer.dsskey_deal_type': DEAL_TYPE[action] }),
  'features.transferOnHangup': (on) => ({ 'transfer.on_hook_trans_enable': flag(on) }),
  'features.hotlineNumber': (number) => ({ 'features.hotline_number': number }),
  'features.hotlineDelaySeconds': (seconds) => ({ 'features.hotline_delay': String(seconds) }),
  'features.intercom': (on) => ({ 'features.intercom.allow': flag(on) }),
  'features.featureSync': featureSync,
  'features.pickupCode': (code) => ({
    'features.pickup.direct_pickup_enable': '1',
    'features.pickup.direct_pickup_code': code,
  }),
  'features.groupPickupCode': (code) => ({
    'features.pickup.group_pickup_enable': '1',
    'features.pickup.group_pickup_code': code,
  }),
  // Seen in public templates of V83 and later; unverified for older firmware, which passes an unknown name over.
  'features.enhancedKeys': (on) => ({ 'features.enhanced_dss_keys.enable': flag(on) }),
};
