import type { ExtensionId } from '../../domain/ids.ts';
import type { Extension, Phone, Profile, Template } from '../../domain/phone.ts';
import type { Group, Person } from '../../domain/tenant.ts';
import type { TenantScope } from './scope.ts';

/** What a kept phone refers to, by id. */
export interface PhoneReferences {
  readonly group: Group | undefined;
  readonly person: Person | undefined;
  readonly profile: Profile | undefined;
  readonly template: Template | undefined;
  readonly extensions: ReadonlyMap<ExtensionId, Extension>;
}

const ifGiven = async <T>(
  id: string | undefined,
  find: (id: string) => Promise<T | undefined>,
): Promise<T | undefined> => (id === undefined ? undefined : find(id));

/** Reads what a kept phone refers to. */
export async function findPartsOf(phone: Phone, { own, platform }: TenantScope): Promise<PhoneReferences> {
  const extensions = new Map<ExtensionId, Extension>();
  for (const { extension } of phone.lines) {
    const found = await own.extensions.byId(extension);
    if (found !== undefined) extensions.set(extension, found);
  }
  return {
    group: await ifGiven(phone.group, (id) => own.groups.byId(id)),
    person: await ifGiven(phone.person, (id) => own.people.byId(id)),
    profile: await ifGiven(phone.profile, (id) => own.profiles.byId(id)),
    template: await ifGiven(
      phone.template,
      async (id) => (await own.templates.byId(id)) ?? (await platform.templates.byId(id)),
    ),
    extensions,
  };
}
