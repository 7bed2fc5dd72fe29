import { z } from 'zod';
import { anyUrl, multicastTarget } from './settings/common.ts';

const line = z.int().min(1).max(1000);
const label = z.string().max(64).default('');
const dial = z.string().min(1).max(128);

/**
 * A programmable key, whatever it is called on the phone. `line` counts from 1, as on the phone's display; vendors that
 * count from 0 convert in their keys.ts.
 */
export const key = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('line'), line, label }),
  z.strictObject({ type: z.literal('shared_line'), line, label }),
  z.strictObject({ type: z.literal('blf'), line, watch: dial, pickupCode: z.string().max(16).optional(), label }),
  z.strictObject({ type: z.literal('blf_list'), line, label }),
  z.strictObject({ type: z.literal('speed_dial'), line, dial, label }),
  z.strictObject({ type: z.literal('intercom'), line, dial, label }),
  z.strictObject({ type: z.literal('call_park'), line, slot: dial, label }),
  z.strictObject({ type: z.literal('directed_pickup'), line, dial, label }),
  z.strictObject({ type: z.literal('group_pickup'), line, code: dial, label }),
  z.strictObject({ type: z.literal('voicemail'), line, label }),
  z.strictObject({
    type: z.literal('dtmf'),
    digits: z.string().regex(/^[0-9*#A-D,]{1,64}$/, 'only 0-9, *, #, A-D and , for a pause'),
    label,
  }),
  z.strictObject({ type: z.literal('forward'), target: z.string().max(128).optional(), label }),
  z.strictObject({ type: z.literal('transfer'), target: z.string().max(128).optional(), label }),
  z.strictObject({ type: z.literal('conference'), label }),
  z.strictObject({ type: z.literal('hold'), label }),
  z.strictObject({ type: z.literal('redial'), label }),
  z.strictObject({ type: z.literal('call_return'), label }),
  z.strictObject({ type: z.literal('dnd'), label }),
  z.strictObject({ type: z.literal('directory'), label }),
  z.strictObject({ type: z.literal('ldap'), label }),
  z.strictObject({ type: z.literal('call_list'), label }),
  z.strictObject({ type: z.literal('menu'), label }),
  z.strictObject({ type: z.literal('record'), code: z.string().max(32).optional(), label }),
  z.strictObject({ type: z.literal('xml_browser'), url: anyUrl, label }),
  z.strictObject({ type: z.literal('action_url'), url: anyUrl, label }),
  z.strictObject({
    type: z.literal('multicast_paging'),
    address: multicastTarget,
    label,
  }),
]);
export type Key = z.output<typeof key>;
export type KeyType = Key['type'];

/** Key types that an administrator meets only where the template has Enhanced DSS Keys switched on: they need features of the PBX. */
export const PBX_KEY_TYPES: readonly KeyType[] = [
  'shared_line',
  'blf_list',
  'call_park',
  'directed_pickup',
  'group_pickup',
  'intercom',
  'record',
  'call_return',
];

const KEY_TYPES: readonly KeyType[] = key.options.map((option) => option.shape.type.value);

/** The types to choose from; those that need features of the PBX appear with Enhanced DSS Keys (S4.53). */
export const offeredKeyTypes = (enhanced: boolean): readonly KeyType[] =>
  enhanced ? KEY_TYPES : KEY_TYPES.filter((type) => !PBX_KEY_TYPES.includes(type));

/**
 * Where a key sits: `key/3` is the third DSS key of the phone, `memory/2` a memory key, `soft/1` a programmable (soft) key,
 * `module/2/5` the fifth key of the second expansion module. All count from 1.
 */
export type KeySlot =
  | { readonly kind: 'key' | 'memory' | 'soft'; readonly position: number }
  | { readonly kind: 'module'; readonly module: number; readonly position: number };

/** The text form of a slot, as it stands in a template file. */
export const slotName = (slot: KeySlot): string =>
  slot.kind === 'module' ? `module/${slot.module}/${slot.position}` : `${slot.kind}/${slot.position}`;

export function parseSlot(text: string): KeySlot | undefined {
  const own = /^(key|memory|soft)\/([1-9]\d{0,3})$/.exec(text);
  if (own) return { kind: own[1] as 'key' | 'memory' | 'soft', position: Number(own[2]) };
  const module = /^module\/([1-9])\/([1-9]\d{0,2})$/.exec(text);
  return module ? { kind: 'module', module: Number(module[1]), position: Number(module[2]) } : undefined;
}

/** A slot of a layout is set, or cleared (back to the phone's own default); a slot that is not there is inherited. */
export const keyEntry = z.union([z.strictObject({ key }), z.strictObject({ clear: z.literal(true) })]);
export type KeyEntry = z.output<typeof keyEntry>;

/** Slots by name. */
export const keyLayout = z.record(
  z.string().refine((name) => parseSlot(name) !== undefined, {
    error: 'not a key slot: use key/3, memory/2, soft/1 or module/1/5',
  }),
  keyEntry,
);
export type KeyLayout = z.output<typeof keyLayout>;

export const labelOf = (value: Key): string => (value.type === 'none' ? '' : value.label);
