import type { Key, KeySlot, KeyType } from '../../domain/key.ts';
import { cannot, type KeyMapping, type MapContext, type Params, type Partly } from './driver.ts';

type OfType<T extends KeyType> = Extract<Key, { readonly type: T }>;

/** How one key type is written, or why this maker cannot. */
export type KeyWriter<T extends KeyType> =
  ((key: OfType<T>, slot: KeySlot, ctx: MapContext) => Params | Partly) | { readonly unsupported: string };

/** Every neutral key type has a row: a new one breaks the table of each maker, not a phone in the field. */
export type KeyTable = { readonly [T in KeyType]: KeyWriter<T> };

/** A table of key types → the `set` of a key mapping. */
export const byType =
  (table: KeyTable): KeyMapping['set'] =>
  (slot, key, ctx) => {
    // `as`: TypeScript cannot see that a row belongs to the type it was looked up by.
    const writer = table[key.type] as KeyWriter<KeyType>;
    return typeof writer === 'function' ? writer(key, slot, ctx) : cannot(writer.unsupported);
  };

/** Slots `kind/1` to `kind/count`. */
export const slotsOf = (kind: 'key' | 'memory' | 'soft', count: number): readonly KeySlot[] =>
  Array.from({ length: count }, (_, index) => ({ kind, position: index + 1 }));

/** Slots of `modules` expansion modules with `keysPerModule` keys each. */
export const moduleSlots = (modules: number, keysPerModule: number): readonly KeySlot[] =>
  Array.from({ length: modules }, (_, module) =>
    Array.from({ length: keysPerModule }, (__, index) => ({
      kind: 'module' as const,
      module: module + 1,
      position: index + 1,
    })),
  ).flat();
