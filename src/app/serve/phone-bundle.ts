import type { ExtensionId, GroupId } from '../../domain/ids.ts';
import { replaceInside, addressReplacer } from '../../domain/resolve/address-mapping.ts';
import { resolveKeys, type KeyLayer, type ResolvedKey } from '../../domain/resolve/keys.ts';
import {
  builtInLayer,
  resolveSettings,
  type Layer,
  type LayerObject,
  type Resolved,
  type ResolvedSettings,
  type SettingEntries,
} from '../../domain/resolve/layers.ts';
import type { Extension, Line, Phone, PhoneState, Profile, RawEntries, Template } from '../../domain/phone.ts';
import { Secret } from '../../domain/secret.ts';
import type { SettingId } from '../../domain/settings/registry.ts';
import type { Group, Person, Tenant } from '../../domain/tenant.ts';
import { vendorOf } from '../../vendors/index.ts';
import { modelNamed, type VendorDriver } from '../../vendors/kit/driver.ts';
import type { RawParam } from '../../vendors/kit/render.ts';
import type { PhoneRef, Store, TenantStore } from '../ports.ts';
import type { ServerAddresses } from './server-addresses.ts';

/** One phone with everything that its configuration depends on, resolved; good as long as the fingerprint is the same. */
export interface PhoneBundle {
  readonly fingerprint: string;
  readonly tenant: Tenant;
  readonly phone: Phone;
  readonly driver: VendorDriver;
  readonly state: PhoneState;
  /** `state.given` for looking up. */
  readonly given: ReadonlySet<string>;
  readonly settings: ResolvedSettings;
  readonly keys: ReadonlyMap<string, ResolvedKey>;
  readonly raw: readonly RawParam[];
  /** What the template says is installed, where the phone has not said so itself. */
  readonly statedFirmware: string | undefined;
  readonly modules: number;
}

/** What was read from the store, before anything is resolved. */
interface Parts {
  readonly tenant: Tenant;
  readonly phone: Phone;
  readonly state: PhoneState;
  readonly template: Template | undefined;
  readonly groupProfiles: readonly Profile[];
  readonly profile: Profile | undefined;
  readonly extensions: ReadonlyMap<ExtensionId, Extension>;
  readonly platformSettings: SettingEntries;
  readonly replace: (text: string) => string;
}

const object = (type: string, id: string, name: string): LayerObject => ({ type, id, name });

/** Groups from the outermost to the given one. A ring, which saving refuses, would end after 16 steps. */
async function groupChain(store: TenantStore, id: GroupId | undefined): Promise<readonly Group[]> {
  const chain: Group[] = [];
  for (let next = id; next !== undefined && chain.length < 16;) {
    const group = await store.groups.byId(next);
    if (group === undefined) break;
    chain.unshift(group);
    next = group.parent;
  }
  return chain;
}

/** Profiles that groups give: of the phone's own group, or else of its person's groups. */
async function profilesOfGroups(
  store: TenantStore,
  phone: Phone,
  person: Person | undefined,
): Promise<readonly Profile[]> {
  const groups = phone.group === undefined ? (person?.groups ?? []) : [phone.group];
  const chains = await Promise.all(groups.map((group) => groupChain(store, group)));
  const ids = chains.flat().map((group) => group.profile);
  const profiles = await Promise.all(ids.filter((id) => id !== undefined).map((id) => store.profiles.byId(id)));
  return profiles.filter((profile) => profile !== undefined);
}

async function extensionsOf(store: TenantStore, lines: readonly Line[]): Promise<ReadonlyMap<ExtensionId, Extension>> {
  const found = await Promise.all(lines.map((line) => store.extensions.byId(line.extension)));
  return new Map(found.filter((extension) => extension !== undefined).map((extension) => [extension.id, extension]));
}

/** All of a list that may be long: mappings are few, but nobody promised so. */
async function all<T>(
  list: (page: { readonly after?: string; readonly limit: number }) => Promise<readonly T[]>,
  keyOf: (object: T) => string,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let page = await list({ limit: 500 }); page.length > 0;) {
    found.push(...page);
    const last = page.at(-1);
    page = last === undefined || page.length < 500 ? [] : await list({ after: keyOf(last), limit: 500 });
  }
  return found;
}

