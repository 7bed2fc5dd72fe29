import type { Key, KeySlot, KeyType } from '../../domain/key.ts';
import type { Model } from '../../domain/model.ts';
import { cannot, type KeyMapping, type MapContext, type Params, type Partly } from '../kit/driver.ts';
import { byType, moduleSlots, slotsOf } from '../kit/keys.ts';
import { macroIndex, macroParam, resourceParam } from './arrange.ts';
import { hasFlexibleKeys, isUcs, releaseSince, ucsSince } from './dialect.ts';
import { enhancedKeys, pickupCode } from './mapping/features.ts';
import { traitsOf } from './models.ts';
import { after, also, withReasons } from './params.ts';

type OfType<T extends KeyType> = Extract<Key, { readonly type: T }>;

/** Own keys, then those of the modules, as the phone counts them (UCS 4.1 guide: EM key 1 follows the last own key). */
function numberOf(slot: KeySlot, model: Model): number {
  if (slot.kind !== 'module') return slot.position;
  return model.keys + (slot.module - 1) * (model.sidecars?.keysPerModule ?? 0) + slot.position;
}

const isSoft = (slot: KeySlot): boolean => slot.kind === 'soft';

type Category = 'Unassigned' | 'Line' | 'BLF' | 'SpeedDial' | 'EFK';

const lineKey = (key: number, category: Category, index: string): Params => ({
  [`lineKey.${key}.category`]: category,
  ...(category === 'Unassigned' ? {} : { [`lineKey.${key}.index`]: index }),
});

const ORDER = 'keys cannot be placed on this phone';

/** Without flexible keys the phone fills them itself: registrations, watched extensions, then speed dials by index. */
function orderReason(key: number, ctx: MapContext): string | undefined {
  const lines = ctx.lines.length;
  if (key <= lines) return `${ORDER}: its registrations take the first ${lines}`;
  return key === lines + 1
    ? undefined
    : `${ORDER}: after its registrations come watched extensions, then speed dials, without gaps; this one is at key ${key} only if the keys before are filled that way`;
}

/** A key in the phone's own place, or a reason why it may sit elsewhere. */
function placed(key: number, category: Category, index: string, params: Params, ctx: MapContext): Params | Partly {
  return hasFlexibleKeys(ctx)
    ? { ...lineKey(key, category, index), ...params }
    : withReasons(params, [orderReason(key, ctx)]);
}

const defaultLine = (ctx: MapContext): number => ctx.lines[0] ?? 1;

/** A contact and a macro dial with the line in use; only resources can be given another, and then all of them. */
const lineReason = (line: number, ctx: MapContext): string | undefined =>
  line === defaultLine(ctx) ? undefined : `the phone dials with the line in use; line ${line} cannot be fixed to a key`;

/** `$` begins a macro anywhere, `!` and `^` at the start: such a number would be run, not dialled (UCS guide, "Enhanced Feature Keys"). */
const isMacroText = (text: string): boolean => /^[!^]|\$/.test(text);
const RUNS = 'the number holds $, or begins with ! or ^, which the phone reads as a macro';

// lb holds up to 40 bytes.
function cutToBytes(text: string, most: number): string {
  let cut = '';
  for (const character of text) {
    if (new TextEncoder().encode(cut + character).length > most) return cut;
    cut += character;
  }
  return cut;
}

const LABEL_BYTES = 40;

/** A directory contact with a speed dial index: index K for key K keeps the order of the keys. */
function contact(key: number, dial: string, label: string, ctx: MapContext): Params | Partly {
  const cut = cutToBytes(label, LABEL_BYTES);
  const params = {
    [`directory.${key}.ct`]: dial,
    ...(cut === '' ? {} : { [`directory.${key}.${isUcs(ctx) ? 'lb' : 'fn'}`]: cut }),
  };
  return also(placed(key, 'SpeedDial', String(key), params, ctx), [
    cut === label ? undefined : `labels of speed dials hold ${LABEL_BYTES} bytes`,
  ]);
}

type When = 'idle' | 'active';

