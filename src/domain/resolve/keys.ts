import type { Key, KeyEntry, KeyLayout } from '../key.ts';
import type { LayerKind, LayerObject, Origin } from './layers.ts';

/** A key layout with where it comes from: of a template, a profile or a phone. */
export interface KeyLayer {
  readonly kind: LayerKind;
  readonly object: LayerObject;
  readonly keys: KeyLayout;
  readonly by?: string;
  readonly at?: string;
}

export type ResolvedKey = { readonly slot: string; readonly origin: Origin } & (
  { readonly state: 'set'; readonly key: Key } | { readonly state: 'cleared' }
);

const resolvedKey = (slot: string, entry: KeyEntry, origin: Origin): ResolvedKey =>
  'key' in entry ? { slot, origin, state: 'set', key: entry.key } : { slot, origin, state: 'cleared' };

/** Slot by slot, the strongest layout that says anything of a slot wins; a cleared slot goes back to the phone's default. */
export function resolveKeys(layers: readonly KeyLayer[]): ReadonlyMap<string, ResolvedKey> {
  const resolved = new Map<string, ResolvedKey>();
  for (const layer of layers) {
    const origin: Origin = {
      layer: layer.kind,
      object: layer.object,
      ...(layer.by === undefined ? {} : { by: layer.by }),
      ...(layer.at === undefined ? {} : { at: layer.at }),
    };
    for (const [slot, entry] of Object.entries(layer.keys)) resolved.set(slot, resolvedKey(slot, entry, origin));
  }
  return resolved;
}
