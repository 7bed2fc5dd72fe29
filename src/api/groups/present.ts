import type { TenantScope } from '../../app/documents/scope.ts';
import type { Group } from '../../domain/tenant.ts';
import type { Json } from '../collection.ts';
import { present } from '../shown.ts';

export async function presentGroup(group: Group, { own }: TenantScope): Promise<Json> {
  const parent = group.parent === undefined ? undefined : await own.groups.byId(group.parent);
  const profile = group.profile === undefined ? undefined : await own.profiles.byId(group.profile);
  return present({
    name: group.name,
    title: group.title,
    parent: parent?.name,
    profile: profile?.name,
    forProvisioning: group.forProvisioning,
  });
}