const softKey = (position: number, action: string, label: string, when: When, ctx: MapContext): Params => ({
  ...enhancedKeys(true, ctx),
  [`softkey.${position}.enable`]: '1',
  [`softkey.${position}.label`]: label,
  [`softkey.${position}.action`]: action,
  [`softkey.${position}.use.idle`]: when === 'idle' ? '1' : '0',
  [`softkey.${position}.use.active`]: when === 'active' ? '1' : '0',
});

/** A key of its own for a macro: category EFK. unverified: the first release that has it; not in the table of 4.1.6. */
const macroOnLineKey = (key: number, action: string, label: string): Params => ({
  ...lineKey(key, 'EFK', macroIndex(key)),
  'feature.EFKLineKey.enabled': '1',
  'efk.version': '2',
  [macroParam(key, 'mname')]: `key${key}`,
  [macroParam(key, 'status')]: '1',
  [macroParam(key, 'label')]: label,
  [macroParam(key, 'action.string')]: action,
});

interface Macro {
  /** What is dialled or run; may come from a person. */
  readonly text: string;
  /** `$Tinvite$` dials, `$Trefer$` transfers blindly, `$Tdtmf$` sends digits (unverified), `$FMessages$` is the phone's own. */
  readonly does: '$Tinvite$' | '$Trefer$' | '$Tdtmf$' | '$FMessages$';
  readonly label: string;
}

/** Enhanced feature keys: on a soft key, a line key of UCS 5, or as a contact whose number is `^` and the action. */
function macro(slot: KeySlot, { text, does, label }: Macro, ctx: MapContext): Params | Partly {
  if (isMacroText(text)) return cannot(RUNS);
  const action = `${text}${does}`;
  const name = label === '' ? text : label;
  if (isSoft(slot))
    return softKey(
      slot.position,
      action,
      name,
      does === '$Tinvite$' || does === '$FMessages$' ? 'idle' : 'active',
      ctx,
    );
  const key = numberOf(slot, ctx.model);
  if (hasFlexibleKeys(ctx) && ucsSince(ctx, '5.0'))
    return { ...enhancedKeys(true, ctx), ...macroOnLineKey(key, action, name) };
  return after({ ...enhancedKeys(true, ctx), 'efk.version': '2' }, contact(key, `^${action}`, name, ctx));
}

const NO_SOFT = 'soft keys run macros and open pages; line keys, watched extensions and park slots sit on line keys';

function line(key: OfType<'line' | 'shared_line'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  if (isSoft(slot)) return cannot(NO_SOFT);
  const number = numberOf(slot, ctx.model);
  const label = ctx.get('line.label', key.line) ?? '';
  const reasons = [
    key.label === '' || key.label === label
      ? undefined
      : `the key shows the label of line ${key.line} (reg.${key.line}.label)`,
    key.type === 'shared_line' && ctx.get('line.shared', key.line) !== true
      ? `line ${key.line} is not set up as shared`
      : undefined,
  ];
  if (hasFlexibleKeys(ctx)) return withReasons(lineKey(number, 'Line', String(key.line)), reasons);
  const at = ctx.lines.indexOf(key.line) + 1;
  return withReasons({}, [
    ...reasons,
    at === number ? undefined : `${ORDER}: its registrations take the first in their order`,
  ]);
}

const LIST = 'the phone ignores single watched extensions while a BLF list is set (attendant.uri)';

/** Why this phone cannot watch `wanted` with a resource of its own. */
function watchObstacle(ctx: MapContext): string | undefined {
  const able = traitsOf(ctx.model).watches && (ctx.model.family !== 'soundpoint' || releaseSince(ctx, '3.2'));
  if (!able)
    return 'attendant.resourceList exists on SoundPoint IP 450, 550, 560, 650, 670 (SIP 3.2 and later), VVX and later phones';
  return ctx.lines.some((n) => ctx.get('line.blfListUri', n) !== undefined) ? LIST : undefined;
}