async function readParts(store: Store, ref: Pick<PhoneRef, 'tenant' | 'phone'>): Promise<Parts | undefined> {
  const own = store.tenant(ref.tenant);
  const [tenant, phone] = await Promise.all([store.platform.tenants.byId(ref.tenant), own.phones.byId(ref.phone)]);
  if (tenant === undefined || phone === undefined) return undefined;
  const person = phone.person === undefined ? undefined : await own.people.byId(phone.person);
  const profile = phone.profile ?? person?.profile;
  const template =
    phone.template === undefined
      ? undefined
      : ((await own.templates.byId(phone.template)) ?? (await store.platform.templates.byId(phone.template)));
  const [globalMappings, ownMappings] = await Promise.all([
    all(
      (page) => store.platform.mappings.list(page),
      (mapping) => mapping.from,
    ),
    all(
      (page) => own.mappings.list(page),
      (mapping) => mapping.from,
    ),
  ]);
  return {
    tenant,
    phone,
    state: await own.phones.state(ref.phone),
    template,
    groupProfiles: await profilesOfGroups(own, phone, person),
    profile: profile === undefined ? undefined : await own.profiles.byId(profile),
    extensions: await extensionsOf(own, phone.lines),
    platformSettings: (await store.platform.document()).settings,
    replace: addressReplacer(globalMappings, ownMappings),
  };
}

/** What this server itself knows: where this phone is to come back to, and how it can trust us. A tenant or template may say otherwise. */
function serverLayer(parts: Parts, driver: VendorDriver, addresses: ServerAddresses): Layer {
  const { tenant, phone } = parts;
  const model = modelNamed(driver, phone.model);
  const url = driver.provisioningUrl(addresses.phoneDirectory(driver, tenant, phone), model);
  const authenticated =
    tenant.policy.httpAuth === 'off'
      ? {}
      : { 'provisioning.user': { value: phone.httpUser }, 'provisioning.password': { value: phone.httpPassword } };
  return {
    kind: 'platform',
    object: object('server', 'server', 'this server'),
    settings: {
      'provisioning.url': { value: new Secret(url) },
      'security.serverTrust': { value: addresses.trust },
      ...authenticated,
    },
  };
}

/** What a line gets from its extension; the line's own settings come after it and are stronger. */
function extensionSettings(extension: Extension, label: string): SettingEntries {
  const values: Partial<Record<SettingId, unknown>> = {
    'line.label': label,
    'line.displayName': extension.displayName,
    'line.user': extension.user,
    'line.authUser': extension.authUser,
    'line.password': extension.password,
    'line.serverHost': extension.serverHost,
    'line.serverPort': extension.serverPort,
    'line.transport': extension.transport,
    'line.shared': extension.shared ? true : undefined,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([id, value]) => (value === undefined ? [] : [[id, { value }]])),
  );
}

function lineLayers(parts: Parts): readonly Layer[] {
  return parts.phone.lines.flatMap((line) => {
    const extension = parts.extensions.get(line.extension);
    if (extension === undefined) return [];
    const label = line.position === 1 ? (parts.phone.label ?? extension.number) : extension.number;
    return [
      {
        kind: 'line' as const,
        object: object('extension', extension.id, extension.number),
        line: line.position,
        settings: extensionSettings(extension, label),
      },
      {
        kind: 'line' as const,
        object: object('line', `${parts.phone.id}/${line.position}`, `line ${line.position} of ${parts.phone.name}`),
        line: line.position,
        settings: line.settings,
      },
    ];
  });
}

function layersOf(parts: Parts, driver: VendorDriver, addresses: ServerAddresses): readonly Layer[] {
  const { tenant, phone, template, groupProfiles, profile } = parts;
  return [
    builtInLayer,
    serverLayer(parts, driver, addresses),
    { kind: 'platform', object: object('platform', 'platform', 'platform'), settings: parts.platformSettings },
    { kind: 'tenant', object: object('tenant', tenant.id, tenant.name), settings: tenant.settings },
    ...(template === undefined
      ? []
      : [
          {
            kind: 'template' as const,
            object: object('template', template.id, template.name),
            settings: template.settings,
          },
        ]),
    ...groupProfiles.map((one) => ({
      kind: 'group_profile' as const,
      object: object('profile', one.id, one.name),
      settings: one.settings,
    })),
    ...(profile === undefined
      ? []
      : [
          { kind: 'profile' as const, object: object('profile', profile.id, profile.name), settings: profile.settings },
        ]),
    { kind: 'phone', object: object('phone', phone.id, phone.name), settings: phone.settings },
    ...lineLayers(parts),
  ];
}

