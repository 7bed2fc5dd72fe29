import type { Key, KeySlot } from '../../domain/key.ts';
import type { Model } from '../../domain/model.ts';
import { cannot, type KeyMapping, type MapContext, type Params, type Partly } from '../kit/driver.ts';
import { since } from '../kit/firmware.ts';
import { byType, moduleSlots, slotsOf } from '../kit/keys.ts';
import { KEYS_PER_MODULE } from './models.ts';

/**
 * Keys count from 0 over the phone's own and straight on over the modules: the first key of a D785's first module is 24.
 * Soft keys count from 1 as gui_fkeyN, and from 0 as context_key from 10.1. Snom wiki, "Function Keys" and "D7C User Manual".
 */
function indexOf(slot: KeySlot, model: Model): number {
  const before = slot.kind === 'module' ? model.keys + (slot.module - 1) * KEYS_PER_MODULE : 0;
  return before + slot.position - 1;
}

const softKey = (slot: KeySlot, ctx: MapContext): string =>
  since(ctx.firmware, '10.1') ? `context_key[${slot.position - 1}]` : `gui_fkey${slot.position}`;

// A soft key takes an event or a URL; for a key that dials or watches no source shows the form.
const SOFT_VALUE = /^(?:keyevent|url) /;

interface Said {
  /** The identity, counting from 1, or whichever is selected. */
  readonly context: string;
  readonly label: string;
  readonly value: string;
}

function at(slot: KeySlot, said: Said, ctx: MapContext): Params | Partly {
  if (slot.kind === 'soft')
    return SOFT_VALUE.test(said.value)
      ? { [softKey(slot, ctx)]: said.value }
      : cannot('a soft key is known to take an event of the phone or a URL only');
  if (slot.kind === 'memory') return cannot('Snom phones have no memory keys beside their function keys');
  const name = `fkey[${indexOf(slot, ctx.model)}]`;
  return { [name]: said.value, [`${name}.context`]: said.context, [`${name}.label`]: said.label };
}

type OnLine = Extract<Key, { readonly line: number }>;
type Phone = Exclude<Key, OnLine | { readonly type: 'none' }>;

/** A key of one identity. */
const onLine = (slot: KeySlot, key: OnLine, value: string, ctx: MapContext): Params | Partly =>
  key.line > ctx.model.lines
    ? cannot(`Snom ${ctx.model.id} has ${ctx.model.lines} identities, not ${key.line}`)
    : at(slot, { context: String(key.line), label: key.label, value }, ctx);

/** A key of the phone, for whichever identity is selected. */
const onPhone = (slot: KeySlot, key: Phone, value: string, ctx: MapContext): Params | Partly =>
  at(slot, { context: 'active', label: key.label, value }, ctx);

/**
 * A key without an entry is a line key on the phone, not an empty one, so blank is written in words.
 * unverified: whether a soft key wants F_NONE or none.
 */
function blank(slot: KeySlot, ctx: MapContext): Params {
  if (slot.kind === 'soft') return { [softKey(slot, ctx)]: 'keyevent F_NONE' };
  const name = `fkey[${indexOf(slot, ctx.model)}]`;
  return { [name]: 'none', [`${name}.context`]: 'active', [`${name}.label`]: '' };
}

const pickup = (code: string | undefined): string => (code === undefined ? '' : `|${code}`);
const targetOr = (target: string | undefined, type: string, event: string): string =>
  target === undefined || target === '' ? `keyevent ${event}` : `${type} ${target}`;

// Values: Snom wiki, "Function Key Types".
const set = byType({
  none: (_key, slot, ctx) => blank(slot, ctx),
  // The identity comes from the context; an argument is not needed.
  line: (key, slot, ctx) => onLine(slot, key, 'line', ctx),
  shared_line: (key, slot, ctx) => onLine(slot, key, 'mult', ctx),
  // What follows the bar is the PBX's directed-pickup code.
  blf: (key, slot, ctx) =>
    onLine(slot, key, `blf ${key.watch}${pickup(key.pickupCode ?? ctx.get('features.pickupCode'))}`, ctx),
  blf_list: {
    unsupported: 'Snom wiki, "Function Key Types": no type takes the place of a whole resource list',
  },
  speed_dial: (key, slot, ctx) => onLine(slot, key, `speed ${key.dial}`, ctx),
  intercom: (key, slot, ctx) => onLine(slot, key, `icom ${key.dial}`, ctx),
  // The wiki lists orbit for all desk phones; one public template set writes speed for the newer ones, which has no lamp.
  call_park: (key, slot, ctx) => onLine(slot, key, `orbit ${key.slot}`, ctx),
  directed_pickup: (key, slot, ctx) => {
    const code = ctx.get('features.pickupCode');
    return code === undefined
      ? cannot('the phone dials code and number (no key type of its own), and no pickup code is set')
      : onLine(slot, key, `speed ${code}${key.dial}`, ctx);
  },
  group_pickup: (key, slot, ctx) => onLine(slot, key, `speed ${key.code}`, ctx),
  voicemail: (key, slot, ctx) => onLine(slot, key, 'keyevent F_RETRIEVE', ctx),
  dtmf: (key, slot, ctx) =>
    key.digits.includes(',')
      ? cannot('no source says how a pause is written in a dtmf key')
      : onPhone(slot, key, `dtmf ${key.digits}`, ctx),
  forward: (key, slot, ctx) => onPhone(slot, key, targetOr(key.target, 'redirect', 'F_REDIRECT'), ctx),
  transfer: (key, slot, ctx) => onPhone(slot, key, targetOr(key.target, 'transfer', 'F_TRANSFER'), ctx),
  conference: (key, slot, ctx) => onPhone(slot, key, 'keyevent F_CONFERENCE', ctx),
  hold: (key, slot, ctx) => onPhone(slot, key, 'keyevent F_HOLD', ctx),
  redial: (key, slot, ctx) => onPhone(slot, key, 'keyevent F_REDIAL', ctx),
  call_return: { unsupported: 'Snom wiki, "Function Key Types": no key calls back the last caller; use call_list' },
  dnd: (key, slot, ctx) => onPhone(slot, key, 'keyevent F_DND', ctx),
  directory: (key, slot, ctx) => onPhone(slot, key, 'keyevent F_ADR_BOOK', ctx),
  ldap: (key, slot, ctx) => onPhone(slot, key, 'keyevent F_DIRECTORY_SEARCH', ctx),
  call_list: (key, slot, ctx) => onPhone(slot, key, 'keyevent F_CALL_LIST', ctx),
  // Seen in public templates for D8xx; unverified on the others.
  menu: (key, slot, ctx) => onPhone(slot, key, 'keyevent F_SETTINGS', ctx),
  // `recorder` records on the phone; a recording at the PBX is its code.
  record: (key, slot, ctx) => onPhone(slot, key, key.code === undefined ? 'recorder' : `speed ${key.code}`, ctx),
  xml_browser: (key, slot, ctx) => onPhone(slot, key, `url ${key.url}`, ctx),
  action_url: (key, slot, ctx) => onPhone(slot, key, `url ${key.url}`, ctx),
  multicast_paging: (key, slot, ctx) => onPhone(slot, key, `multicast ${key.address}`, ctx),
});

/** Function keys of the phone and of its modules, and the four under the display. */
export const keys: KeyMapping = { set, clear: blank };

export const slots = (model: Model, modules: number): readonly KeySlot[] => [
  ...slotsOf('key', model.keys),
  ...slotsOf('soft', model.softKeys ?? 0),
  ...moduleSlots(Math.min(modules, model.sidecars?.max ?? 0), KEYS_PER_MODULE),
];