/** `normal` dials and offers pickup; `automata` transfers the call in hand there, or takes back the one parked. */
function resource(
  slot: KeySlot,
  watched: {
    readonly address: string;
    readonly label: string;
    readonly type: 'normal' | 'automata';
    readonly line: number;
  },
  ctx: MapContext,
): Params | Partly {
  if (isSoft(slot)) return cannot(NO_SOFT);
  const obstacle = watchObstacle(ctx);
  if (obstacle !== undefined) return cannot(obstacle);
  const key = numberOf(slot, ctx.model);
  const other = watched.line !== defaultLine(ctx);
  const params = {
    // With a list's URI left in place, single resources would be ignored.
    'attendant.uri': '',
    ...(other ? { 'attendant.reg': String(watched.line) } : {}),
    [resourceParam(key, 'address')]: watched.address,
    [resourceParam(key, 'label')]: watched.label === '' ? watched.address : watched.label,
    [resourceParam(key, 'type')]: watched.type,
  };
  // The index of a BLF key is always 0: the phone takes resources in their order.
  return also(placed(key, 'BLF', '0', params, ctx), [
    other ? 'attendant.reg: one registration watches for all keys, the last key that names one decides' : undefined,
  ]);
}

function blf(key: OfType<'blf'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  const mapped = resource(slot, { address: key.watch, label: key.label, type: 'normal', line: key.line }, ctx);
  const code = ctx.get('features.pickupCode');
  if (key.pickupCode === undefined || key.pickupCode === code) return mapped;
  const reason = 'call.directedCallPickupString holds one pickup code for the whole phone (features.pickupCode)';
  return also(code === undefined ? after(pickupCode(key.pickupCode), mapped) : mapped, [reason]);
}

function blfList(key: OfType<'blf_list'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  if (isSoft(slot)) return cannot(NO_SOFT);
  if (ctx.get('line.blfListUri') === undefined) return cannot(`line ${key.line} has no BLF list (line.blfListUri)`);
  return placed(numberOf(slot, ctx.model), 'BLF', '0', {}, ctx);
}

function speedDial(key: OfType<'speed_dial'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  if (isMacroText(key.dial)) return cannot(RUNS);
  const reason = lineReason(key.line, ctx);
  return isSoft(slot)
    ? also(macro(slot, { text: key.dial, does: '$Tinvite$', label: key.label }, ctx), [reason])
    : also(contact(numberOf(slot, ctx.model), key.dial, key.label, ctx), [reason]);
}

function intercom(key: OfType<'intercom'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  return also(macro(slot, { text: key.dial, does: '$Tinvite$', label: key.label }, ctx), [
    lineReason(key.line, ctx),
    key.dial.startsWith('*')
      ? undefined
      : 'the phone cannot ask the other to answer by itself: the number must carry the intercom code of the PBX',
  ]);
}

function directedPickup(key: OfType<'directed_pickup'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  const code = ctx.get('features.pickupCode');
  if (code === undefined)
    return cannot('a pickup key dials the pickup code and the number; features.pickupCode is not set');
  return also(macro(slot, { text: `${code}${key.dial}`, does: '$Tinvite$', label: key.label }, ctx), [
    lineReason(key.line, ctx),
  ]);
}

function dtmf(key: OfType<'dtmf'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  if (key.digits.includes(',')) return cannot('a macro sends digits without a pause');
  return macro(slot, { text: key.digits, does: '$Tdtmf$', label: key.label }, ctx);
}

function transfer(key: OfType<'transfer'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  if (key.target === undefined || key.target === '')
    return cannot('Transfer without a target is a soft key that the phone shows by itself during a call');
  return macro(slot, { text: key.target, does: '$Trefer$', label: key.label }, ctx);
}

function record(key: OfType<'record'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  if (key.code === undefined) return cannot('a recording key sends a code during the call, and the key has none');
  return macro(slot, { text: key.code, does: '$Tdtmf$', label: key.label }, ctx);
}

/** A soft key that the phone has already and can be told to show; where, it decides. */
const builtIn =
  (name: string, what: string) =>
  (_key: Key, slot: KeySlot): Params | Partly =>
    isSoft(slot)
      ? withReasons({ [`softkey.feature.${name}`]: '1' }, [
          `${what} is a built-in soft key: it is shown, but in its own place and with its own label`,
        ])
      : cannot(`${what} is a built-in soft key or a fixed key of the phone; line keys cannot have it`);

