import type { Profile, Template } from '../../domain/phone.ts';
import { mapKeyLayout, mapLayer } from '../../domain/resolve/address-mapping.ts';
import { resolveKeys, type KeyLayer, type ResolvedKey } from '../../domain/resolve/keys.ts';
import {
  builtInLayer,
  shareLayers,
  type Layer,
  type SettingEntries,
  type SharedLayers,
} from '../../domain/resolve/layers.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { groupProfileLayer, platformLayer, profileLayer, templateLayer, tenantLayer } from '../layers.ts';
import { Siblings } from '../../vendors/kit/siblings.ts';

/** What phones of one tenant share whatever their template. */
export interface OfTenant {
  readonly tenant: Tenant;
  readonly platformSettings: SettingEntries;
  /** Address mappings of the tenant and the platform. */
  readonly replace: (text: string) => string;
}

/** What phones have been given in common: these phones are siblings. */
export interface Given {
  readonly template: Template | undefined;
  readonly groupProfiles: readonly Profile[];
  readonly profile: Profile | undefined;
}

/** The configuration of siblings as far as it is the same, resolved once for all of them. */
export interface SharedConfiguration {
  readonly settings: SharedLayers;
  readonly keys: ReadonlyMap<string, ResolvedKey>;
  readonly siblings: Siblings;
}

/** Template and profiles, which have settings and keys. */
const givenLayers = ({ template, groupProfiles, profile }: Given): readonly (Layer & KeyLayer)[] => [
  ...(template === undefined ? [] : [templateLayer(template)]),
  ...groupProfiles.map(groupProfileLayer),
  ...(profile === undefined ? [] : [profileLayer(profile)]),
];

/** Layers, weakest first, from the built-in one to the profiles. */
export function shareConfiguration({ tenant, platformSettings, replace }: OfTenant, given: Given): SharedConfiguration {
  const layers = givenLayers(given);
  const all: readonly Layer[] = [builtInLayer, platformLayer(platformSettings), tenantLayer(tenant), ...layers];
  const settings = shareLayers(all.map((layer) => mapLayer(layer, replace)));
  const keys = resolveKeys(layers.map((layer) => ({ ...layer, keys: mapKeyLayout(layer.keys, replace) })));
  return { settings, keys, siblings: new Siblings(settings, keys) };
}