function keyLayersOf({ phone, template, groupProfiles, profile }: Parts): readonly KeyLayer[] {
  return [
    ...(template === undefined
      ? []
      : [{ kind: 'template' as const, object: object('template', template.id, template.name), keys: template.keys }]),
    ...groupProfiles.map((one) => ({
      kind: 'group_profile' as const,
      object: object('profile', one.id, one.name),
      keys: one.keys,
    })),
    ...(profile === undefined
      ? []
      : [{ kind: 'profile' as const, object: object('profile', profile.id, profile.name), keys: profile.keys }]),
    { kind: 'phone', object: object('phone', phone.id, phone.name), keys: phone.keys },
  ];
}

/** Raw parameters of the template, then of the phone; the later one of a name wins. */
function rawOf({ phone, template, replace }: Parts): readonly RawParam[] {
  const from = (kind: 'template' | 'phone', owner: LayerObject, raw: RawEntries): readonly RawParam[] =>
    Object.entries(raw).map(([name, entry]) => ({
      name,
      value: entry.value instanceof Secret ? new Secret(replace(entry.value.reveal())) : replace(entry.value),
      ...(entry.access === undefined ? {} : { access: entry.access }),
      origin: {
        layer: kind,
        object: owner,
        ...(entry.by === undefined ? {} : { by: entry.by }),
        ...(entry.at === undefined ? {} : { at: entry.at }),
      },
    }));
  return [
    ...(template === undefined ? [] : from('template', object('template', template.id, template.name), template.raw)),
    ...from('phone', object('phone', phone.id, phone.name), phone.raw),
  ];
}

const mapValues = (
  settings: ReadonlyMap<SettingId, Resolved>,
  replace: (text: string) => string,
): ReadonlyMap<SettingId, Resolved> =>
  new Map(
    Array.from(settings, ([id, resolved]) => [
      id,
      resolved.state === 'set' ? { ...resolved, value: replaceInside(resolved.value, replace) } : resolved,
    ]),
  );

/** Address mappings act on every value, whatever layer it came from, before anything is rendered (S4.25). */
function mapAddresses(settings: ResolvedSettings, replace: (text: string) => string): ResolvedSettings {
  return {
    lines: settings.lines,
    phone: mapValues(settings.phone, replace),
    line: new Map(Array.from(settings.line, ([line, ofLine]) => [line, mapValues(ofLine, replace)])),
  };
}

// `as`: the replacement keeps the shape of the key.
const mapKeyAddresses = (resolved: ResolvedKey, replace: (text: string) => string): ResolvedKey =>
  resolved.state === 'set'
    ? { ...resolved, key: replaceInside(resolved.key, replace) as typeof resolved.key }
    : resolved;

/** Reads and resolves one phone. undefined when it is gone, or when its maker is not (or no longer) on the list. */
export async function loadBundle(
  store: Store,
  addresses: ServerAddresses,
  ref: PhoneRef,
): Promise<PhoneBundle | undefined> {
  const parts = await readParts(store, ref);
  const driver = parts === undefined ? undefined : vendorOf(parts.phone.vendor);
  if (parts === undefined || driver === undefined) return undefined;
  const lines = parts.phone.lines.map((line) => line.position).toSorted((a, b) => a - b);
  const keys = resolveKeys(keyLayersOf(parts));
  return {
    fingerprint: ref.fingerprint,
    tenant: parts.tenant,
    phone: parts.phone,
    driver,
    state: parts.state,
    given: new Set(parts.state.given),
    settings: mapAddresses(resolveSettings(layersOf(parts, driver, addresses), lines), parts.replace),
    keys: new Map(Array.from(keys, ([slot, resolved]) => [slot, mapKeyAddresses(resolved, parts.replace)])),
    raw: rawOf(parts),
    statedFirmware: parts.phone.firmware ?? parts.template?.firmware,
    modules: (parts.phone.sidecars ?? parts.template?.sidecars)?.count ?? 0,
  };
}
