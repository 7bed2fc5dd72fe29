import { replaceInside, unchanged } from '../../domain/resolve/address-mapping.ts';
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
import type { Extension, Phone, PhoneState, RawEntries } from '../../domain/phone.ts';
import { Secret } from '../../domain/secret.ts';
import type { SettingId } from '../../domain/settings/registry.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { vendorOf } from '../../vendors/index.ts';
import { modelNamed, type VendorDriver } from '../../vendors/kit/driver.ts';
import type { RawParam } from '../../vendors/kit/render.ts';
import type { PhoneRef, Store } from '../ports.ts';
import { phoneReader, type PhoneParts } from './read-phone.ts';
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

export interface LoadPorts {
  readonly store: Store;
  readonly addresses: () => ServerAddresses;
}

const object = (type: string, id: string, name: string): LayerObject => ({ type, id, name });

/** What this server itself knows: where this phone is to come back to, and how it can trust us. A tenant or template may say otherwise. */
function serverLayer(parts: PhoneParts, driver: VendorDriver, addresses: ServerAddresses): Layer {
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

/** The layers of a phone's lines: of each its extension, then its own settings. */
export function lineLayers(parts: Pick<PhoneParts, 'phone' | 'extensions'>): readonly Layer[] {
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

function layersOf(parts: PhoneParts, driver: VendorDriver, addresses: ServerAddresses): readonly Layer[] {
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

function keyLayersOf({ phone, template, groupProfiles, profile }: PhoneParts): readonly KeyLayer[] {
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
function rawOf({ phone, template, replace }: PhoneParts): readonly RawParam[] {
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
  if (replace === unchanged) return settings;
  return {
    lines: settings.lines,
    phone: mapValues(settings.phone, replace),
    line: new Map(Array.from(settings.line, ([line, ofLine]) => [line, mapValues(ofLine, replace)])),
  };
}

// `as`: the replacement keeps the shape of the key.
const mapKey = (resolved: ResolvedKey, replace: (text: string) => string): ResolvedKey =>
  resolved.state === 'set'
    ? { ...resolved, key: replaceInside(resolved.key, replace) as typeof resolved.key }
    : resolved;

function mapKeyAddresses(keys: PhoneBundle['keys'], replace: (text: string) => string): PhoneBundle['keys'] {
  if (replace === unchanged) return keys;
  return new Map(Array.from(keys, ([slot, resolved]) => [slot, mapKey(resolved, replace)]));
}

/** Reads and resolves phones. undefined when one is gone, or when its maker is not (or no longer) on the list. */
export function phoneLoader({ store, addresses }: LoadPorts): (ref: PhoneRef) => Promise<PhoneBundle | undefined> {
  const read = phoneReader(store);
  return async (ref) => {
    const parts = await read(ref);
    const driver = parts === undefined ? undefined : vendorOf(parts.phone.vendor);
    return parts === undefined || driver === undefined
      ? undefined
      : { fingerprint: ref.fingerprint, ...resolve(parts, driver, addresses()) };
  };
}

function resolve(
  parts: PhoneParts,
  driver: VendorDriver,
  addresses: ServerAddresses,
): Omit<PhoneBundle, 'fingerprint'> {
  const { tenant, phone, state, template, replace } = parts;
  const lines = phone.lines.map((line) => line.position).toSorted((a, b) => a - b);
  return {
    tenant,
    phone,
    driver,
    state,
    given: new Set(state.given),
    settings: mapAddresses(resolveSettings(layersOf(parts, driver, addresses), lines), replace),
    keys: mapKeyAddresses(resolveKeys(keyLayersOf(parts)), replace),
    raw: rawOf(parts),
    statedFirmware: phone.firmware ?? template?.firmware,
    modules: (phone.sidecars ?? template?.sidecars)?.count ?? 0,
  };
}
