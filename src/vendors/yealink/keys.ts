import type { Key, KeySlot } from '../../domain/key.ts';
import type { Model } from '../../domain/model.ts';
import { partly, type KeyMapping, type MapContext, type Params, type Partly } from '../kit/driver.ts';
import { byType, moduleSlots, slotsOf } from '../kit/keys.ts';
import { from } from './generation.ts';
import { doubtfulKeyLines, hasPageKey, PAGE_KEY_POSITION, softKeyPositions } from './models.ts';

// Source: Yealink administrator guides V70 to V87, "DSS Keys", "Programmable Keys", "Expansion Module"; key types as listed
// there and seen in public templates of V7x and V8x.

/** `linekey.3`, `memorykey.2`, `programablekey.1` (the maker's spelling), `expansion_module.2.key.5`. */
function prefixOf(slot: KeySlot): string {
  if (slot.kind === 'module') return `expansion_module.${slot.module}.key.${slot.position}`;
  const names = { key: 'linekey', memory: 'memorykey', soft: 'programablekey' } as const;
  return `${names[slot.kind]}.${slot.position}`;
}

function write(slot: KeySlot, fields: Params): Params {
  const prefix = prefixOf(slot);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));
}

/** Accounts count from 1; 0 is "the first that is free", and on old firmware the first account. */
const lineOf = (number: number, ctx: MapContext): string =>
  doubtfulKeyLines(ctx.model) && number === 1 ? '0' : String(number);

/** The second argument of a key: `pickup_value` up to V73, `extension` from V83; in between templates write both. */
const second = (ctx: MapContext, value: string): Params => ({
  ...(from(ctx, 83) ? {} : { pickup_value: value }),
  ...(from(ctx, 80) ? { extension: value } : {}),
});

/** A feature with no argument but its label. */
const feature =
  (type: string) =>
  (key: { readonly label: string }, slot: KeySlot): Params =>
    write(slot, { type, label: key.label });

/** A key that acts on a line, with one argument. */
const onLine = (
  type: string,
  slot: KeySlot,
  key: { readonly line: number; readonly label: string },
  ctx: MapContext,
  rest: Params = {},
): Params => write(slot, { type, line: lineOf(key.line, ctx), ...rest, label: key.label });

/** A directed pickup dials the pickup code and the number; a number that already begins with the code is dialled as it is. */
function pickupNumber(dial: string, ctx: MapContext): string {
  const code = ctx.get('features.pickupCode') ?? '';
  return dial.startsWith(code) ? dial : `${code}${dial}`;
}

const byKeyType = byType({
  none: (_key, slot) => write(slot, { type: '0' }),
  line: (key, slot, ctx) => onLine('15', slot, key, ctx),
  shared_line: (key, slot, ctx) => onLine('21', slot, key, ctx),
  blf: (key, slot, ctx) => {
    const code = key.pickupCode ?? ctx.get('features.pickupCode');
    return onLine('16', slot, key, ctx, { value: key.watch, ...(code === undefined ? {} : second(ctx, code)) });
  },
  blf_list: (key, slot, ctx) => onLine('39', slot, key, ctx),
  speed_dial: (key, slot, ctx) => onLine('13', slot, key, ctx, { value: key.dial }),
  intercom: (key, slot, ctx) => onLine('14', slot, key, ctx, { value: key.dial }),
  call_park: (key, slot, ctx) => onLine('10', slot, key, ctx, { value: key.slot }),
  directed_pickup: (key, slot, ctx) => onLine('9', slot, key, ctx, { value: pickupNumber(key.dial, ctx) }),
  group_pickup: (key, slot, ctx) => onLine('23', slot, key, ctx, { value: key.code }),
  // What it dials is voice_mail.number.X of the line.
  voicemail: (key, slot, ctx) => onLine('12', slot, key, ctx),
  dtmf: (key, slot) => write(slot, { type: '11', value: key.digits, label: key.label }),
  forward: (key, slot) => write(slot, { type: '2', value: key.target ?? '', label: key.label }),
  transfer: (key, slot) => write(slot, { type: '3', value: key.target ?? '', label: key.label }),
  conference: feature('1'),
  hold: feature('4'),
  // 7, call return, is called "recall" in some templates; redial is 6.
  redial: feature('6'),
  call_return: feature('7'),
  dnd: feature('5'),
  // 29 is the directory of the V7x and V80 lists, 61 the one of later templates.
  directory: (key, slot, ctx) => write(slot, { type: from(ctx, 81) ? '61' : '29', label: key.label }),
  ldap: feature('38'),
  call_list: feature('28'),
  menu: feature('30'),
  // The phone's own record key (25) sends INFO; a PBX that records by a feature code gets its digits.
  record: (key, slot) =>
    write(
      slot,
      key.code === undefined || key.code === ''
        ? { type: '25', label: key.label }
        : { type: '11', value: key.code, label: key.label },
    ),
  xml_browser: (key, slot) => write(slot, { type: '27', value: key.url, label: key.label }),
  action_url: (key, slot) => write(slot, { type: '17', value: key.url, label: key.label }),
  multicast_paging: (key, slot) => write(slot, { type: '24', value: key.address, label: key.label }),
});

/** On two V70 models it is not known whether keys count lines from 0; the first line is 0 either way. */
function doubted(params: Params | Partly, key: Key, ctx: MapContext): Params | Partly {
  const doubtful = doubtfulKeyLines(ctx.model) && 'line' in key && key.line > 1;
  if (!doubtful || 'partly' in params) return params;
  return partly(
    params,
    `public templates contradict one another whether keys of ${ctx.model.id} count lines from 0 or 1; line ${key.line} is written as ${key.line}`,
  );
}

/**
 * The factory's own: the first keys are line keys, one for each account, the other keys do nothing; programmable keys differ
 * from model to model, so those are cleared. Names a key had beside these are cleared by `cleared`.
 */
export function factoryKey(slot: KeySlot, ctx: Pick<MapContext, 'model'>): Params {
  if (slot.kind === 'soft') return write(slot, { type: '' });
  return slot.kind === 'key' && slot.position <= ctx.model.lines
    ? write(slot, { type: '15', line: String(slot.position) })
    : write(slot, { type: '0' });
}

export const keys: KeyMapping = {
  set: (slot, key, ctx) => doubted(byKeyType(slot, key, ctx), key, ctx),
  clear: factoryKey,
};

export function slots(model: Model, modules: number): readonly KeySlot[] {
  const { sidecars } = model;
  const ofModules = sidecars === undefined ? [] : moduleSlots(Math.min(modules, sidecars.max), sidecars.keysPerModule);
  return [
    ...slotsOf('key', model.keys),
    ...slotsOf('memory', model.memoryKeys ?? 0),
    ...softKeyPositions(model).map((position) => ({ kind: 'soft', position }) as const),
    ...ofModules.filter((slot) => !(hasPageKey(model) && slot.position === PAGE_KEY_POSITION)),
  ];
}
