import {
  IDS_OF,
  isSettingId,
  SETTING_IDS,
  settingOf,
  type SettingId,
  type SettingScope,
} from '../settings/registry.ts';

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

const originOf = (layer: Layer, entry: Entry): Origin => ({
  layer: layer.kind,
  object: layer.object,
  ...(entry.by === undefined ? {} : { by: entry.by }),
  ...(entry.at === undefined ? {} : { at: entry.at }),
});

/** Folds one layer's entry into what the weaker layers said. */
function strengthen(id: SettingId, below: Resolved | undefined, layer: Layer, entry: Entry): Resolved {
  const origin = originOf(layer, entry);
  if (below?.locked === true) {
    return 'value' in entry ? { ...below, overruled: [...below.overruled, { value: entry.value, origin }] } : below;
  }
  const access = entry.access ?? below?.access;
  const kept = access === undefined ? {} : { access };
  if (!('value' in entry) && !('clear' in entry)) {
    return below === undefined
      ? { id, state: 'access_only', origin, locked: false, overruled: [], ...kept }
      : { ...below, ...kept };
  }
  const common = { id, origin, locked: entry.locked === true, overruled: [], ...kept };
  return 'value' in entry ? { ...common, state: 'set', value: entry.value } : { ...common, state: 'cleared' };
}

function resolveOne(id: SettingId, layers: readonly Layer[]): Resolved | undefined {
  let resolved: Resolved | undefined;
  for (const layer of layers) {
    const entry = layer.settings[id];
    if (entry !== undefined) resolved = strengthen(id, resolved, layer, entry);
  }
  return resolved;
}

type Fold = Map<SettingId, Resolved>;

/** Folds what layers say of the settings of one scope into what the weaker ones said. */
function fold(scope: SettingScope, layers: readonly Layer[], below: Fold): Fold {
  for (const layer of layers)
    for (const [id, entry] of Object.entries(layer.settings))
      if (isSettingId(id) && settingOf(id).scope === scope) below.set(id, strengthen(id, below.get(id), layer, entry));
  return below;
}

function inOrder(ids: readonly SettingId[], folded: Fold): ReadonlyMap<SettingId, Resolved> {
  const ordered: Fold = new Map();
  for (const id of ids) {
    const resolved = folded.get(id);
    if (resolved !== undefined) ordered.set(id, resolved);
  }
  return ordered;
}

/**
 * Layers, weakest first, → every setting with its value and origin; the layers of lines come last. Pure and idempotent: the
 * same layers give the same result in the same order (that of the registry), which keeps rendered files stable.
 */
export function resolveSettings(layers: readonly Layer[], lines: readonly number[]): ResolvedSettings {
  const ofPhone = layers.filter((layer) => layer.line === undefined);
  const ofAnyLine = fold('line', ofPhone, new Map());
  const resolveLine = (line: number): ReadonlyMap<SettingId, Resolved> => {
    const own = layers.filter((layer) => layer.line === line);
    return inOrder(IDS_OF.line, fold('line', own, new Map(ofAnyLine)));
  };
  return {
    lines,
    phone: inOrder(IDS_OF.phone, fold('phone', ofPhone, new Map())),
    line: new Map(lines.map((line) => [line, resolveLine(line)])),
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
