import type { ExtensionId, GroupId } from '../../domain/ids.ts';
import type { Extension, Phone, PhoneState, Profile, Template } from '../../domain/phone.ts';
import type { Group, Person, Tenant } from '../../domain/tenant.ts';
import type { PhoneRef, Store } from '../ports.ts';
import type { SharedConfiguration } from './shared-configuration.ts';
import { sharedPartsOf, type SharedParts } from './shared-parts.ts';

/** What was read of a phone from the store, before anything is resolved. */
export interface PhoneParts {
  readonly tenant: Tenant;
  readonly phone: Phone;
  readonly state: PhoneState;
  readonly template: Template | undefined;
  readonly extensions: ReadonlyMap<ExtensionId, Extension>;
  readonly replace: (text: string) => string;
  readonly shared: SharedConfiguration;
}

/** Groups from the outermost to the given one. A ring, which saving refuses, would end after 16 steps. */
async function groupChain(shared: SharedParts, id: GroupId | undefined): Promise<readonly Group[]> {
  const chain: Group[] = [];
  for (let next = id; next !== undefined && chain.length < 16;) {
    const group = await shared.group(next);
    if (group === undefined) break;
    chain.unshift(group);
    next = group.parent;
  }
  return chain;
}

/** Profiles that groups give: of the phone's own group, or else of its person's groups. */
async function profilesOfGroups(
  shared: SharedParts,
  phone: Phone,
  person: Person | undefined,
): Promise<readonly Profile[]> {
  const groups = phone.group === undefined ? (person?.groups ?? []) : [phone.group];
  if (groups.length === 0) return [];
  const chains = await Promise.all(groups.map((group) => groupChain(shared, group)));
  const ids = chains.flat().map((group) => group.profile);
  const profiles = await Promise.all(ids.filter((id) => id !== undefined).map((id) => shared.profile(id)));
  return profiles.filter((profile) => profile !== undefined);
}

/** Reads phones; what those of a tenant share is read once. undefined when one is gone. */
export function phoneReader(store: Store): (ref: PhoneRef) => Promise<PhoneParts | undefined> {
  const sharedParts = sharedPartsOf(store);
  return async (ref) => {
    const own = store.tenant(ref.tenant);
    const [shared, found] = await Promise.all([sharedParts(ref), own.phones.whole(ref.phone)]);
    if (shared === undefined || found === undefined) return undefined;
    const { phone, state, extensions } = found;
    const person = phone.person === undefined ? undefined : await own.people.byId(phone.person);
    const profile = phone.profile ?? person?.profile;
    const template = phone.template === undefined ? undefined : await shared.template(phone.template);
    const groupProfiles = await profilesOfGroups(shared, phone, person);
    return {
      tenant: shared.tenant,
      replace: shared.replace,
      phone,
      template,
      state,
      extensions: new Map(extensions.map((extension) => [extension.id, extension])),
      shared: shared.configuration({
        template,
        groupProfiles,
        profile: profile === undefined ? undefined : await shared.profile(profile),
      }),
    };
  };
}
