import { cannot, partly, type MapContext, type Mapping, type Params, type Partly } from '../../kit/driver.ts';
import { dialectOf, isAta } from '../models.ts';
import { ANY_NUMBER, dialPlan } from './dial-plan.ts';
import { forEachLine, ofLine, yesNo } from './form.ts';

// Source: SPA9x2 and SPA300/500 administrator guides, "Phone" (supplementary services) and "User"; SPA2102 guide, "Line" and
// "User 1". Phones have one state for all lines, ATAs one for each.

/** `DND_Setting` on phones, `DND_Setting_1_` … on ATAs. */
const state = (ctx: MapContext, tags: Params): Params =>
  isAta(ctx.model)
    ? forEachLine(ctx, (line) =>
        Object.fromEntries(Object.entries(tags).map(([name, value]) => [ofLine(name, line), value])),
      )
    : tags;

/** A target without its service switched on would not be used. */
const forward = (kind: 'All' | 'Busy' | 'No_Ans', target: string, ctx: MapContext): Params =>
  state(ctx, { [`Cfwd_${kind}_Serv`]: 'Yes', [`Cfwd_${kind}_Dest`]: target });

const forwardEntry = (kind: 'All' | 'Busy' | 'No_Ans') => ({
  set: (target: string, ctx: MapContext): Params => forward(kind, target, ctx),
  clear: (ctx: MapContext): Params => state(ctx, { [`Cfwd_${kind}_Dest`]: '' }),
});

/** The phone dials it before the watched number; module keys and line keys take it from here. */
function pickupCode(code: string, ctx: MapContext): Params | Partly {
  if (isAta(ctx.model)) return cannot(`SPA ATA guides: ${ctx.model.id} has no keys that watch extensions`);
  return {
    Attendant_Console_Call_Pickup_Code: code,
    ...(dialectOf(ctx.model).later ? {} : { SPA932_Call_Pickup_Code: code }),
  };
}

function hotline(ctx: MapContext): Params | Partly {
  return dialPlan(ctx.lines[0] ?? 1, ctx);
}

export const features: Mapping = {
  'features.callWaiting': (on, ctx) =>
    state(ctx, { CW_Setting: yesNo(on), ...(isAta(ctx.model) && on ? { Call_Waiting_Serv: 'Yes' } : {}) }),
  'features.dnd': (on, ctx) => state(ctx, { DND_Setting: yesNo(on), ...(on ? { DND_Serv: 'Yes' } : {}) }),
  'features.forwardAlways': forwardEntry('All'),
  'features.forwardBusy': forwardEntry('Busy'),
  'features.forwardNoAnswer': forwardEntry('No_Ans'),
  'features.forwardNoAnswerSeconds': (seconds, ctx) => state(ctx, { Cfwd_No_Ans_Delay: String(seconds) }),
  'features.keyDuringCall': { notMapped: 'no SPA guide or template says what a key does during a call' },
  'features.transferOnHangup': { notMapped: 'no source names a parameter for connecting two calls by hanging up' },
  'features.hotlineNumber': {
    set: (_number, ctx) => hotline(ctx),
    // The line's own plan alone, or what a removed plan becomes.
    clear: (ctx) => ({
      [ofLine('Dial_Plan', ctx.lines[0] ?? 1)]: ctx.get('line.dialPlan', ctx.lines[0] ?? 1) ?? ANY_NUMBER,
    }),
  },
  'features.hotlineDelaySeconds': { partOf: 'features.hotlineNumber' },
  'features.intercom': (on, ctx) => {
    if (isAta(ctx.model)) return on ? cannot('SPA ATA guides: no Auto Answer Page') : {};
    return { Auto_Answer_Page: yesNo(on) };
  },
  'features.featureSync': (on, ctx) => {
    if (dialectOf(ctx.model).later)
      return forEachLine(ctx, (line) => ({ [ofLine('Feature_Key_Sync', line)]: yesNo(on) }));
    return on ? cannot(`Feature_Key_Sync came with SPA300/500; ${ctx.model.id} has none`) : {};
  },
  'features.pickupCode': pickupCode,
  // unverified: whether the phone sends this code on or handles it by itself.
  'features.groupPickupCode': (code, ctx) =>
    isAta(ctx.model)
      ? partly({}, `SPA ATA guides: no group pickup of its own; dial ${code} at the phone`)
      : { Group_Call_Pickup_Code: code },
  // Which keys an administrator is offered; the phone itself has no switch for it.
  'features.enhancedKeys': () => ({}),
};
