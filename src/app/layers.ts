import type { Phone, Profile, Template } from '../domain/phone.ts';
import type { KeyLayer } from '../domain/resolve/keys.ts';
import { layerObject, type Layer, type LayerKind, type SettingEntries } from '../domain/resolve/layers.ts';
import type { Tenant } from '../domain/tenant.ts';

/** What somebody wrote down → the layer that it is, the same wherever layers are looked at. */
export const platformLayer = (settings: SettingEntries): Layer => ({
  kind: 'platform',
  object: layerObject('platform', 'platform', 'platform'),
  settings,
});

export const tenantLayer = ({ id, name, settings }: Tenant): Layer => ({
  kind: 'tenant',
  object: layerObject('tenant', id, name),
  settings,
});

type Keyed = Template | Profile | Phone;

const keyedLayer =
  (kind: LayerKind, type: string) =>
  ({ id, name, settings, keys }: Keyed): Layer & KeyLayer => ({
    kind,
    object: layerObject(type, id, name),
    settings,
    keys,
  });

export const templateLayer: (template: Template) => Layer & KeyLayer = keyedLayer('template', 'template');
export const groupProfileLayer: (profile: Profile) => Layer & KeyLayer = keyedLayer('group_profile', 'profile');
export const profileLayer: (profile: Profile) => Layer & KeyLayer = keyedLayer('profile', 'profile');
export const phoneLayer: (phone: Phone) => Layer & KeyLayer = keyedLayer('phone', 'phone');
