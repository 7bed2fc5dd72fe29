import type { GroupId, ProfileId, TemplateId, TenantId } from '../../domain/ids.ts';
import type { Profile, Template } from '../../domain/phone.ts';
import { addressReplacer } from '../../domain/resolve/address-mapping.ts';
import type { Group } from '../../domain/tenant.ts';
import { listAll } from '../pages.ts';
import type { PhoneRef, Store } from '../ports.ts';
import { RecentlyUsed } from './recently-used.ts';
import { shareConfiguration, type Given, type OfTenant, type SharedConfiguration } from './shared-configuration.ts';

/** What the phones of one tenant share, read when it is first asked for. */
export interface SharedParts extends OfTenant {
  readonly template: (id: TemplateId) => Promise<Template | undefined>;
  readonly profile: (id: ProfileId) => Promise<Profile | undefined>;
  readonly group: (id: GroupId) => Promise<Group | undefined>;
  readonly configuration: (given: Given) => SharedConfiguration;
}

/** Reads each object once. What could not be read is asked for again. */
function onceEach<Id, T>(read: (id: Id) => Promise<T | undefined>): (id: Id) => Promise<T | undefined> {
  const known = new Map<Id, Promise<T | undefined>>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const reading = read(id);
    known.set(id, reading);
    reading.catch(() => known.delete(id));
    return reading;
  };
}

type Configurations = RecentlyUsed<SharedConfiguration>;

// What a configuration takes, about, with what some kinds of phones were written; and all of them: whoever has more templates
// and profiles in use than this holds makes them again, which costs a fraction of a millisecond.
const CONFIGURATION_BYTES = 80_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Makes each once: what siblings share is the same object for all of them. `reading` tells it from what was read before a change. */
const configurationsOf =
  (ofTenant: OfTenant, configurations: Configurations, reading: number): SharedParts['configuration'] =>
  (given) => {
    const { template, groupProfiles, profile } = given;
    const key = [reading, template?.id, ...groupProfiles.map(({ id }) => id), profile?.id].join('|');
    const known = configurations.get(key);
    if (known !== undefined) return known;
    const configuration = shareConfiguration(ofTenant, given);
    configurations.set(key, configuration);
    return configuration;
  };

// Mappings are few, but nobody promised so.
const MAPPINGS = 500;

async function readShared(
  store: Store,
  id: TenantId,
  configurationOf: (ofTenant: OfTenant) => SharedParts['configuration'],
): Promise<SharedParts | undefined> {
  const own = store.tenant(id);
  const { platform } = store;
  const tenant = await platform.tenants.byId(id);
  if (tenant === undefined) return undefined;
  const mappings = await Promise.all([
    listAll(platform.mappings, ({ from }) => from, MAPPINGS),
    listAll(own.mappings, ({ from }) => from, MAPPINGS),
  ]);
  const { settings: platformSettings } = await platform.document();
  const ofTenant: OfTenant = { tenant, platformSettings, replace: addressReplacer(...mappings) };
  return {
    ...ofTenant,
    configuration: configurationOf(ofTenant),
    template: onceEach(async (template) => (await own.templates.byId(template)) ?? platform.templates.byId(template)),
    profile: onceEach((profile) => own.profiles.byId(profile)),
    group: onceEach((group) => own.groups.byId(group)),
  };
}

// A template or profile takes some kilobytes; tenants that ask at the same time are few.
const MAX_TENANTS = 200;

/**
 * Shared parts by tenant, kept until the tenant or the platform changes. The first part of a phone's fingerprint tells: it
 * was read before the parts are, so what is kept under it is never older.
 */
export function sharedPartsOf(store: Store): (ref: PhoneRef) => Promise<SharedParts | undefined> {
  const configurations: Configurations = new RecentlyUsed(MAX_BYTES, () => CONFIGURATION_BYTES);
  let readings = 0;
  const kept = new Map<TenantId, { readonly scope: string; readonly parts: Promise<SharedParts | undefined> }>();
  return ({ tenant, fingerprint }) => {
    const scope = fingerprint.slice(0, Math.max(0, fingerprint.lastIndexOf('.')));
    const known = kept.get(tenant);
    if (known !== undefined && known.scope === scope && scope !== '') return known.parts;
    const reading = readings++;
    const parts = readShared(store, tenant, (ofTenant) => configurationsOf(ofTenant, configurations, reading));
    if (kept.size >= MAX_TENANTS) kept.clear();
    kept.set(tenant, { scope, parts });
    parts.catch(() => kept.delete(tenant));
    return parts;
  };
}
