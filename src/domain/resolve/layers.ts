import { IDS_OF, SETTING_IDS, settingOf, type SettingId, type SettingScope } from '../settings/registry.ts';

/** Weakest first. A value in a later layer beats one in an earlier. */
export const LAYER_KINDS = [
  'built_in',
  'model',
  'platform',
  'tenant',
  'template',
  'group_profile',
  'profile',
  'phone',
  'line',
] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

/** What the phone's own User account may do with a setting. */
export const USER_ACCESS = ['none', 'read', 'write'] as const;
export type UserAccess = (typeof USER_ACCESS)[number];

interface Stamp {
  /** Who put it there. */
  readonly by?: string;
  /** When, ISO 8601 in UTC. */
  readonly at?: string;
}

/** What one layer says of one setting. A lock keeps stronger layers from changing it. */
export type Entry = Stamp &
  (
    | { readonly value: unknown; readonly access?: UserAccess; readonly locked?: true }
    | { readonly clear: true; readonly access?: UserAccess; readonly locked?: true }
    | { readonly access: UserAccess }
  );

export type SettingEntries = { readonly [Id in SettingId]?: Entry };

export interface LayerObject {
  /** `tenant`, `template`, `extension`… as the API names it. */
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

export interface Layer {
  readonly kind: LayerKind;
  readonly object: LayerObject;
  /** Present when the layer holds for this line only. */
  readonly line?: number;
  readonly settings: SettingEntries;
}

export const layerObject = (type: string, id: string, name: string): LayerObject => ({ type, id, name });

/** Where a value came from. */
export interface Origin extends Stamp {
  readonly layer: LayerKind;
  readonly object: LayerObject;
}

/** A value that a stronger layer holds, but a lock below it overrules. */
export interface Overruled {
  readonly value: unknown;
  readonly origin: Origin;
}

export type Resolved = {
  readonly id: SettingId;
  readonly access?: UserAccess;
  readonly origin: Origin;
  readonly locked: boolean;
  readonly overruled: readonly Overruled[];
} & (
  { readonly state: 'set'; readonly value: unknown } | { readonly state: 'cleared' } | { readonly state: 'access_only' }
);

export interface ResolvedSettings {
  /** Line numbers in use, ascending. */
  readonly lines: readonly number[];
  /** Settings that exist once per phone. */
  readonly phone: ReadonlyMap<SettingId, Resolved>;
  /** Settings of each line. */
  readonly line: ReadonlyMap<number, ReadonlyMap<SettingId, Resolved>>;
}

function originOf({ kind: layer, object }: Layer, { by, at }: Entry): Origin {
  if (by === undefined && at === undefined) return { layer, object };
  return { layer, object, ...(by === undefined ? {} : { by }), ...(at === undefined ? {} : { at }) };
}

/** Folds one layer's entry into what the weaker layers said. */
function strengthen(id: SettingId, below: Resolved | undefined, layer: Layer, entry: Entry): Resolved {
  const origin = originOf(layer, entry);
  if (below?.locked === true) {
    return 'value' in entry ? { ...below, overruled: [...below.overruled, { value: entry.value, origin }] } : below;
  }
  const access = entry.access ?? below?.access;
  const withAccess = (resolved: Resolved): Resolved => (access === undefined ? resolved : { ...resolved, access });
  if (!('value' in entry) && !('clear' in entry))
    return withAccess(below ?? { id, state: 'access_only', origin, locked: false, overruled: [] });
  const locked = entry.locked === true;
  return withAccess(
    'value' in entry
      ? { id, state: 'set', value: entry.value, origin, locked, overruled: [] }
      : { id, state: 'cleared', origin, locked, overruled: [] },
  );
}

function resolveOne(id: SettingId, layers: readonly Layer[]): Resolved | undefined {
  let resolved: Resolved | undefined;
  for (const layer of layers) {
    const entry = layer.settings[id];
    if (entry !== undefined) resolved = strengthen(id, resolved, layer, entry);
  }
  return resolved;
}

/** Settings of one scope in the registry's order, with a gap for each that no layer speaks of. */
type InOrder = readonly (Resolved | undefined)[];

/** Layers that many phones have in common, and what they come to by themselves. */
export interface SharedLayers extends Readonly<Record<SettingScope, InOrder>> {
  readonly layers: readonly Layer[];
}

const PLACE_OF: Readonly<Record<SettingScope, ReadonlyMap<string, number>>> = {
  phone: new Map(IDS_OF.phone.map((id, place) => [id, place])),
  line: new Map(IDS_OF.line.map((id, place) => [id, place])),
};

const NOTHING_SHARED: SharedLayers = {
  layers: [],
  phone: IDS_OF.phone.map(() => undefined),
  line: IDS_OF.line.map(() => undefined),
};

/** Settings of one scope. Only those that a layer of the phone's own speaks of are looked for in all layers; the others are what the shared ones say. */
function resolveInOrder(scope: SettingScope, layers: readonly Layer[], shared: SharedLayers): InOrder {
  const resolved = shared[scope].slice();
  for (const layer of layers) {
    if (shared.layers.includes(layer)) continue;
    // `as`: what a layer has are settings.
    for (const id of Object.keys(layer.settings) as SettingId[]) {
      const place = PLACE_OF[scope].get(id);
      if (place !== undefined) resolved[place] = resolveOne(id, layers);
    }
  }
  return resolved;
}

function byId(settings: InOrder): ReadonlyMap<SettingId, Resolved> {
  const found = new Map<SettingId, Resolved>();
  for (const setting of settings) if (setting !== undefined) found.set(setting.id, setting);
  return found;
}

/** What the layers say, weakest first, resolved once for all phones that have them. */
export const shareLayers = (layers: readonly Layer[]): SharedLayers => ({
  layers,
  phone: resolveInOrder('phone', layers, NOTHING_SHARED),
  line: resolveInOrder('line', layers, NOTHING_SHARED),
});

/**
 * Layers, weakest first, → every setting with its value and origin; the layers of lines come last. Pure and idempotent: the
 * same layers give the same result in the same order (that of the registry), which keeps rendered files stable. What the
 * `shared` ones among the layers decide alone is the very object that stands there.
 */
export function resolveSettings(
  layers: readonly Layer[],
  lines: readonly number[],
  shared = NOTHING_SHARED,
): ResolvedSettings {
  const ofPhone = layers.filter((layer) => layer.line === undefined);
  const ofLine = (line: number): readonly Layer[] => [...ofPhone, ...layers.filter((layer) => layer.line === line)];
  return {
    lines,
    phone: byId(resolveInOrder('phone', ofPhone, shared)),
    line: new Map(lines.map((line) => [line, byId(resolveInOrder('line', ofLine(line), shared))])),
  };
}

/** The lock that keeps `id` from being changed in a layer of kind `at`, if a weaker layer holds one. */
export function lockBelow(id: SettingId, layers: readonly Layer[], at: LayerKind): Origin | undefined {
  const rank = LAYER_KINDS.indexOf(at);
  const resolved = resolveOne(
    id,
    layers.filter((layer) => LAYER_KINDS.indexOf(layer.kind) < rank && layer.line === undefined),
  );
  return resolved?.locked === true ? resolved.origin : undefined;
}

/** The built-in layer: what the registry gives every phone. */
export const builtInLayer: Layer = {
  kind: 'built_in',
  object: { type: 'built_in', id: 'built-in', name: 'Offhook' },
  settings: Object.fromEntries(
    SETTING_IDS.map((id) => [id, settingOf(id).builtIn] as const)
      .filter(([, value]) => value !== undefined)
      .map(([id, value]) => [id, { value }]),
  ),
};
