import type { TenantScope } from '../../app/documents/scope.ts';
import type { Person } from '../../domain/tenant.ts';
import type { Json } from '../collection.ts';
import { present } from '../shown.ts';

export async function presentPerson(person: Person, { own }: TenantScope): Promise<Json> {
  const groups = await Promise.all(person.groups.map((id) => own.groups.byId(id)));
  const profile = person.profile === undefined ? undefined : await own.profiles.byId(person.profile);
  return present({
    name: person.name,
    displayName: person.displayName,
    email: person.email,
    groups: groups.filter((group) => group !== undefined).map((group) => group.name),
    profile: profile?.name,
  });
}
