import type { KeyDuringCall } from '../../../domain/settings/features.ts';
import { cannot, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { isUcs } from '../dialect.ts';
import { flag } from '../params.ts';

/** `divert.busy.1.enabled`: the phone forwards line by line, we ask for the whole phone. */
const divert = (ctx: MapContext, kind: 'fwd' | 'busy' | 'noanswer', more: Params): Params =>
  Object.fromEntries(
    (ctx.lines.length === 0 ? [1] : ctx.lines).flatMap((line) =>
      Object.entries({ enabled: '1', ...more }).map(([name, value]) => [`divert.${kind}.${line}.${name}`, value]),
    ),
  );

function forwardAlways(target: string, ctx: MapContext): Params {
  const lines = ctx.lines.length === 0 ? [1] : ctx.lines;
  return { ...divert(ctx, 'fwd', {}), ...Object.fromEntries(lines.map((line) => [`divert.${line}.contact`, target])) };
}

/**
 * A watched key dials and puts the active call on hold (UCS 4 guide, "attendant"); call.defaultTransferType says how the
 * Transfer key works, and so what Transfer followed by a watched key does.
 */
function keyDuringCall(value: KeyDuringCall, ctx: MapContext): Params | Partly {
  if (value === 'new_call') return {};
  if (!isUcs(ctx))
    return value === 'attended_transfer'
      ? {}
      : cannot('blind_transfer: call.defaultTransferType is known from UCS only');
  return { 'call.defaultTransferType': value === 'attended_transfer' ? 'Consultative' : 'Blind' };
}

// unverified: which texts a PBX sends; these three are common. The phone compares them with the Alert-Info header.
const ALERT_INFO = ['info=alert-autoanswer', 'Auto Answer', 'answer-after=0'];

/** Value and class carry the same index. SIP 3.x numbers classes: se.rt.1 is made to answer, as public templates do. */
function intercom(on: boolean, ctx: MapContext): Params {
  if (!on) return {};
  const ringClass = isUcs(ctx) ? 'autoAnswer' : '1';
  const alerts = ALERT_INFO.flatMap((value, index) => [
    [`voIpProt.SIP.alertInfo.${index + 1}.value`, value] as const,
    [`voIpProt.SIP.alertInfo.${index + 1}.class`, ringClass] as const,
  ]);
  return {
    ...Object.fromEntries(alerts),
    ...(isUcs(ctx) ? {} : { 'se.rt.1.enabled': '1', 'se.rt.1.type': 'answer' }),
  };
}

/** UCS names features; SIP 3.x numbers them, 18 as a public 3.x configuration has it. */
export const enhancedKeys = (on: boolean, ctx: MapContext): Params =>
  isUcs(ctx)
    ? { 'feature.enhancedFeatureKeys.enabled': flag(on) }
    : { 'feature.18.name': 'enhanced-feature-keys', 'feature.18.enabled': flag(on) };

/** `legacy` dials the code and the watched number, for servers without Replaces in their dialog events. */
export const pickupCode = (code: string): Params => ({
  'call.directedCallPickupMethod': 'legacy',
  'call.directedCallPickupString': code,
});

// Source: shipped files of SIP 3.x, UCS guides, public templates.
export const features: Mapping = {
  'features.callWaiting': (on) => ({ 'call.callWaiting.enable': flag(on) }),
  'features.dnd': (on) => (on ? cannot('no parameter starts the phone with do not disturb on') : {}),
  'features.forwardAlways': forwardAlways,
  'features.forwardBusy': (target, ctx) => divert(ctx, 'busy', { contact: target }),
  'features.forwardNoAnswer': (target, ctx) => {
    const seconds = ctx.get('features.forwardNoAnswerSeconds');
    return divert(ctx, 'noanswer', { contact: target, ...(seconds === undefined ? {} : { timeout: String(seconds) }) });
  },
  'features.forwardNoAnswerSeconds': { partOf: 'features.forwardNoAnswer' },
  'features.keyDuringCall': keyDuringCall,
  'features.transferOnHangup': { notMapped: 'no source names a parameter that connects two calls on hang-up' },
  'features.hotlineNumber': (number) => ({ 'call.autoOffHook.1.enabled': '1', 'call.autoOffHook.1.contact': number }),
  'features.hotlineDelaySeconds': (seconds) =>
    seconds === 0 ? {} : cannot('call.autoOffHook.* dials at once; it has no delay'),
  'features.intercom': intercom,
  'features.featureSync': (on) => ({
    'voIpProt.SIP.serverFeatureControl.cf': flag(on),
    'voIpProt.SIP.serverFeatureControl.dnd': flag(on),
  }),
  'features.pickupCode': pickupCode,
  'features.groupPickupCode': {
    notMapped: 'no source names a parameter for the code; a group pickup key carries its own',
  },
  'features.enhancedKeys': enhancedKeys,
};
