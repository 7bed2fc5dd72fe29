import { mapKeyLayout, mapLayer } from '../../domain/resolve/address-mapping.ts';
import { resolveKeys, type ResolvedKey } from '../../domain/resolve/keys.ts';
import {
  layerObject,
  resolveSettings,
  type Layer,
  type LayerObject,
  type ResolvedSettings,
  type SettingEntries,
} from '../../domain/resolve/layers.ts';
import type { Extension, Phone, PhoneState, RawEntries } from '../../domain/phone.ts';
import { Secret } from '../../domain/secret.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { vendorOf } from '../../vendors/index.ts';
import { modelNamed, type VendorDriver } from '../../vendors/kit/driver.ts';
import type { RawParam } from '../../vendors/kit/render-input.ts';
import type { Siblings } from '../../vendors/kit/siblings.ts';
import { phoneLayer } from '../layers.ts';
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
  readonly siblings: Siblings;
}

export interface LoadPorts {
  readonly store: Store;
  readonly addresses: () => ServerAddresses;
}

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
    object: layerObject('server', 'server', 'this server'),
    settings: {
      'provisioning.url': { value: new Secret(url) },
      'security.serverTrust': { value: addresses.trust },
      ...authenticated,
    },
  };
}

/** What a line gets from its extension; the line's own settings come after it and are stronger. */
function extensionSettings(extension: Extension, label: string): SettingEntries {
  const { displayName, user, authUser, password, serverHost, serverPort, transport, shared } = extension;
  return {
    'line.label': { value: label },
    'line.displayName': { value: displayName },
    'line.user': { value: user },
    ...(authUser === undefined ? {} : { 'line.authUser': { value: authUser } }),
    'line.password': { value: password },
    'line.serverHost': { value: serverHost },
    ...(serverPort === undefined ? {} : { 'line.serverPort': { value: serverPort } }),
    ...(transport === undefined ? {} : { 'line.transport': { value: transport } }),
    ...(shared ? { 'line.shared': { value: true } } : {}),
  };
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
        object: layerObject('extension', extension.id, extension.number),
        line: line.position,
        settings: extensionSettings(extension, label),
      },
      {
        kind: 'line' as const,
        object: layerObject(
          'line',
          `${parts.phone.id}/${line.position}`,
          `line ${line.position} of ${parts.phone.name}`,
        ),
        line: line.position,
        settings: line.settings,
      },
    ];
  });
}

/** The phone's own layers around those that it shares: what the server says is weaker than all but the built-in ones. */
function layersOf(parts: PhoneParts, driver: VendorDriver, addresses: ServerAddresses): readonly Layer[] {
  const { phone, replace, shared } = parts;
  const mapped = (layer: Layer): Layer => mapLayer(layer, replace);
  const [builtIn, ...others] = shared.settings.layers;
  return [
    ...(builtIn === undefined ? [] : [builtIn]),
    mapped(serverLayer(parts, driver, addresses)),
    ...others,
    mapped(phoneLayer(phone)),
    ...lineLayers(parts).map(mapped),
  ];
}

/** The phone's own keys over those that it shares. */
function keysOf({ phone, replace, shared }: PhoneParts): ReadonlyMap<string, ResolvedKey> {
  const own = resolveKeys([{ ...phoneLayer(phone), keys: mapKeyLayout(phone.keys, replace) }]);
  return own.size === 0 ? shared.keys : new Map([...shared.keys, ...own]);
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
    ...(template === undefined
      ? []
      : from('template', layerObject('template', template.id, template.name), template.raw)),
    ...from('phone', layerObject('phone', phone.id, phone.name), phone.raw),
  ];
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Of a list that many phones have, the set that all of them have. */
function asSet(names: readonly string[]): ReadonlySet<string> {
  const known = sets.get(names);
  if (known !== undefined) return known;
  const set = new Set(names);
  sets.set(names, set);
  return set;
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

/** The same for a phone as it is now, whatever anybody knows of it. */
export function currentPhoneLoader(
  ports: LoadPorts,
): (path: Pick<PhoneRef, 'tenant' | 'phone'>) => Promise<PhoneBundle | undefined> {
  const load = phoneLoader(ports);
  return async ({ tenant, phone }) => {
    const fingerprint = await ports.store.tenant(tenant).phones.fingerprint(phone);
    return load({ tenant, phone, fingerprint });
  };
}

function resolve(
  parts: PhoneParts,
  driver: VendorDriver,
  addresses: ServerAddresses,
): Omit<PhoneBundle, 'fingerprint'> {
  const { tenant, phone, state, template, shared } = parts;
  const lines = phone.lines.map((line) => line.position).toSorted((a, b) => a - b);
  return {
    tenant,
    phone,
    driver,
    state,
    given: asSet(state.given),
    settings: resolveSettings(layersOf(parts, driver, addresses), lines, shared.settings),
    keys: keysOf(parts),
    siblings: shared.siblings,
    raw: rawOf(parts),
    statedFirmware: phone.firmware ?? template?.firmware,
    modules: (phone.sidecars ?? template?.sidecars)?.count ?? 0,
  };
}