function forward(key: OfType<'forward'>, slot: KeySlot): Params | Partly {
  return also(builtIn('forward', 'Forward')(key, slot), [
    key.target === undefined || key.target === '' ? undefined : 'its target is asked from the person',
  ]);
}

/** A soft key whose action is a URL opens it in the phone's browser. */
function page(key: OfType<'xml_browser' | 'action_url'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  return isSoft(slot)
    ? softKey(slot.position, key.url, key.label === '' ? key.url : key.label, 'idle', ctx)
    : cannot('only soft keys open a URL (softkey.N.action)');
}

function none(_key: OfType<'none'>, slot: KeySlot, ctx: MapContext): Params | Partly {
  if (isSoft(slot)) return { [`softkey.${slot.position}.enable`]: '0' };
  const key = numberOf(slot, ctx.model);
  if (hasFlexibleKeys(ctx)) return lineKey(key, 'Unassigned', '');
  return withReasons({}, [
    key <= ctx.lines.length ? `${ORDER}: its registrations take the first ${ctx.lines.length}` : undefined,
  ]);
}

// Source: UCS 4.1.6 guide, "Flexible Line Key Assignment", "Enhanced Feature Keys", "attendant"; public templates.
export const keys: KeyMapping = {
  set: byType({
    none,
    line,
    shared_line: line,
    blf,
    blf_list: blfList,
    speed_dial: speedDial,
    intercom,
    call_park: (key, slot, ctx) =>
      resource(slot, { address: key.slot, label: key.label, type: 'automata', line: key.line }, ctx),
    directed_pickup: directedPickup,
    group_pickup: (key, slot, ctx) =>
      also(macro(slot, { text: key.code, does: '$Tinvite$', label: key.label }, ctx), [lineReason(key.line, ctx)]),
    voicemail: (key, slot, ctx) =>
      also(macro(slot, { text: '', does: '$FMessages$', label: key.label === '' ? 'Messages' : key.label }, ctx), [
        lineReason(key.line, ctx),
      ]),
    dtmf,
    forward,
    transfer,
    conference: { unsupported: 'Conference is a soft key that the phone shows by itself during a call' },
    hold: { unsupported: 'Hold is a fixed key of the phone' },
    redial: {
      unsupported: 'Redial can only be put on physical keys whose numbers differ by model (key.N.function.prim)',
    },
    call_return: { unsupported: 'no macro or key function for calling back the last caller is known' },
    dnd: builtIn('doNotDisturb', 'Do not disturb'),
    directory: builtIn('directories', 'Directories'),
    ldap: { unsupported: 'the corporate directory is an entry of the Directories menu' },
    call_list: builtIn('recentCalls', 'Recent calls'),
    menu: { unsupported: 'Menu is a fixed key of the phone' },
    record,
    xml_browser: page,
    action_url: page,
    multicast_paging: { unsupported: 'Paging is a built-in soft key for the groups of services.multicastListen' },
  }),
  // What `defaultKeys` wrote stands again; a key that is not written is unassigned, a soft key the phone's own.
  clear: () => ({}),
};

/** With flexible keys on, a key that is not written is empty: line N is put on key N until a layout says otherwise. */
export function defaultKeys(ctx: MapContext): Params {
  if (!hasFlexibleKeys(ctx)) return {};
  const lines = ctx.lines.filter((_line, index) => index < ctx.model.keys || ctx.model.keys === 0);
  return Object.assign(
    { 'lineKey.reassignment.enabled': '1' },
    ...lines.map((number, index) => lineKey(index + 1, 'Line', String(number))),
  ) as Params;
}

/** Keys of the phone, soft keys, and keys of the modules attached. */
export const slots = (model: Model, modules: number): readonly KeySlot[] => [
  ...slotsOf('key', model.keys),
  ...slotsOf('soft', model.softKeys ?? 0),
  ...(model.sidecars === undefined
    ? []
    : moduleSlots(Math.min(modules, model.sidecars.max), model.sidecars.keysPerModule)),
];
