import type { Phone } from '../../domain/phone.ts';
import { resolveSettings, type Resolved, type ResolvedSettings } from '../../domain/resolve/layers.ts';
import { isSettingId, settingOf, type SettingId } from '../../domain/settings/registry.ts';
import { findPartsOf } from '../documents/phone-references.ts';
import type { TenantScope } from '../documents/scope.ts';
import { layersBelowPhone } from '../documents/weaker-layers.ts';
import { phoneLayer } from '../layers.ts';
import { lineLayers } from '../serve/phone-bundle.ts';

/** What the phone's person may do with a setting. A lock leaves him to look at what was open to him. */
export type Openness = 'none' | 'read' | 'locked' | 'write';

/**
 * Only an access that some layer states for this very setting opens it here: what `security.userAccess` says of all others is meant
 * for the phone's own pages, and would open where it is provisioned from.
 */
export function opennessOf(resolved: Resolved | undefined): Openness {
  const access = resolved?.access ?? 'none';
  return access === 'write' && resolved?.locked === true ? 'locked' : access;
}

/** Everything that holds for a phone but what the server itself adds: its addresses and the phone's credentials. */
export async function resolveForPerson(phone: Phone, scope: TenantScope): Promise<ResolvedSettings> {
  const parts = await findPartsOf(phone, scope);
  const below = await layersBelowPhone(phone, parts, scope);
  const layers = [...below, phoneLayer(phone), ...lineLayers({ phone, extensions: parts.extensions })];
  return resolveSettings(
    layers,
    phone.lines.map((line) => line.position),
  );
}

const REFUSALS: Readonly<Record<Exclude<Openness, 'write'>, string>> = {
  none: 'is not open to you',
  read: 'is open to you to be seen, not to be changed',
  locked: 'is locked by your administrator',
};

/** Why a person may not change this setting there, if so. */
export function refusalTo(
  id: string,
  resolved: ReadonlyMap<SettingId, Resolved>,
  place: 'phone' | 'line',
): string | undefined {
  if (!isSettingId(id)) return 'there is no such setting';
  const { scope } = settingOf(id);
  if (scope !== place) return scope === 'line' ? 'is a setting of a line' : 'is a setting of the phone, not of a line';
  const openness = opennessOf(resolved.get(id));
  return openness === 'write' ? undefined : REFUSALS[openness];
}
