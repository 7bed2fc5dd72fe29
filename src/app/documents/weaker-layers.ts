import type { GroupId } from '../../domain/ids.ts';
import type { Phone, Profile, Template } from '../../domain/phone.ts';
import {
  builtInLayer,
  lockBelow,
  type Layer,
  type LayerKind,
  type SettingEntries,
} from '../../domain/resolve/layers.ts';
import type { Person } from '../../domain/tenant.ts';
import { groupProfileLayer, platformLayer, profileLayer, templateLayer, tenantLayer } from '../layers.ts';
import { issue, type FieldPath, type Issue } from './issue.ts';
import { isTenantScope, type PlatformScope, type TenantScope } from './scope.ts';
import { changedIds } from './settings-document.ts';

/** The layers of the platform and, within a tenant, of the tenant. */
export async function commonLayers(scope: PlatformScope): Promise<readonly Layer[]> {
  const platform = await scope.platform.document();
  const ofTenant = isTenantScope(scope) ? [tenantLayer(scope.tenant)] : [];
  return [builtInLayer, platformLayer(platform.settings), ...ofTenant];
}

// A ring of groups is refused when it is saved; should there be one, this ends it.
const MAX_DEPTH = 16;

/** Profiles of a group and those around it, the outermost first. */
async function profilesOfGroup(scope: TenantScope, id: GroupId): Promise<readonly Profile[]> {
  const profiles: Profile[] = [];
  let next: GroupId | undefined = id;
  for (let depth = 0; next !== undefined && depth < MAX_DEPTH; depth++) {
    const group: Awaited<ReturnType<typeof scope.own.groups.byId>> = await scope.own.groups.byId(next);
    const profile = group?.profile === undefined ? undefined : await scope.own.profiles.byId(group.profile);
    if (profile !== undefined) profiles.unshift(profile);
    next = group?.parent;
  }
  return profiles;
}

/** What a phone refers to, read once. */
export interface PhoneParts {
  readonly template: Template | undefined;
  readonly person: Person | undefined;
}

/** Every layer below a phone's own, weakest first: the phone's own group counts, else the groups of its person. */
export async function layersBelowPhone(
  phone: Pick<Phone, 'group' | 'profile'>,
  { template, person }: PhoneParts,
  scope: TenantScope,
): Promise<readonly Layer[]> {
  const groups = phone.group === undefined ? (person?.groups ?? []) : [phone.group];
  const ofGroups: Profile[] = [];
  for (const group of groups) ofGroups.push(...(await profilesOfGroup(scope, group)));
  const assigned = phone.profile ?? person?.profile;
  const profile = assigned === undefined ? undefined : await scope.own.profiles.byId(assigned);
  return [
    ...(await commonLayers(scope)),
    ...(template === undefined ? [] : [templateLayer(template)]),
    ...ofGroups.map(groupProfileLayer),
    ...(profile === undefined ? [] : [profileLayer(profile)]),
  ];
}

/** A lock in a weaker layer refuses a changed entry; one that stood there before the lock is kept. */
export const lockIssues = (
  before: SettingEntries,
  after: SettingEntries,
  layers: readonly Layer[],
  at: LayerKind,
  path: FieldPath,
): readonly Issue[] =>
  changedIds(before, after).flatMap((id) => {
    const lock = lockBelow(id, layers, at);
    return lock === undefined
      ? []
      : [issue([...path, id], `is locked by ${lock.object.type} ${JSON.stringify(lock.object.name)}`)];
  });
