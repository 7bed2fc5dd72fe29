import type { DhcpPlan } from '../../domain/dhcp/plan.ts';
import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import type { ModelId, VendorId } from '../../domain/ids.ts';
import type { Key, KeySlot } from '../../domain/key.ts';
import type { Mac, Oui } from '../../domain/mac.ts';
import type { Model } from '../../domain/model.ts';
import type { Clue, RequestFacts, SubjectField } from '../../domain/recognise/clue.ts';
import type { Origin, UserAccess } from '../../domain/resolve/layers.ts';
import type { Secret } from '../../domain/secret.ts';
import type { ServerTrust } from '../../domain/settings/security.ts';
import type { ResyncEvents } from '../../domain/resync/plan.ts';
import type { SettingId, SettingValue } from '../../domain/settings/registry.ts';

/** Parameters by the maker's own name. A name may end in `#tag`: the codec drops the tag, so one parameter can stand twice. */
export type Params = Readonly<Record<string, string>>;

/** A parameter on its way to the file, with all that `explain` and masking need. */
export interface Param {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  readonly access?: UserAccess;
  /** Only the User account's right is written; the phone keeps the value it has (SPA's self-closed element). */
  readonly accessOnly?: true;
  readonly source: ParamSource;
}

/** What put a parameter into the file. */
export type ParamSource =
  | {
      readonly kind: 'setting';
      readonly setting: SettingId;
      readonly line?: number;
      readonly origin: Origin;
      readonly read: readonly SettingId[];
    }
  | { readonly kind: 'key'; readonly slot: string; readonly origin: Origin }
  | { readonly kind: 'raw'; readonly origin: Origin }
  | { readonly kind: 'cleared' }
  | { readonly kind: 'vendor' };

/** A wanted setting, key or raw parameter that this phone cannot be given, and why. */
export interface Gap {
  readonly wanted: string;
  readonly line?: number;
  readonly reason: string;
  readonly state: 'unsupported' | 'not_mapped' | 'not_expressible';
}

/** What a mapper returns when it can say only part of what was asked, or nothing of it. */
export interface Partly {
  readonly partly: Params;
  readonly reason: string;
}
export const partly = (params: Params, reason: string): Partly => ({ partly: params, reason });
export const cannot = (reason: string): Partly => partly({}, reason);

/** A setting's value as mappers see it: a secret is plain text there, and what they make of it counts as secret. */
export type Plain<T> = T extends Secret ? string : T;

/** What a mapper may look at beside its own value. Reading a secret here makes the parameters secret too. */
export interface MapContext {
  readonly model: Model;
  readonly firmware: FirmwareVersion;
  readonly mac: Mac | undefined;
  /** The line a line setting or key is mapped for; 1 for settings of the phone. */
  readonly line: number;
  /** Lines in use, ascending. */
  readonly lines: readonly number[];
  /** For makers whose time-zone form needs a date. */
  readonly today: Date;
  /** The value another setting resolved to; line settings of `line`, or of this context's line. */
  readonly get: <Id extends SettingId>(id: Id, line?: number) => Plain<SettingValue<Id>> | undefined;
}

export type MapValue<Id extends SettingId> = (value: Plain<SettingValue<Id>>, ctx: MapContext) => Params | Partly;

/**
 * A neutral setting is mapped (a function, or `set` with the parameters that say "off" in `clear`), written together with
 * another (`partOf`), unsupported (with the source that says the phone lacks it) or not mapped yet (no source names it).
 */
export type MappingEntry<Id extends SettingId> =
  | MapValue<Id>
  | { readonly set: MapValue<Id>; readonly clear: (ctx: MapContext) => Params }
  | { readonly partOf: SettingId }
  | { readonly unsupported: string }
  | { readonly notMapped: string };

export type Mapping = { readonly [Id in SettingId]?: MappingEntry<Id> };

export interface KeyMapping {
  /** A key in a slot → parameters. */
  readonly set: (slot: KeySlot, key: Key, ctx: MapContext) => Params | Partly;
  /** The parameters that put a slot back to the phone's own default. */
  readonly clear: (slot: KeySlot, ctx: MapContext) => Params;
}

/** One line of a file as it goes out, with the parameter it says; a frame (`<settings>`) has none. */
export interface FileLine {
  readonly text: string;
  readonly param?: Param;
}

export interface WriteContext {
  readonly part: string;
  readonly model: Model;
  readonly firmware: FirmwareVersion;
  readonly mac: Mac | undefined;
}

/** Parameters ⇄ bytes. The only place that makes text, so escaping is right in one place. */
export interface Codec {
  readonly contentType: (part: string) => string;
  /** Sent as these bytes; SPA9xx reads ISO-8859-1. */
  readonly charset: (ctx: WriteContext) => 'utf-8' | 'iso-8859-1';
  /** Lines end with LF. */
  readonly write: (params: readonly Param[], ctx: WriteContext) => readonly FileLine[];
  /** Reads what `write` made: names (without `#tag`s) and values, in order. */
  readonly read: (text: string, part: string) => readonly { readonly name: string; readonly value: string }[];
  /** What a parameter name may look like; raw parameters with other names are refused. */
  readonly validName: RegExp;
  /** Why the format cannot carry this value, if it cannot: a line break in a line-based format. */
  readonly unwritable: (value: string) => string | undefined;
}

/** What a file name means. `config` is a phone's own; `generic` the same for all phones of a model; `absent` we never have. */
export type FileKind = 'config' | 'generic' | 'firmware' | 'phonebook' | 'upload' | 'absent';

/**
 * A file name that phones of this maker ask for; the last path segment without regard to case. Named groups `mac` (12
 * hexadecimal digits, already without separators) and `stem` tell whose.
 */
export interface RequestRoute {
  readonly match: RegExp;
  readonly kind: FileKind;
  /** Which of the maker's documents it is, for the codec: `settings`, `master`, `directory`. */
  readonly part: string;
}

/** A file that makes up a phone's configuration, by the name it asks for. */
export interface PhoneFile {
  readonly name: string;
  readonly part: string;
}

export type Recogniser = (facts: RequestFacts) => Clue | undefined;

/** What a maker reads from which part of a request; a part that tells nothing of its phones has none. */
export interface Recognisers {
  readonly byCertificate?: Recogniser;
  readonly byUserAgent?: Recogniser;
  readonly byPath?: Recogniser;
  readonly byDhcpClass?: Recogniser;
}

/** What the level-0 configuration may know: nothing of a tenant, nothing of a person. */
export interface BootstrapContext {
  readonly part: string;
  /** The directory on the secure port under the prefix that was asked, ending in `/`. */
  readonly secureUrl: string;
  readonly trust: ServerTrust;
  /** Where our CA certificate can be fetched in PEM, for `install_ca`. */
  readonly caUrl: string;
  readonly caPem: string;
  readonly model: Model;
  readonly firmware: FirmwareVersion;
}

/** How a factory phone of this maker starts, as data: drives the simulated phones. File names may carry `{mac} {MAC} {stem} {model} {serial}`. */
export interface BootPlan {
  readonly userAgent: (phone: BootingPhone) => string | undefined;
  readonly dhcpClass: (phone: BootingPhone) => string | undefined;
  /** Asked in this order at every run. */
  readonly requests: readonly BootRequest[];
  /** The format in which the simulator's own reader reads the answer. */
  readonly format: 'ini' | 'xml_elements' | 'xml_settings' | 'xml_attributes' | 'lpconfig';
  /** Parameters whose value says where to go next, strongest first, and what that value is. */
  readonly next: {
    readonly parameters: readonly string[];
    readonly form: 'directory' | 'file';
    /** Where the value has no scheme: the parameter that names it, and what its values mean. */
    readonly scheme?: {
      readonly parameter: string;
      readonly values: Readonly<Record<string, 'http' | 'https' | 'tftp'>>;
    };
  };
  /** Parameters with the credentials for HTTP authentication, where they do not stand in the URL. */
  readonly credentials?: { readonly user: readonly string[]; readonly password: readonly string[] };
  /** Macros that the phone replaces in URLs. */
  readonly macros: Readonly<Record<string, 'mac' | 'MAC' | 'mac_with_colons' | 'psn' | 'model'>>;
  /** Parameters that steer the periodic resync, and their unit. */
  readonly periodic: { readonly parameters: readonly string[]; readonly unit: 'seconds' | 'minutes' };
  /** What the phone speaks while it knows no server but the one DHCP names. */
  readonly factoryTransport: 'tftp' | 'http';
}

export interface BootRequest {
  readonly name: string;
  /** The boot goes on without it. */
  readonly optional?: true;
  /** Asked only while the phone is in factory state. */
  readonly factoryOnly?: true;
  /** Names of further files are read from this attribute of the answer (Polycom's CONFIG_FILES). */
  readonly listsFilesIn?: string;
}

export interface BootingPhone {
  readonly model: Model;
  readonly mac: Mac;
  readonly serial: string;
  readonly firmware: string;
}

/** How a phone is told to come back, as data. */
export interface ResyncPlan {
  /** SIP events: fetch again; fetch and restart; restart. Left out where the maker has none. */
  readonly events: ResyncEvents;
  /** Whether the phone answers a NOTIFY with 401, and the parameter that decides. */
  readonly challenge: {
    readonly byDefault: boolean;
    readonly parameter?: string;
    readonly credentials: 'line';
    /** Realms of the maker's own that a phone names in its challenge. */
    readonly realms?: readonly string[];
  };
  /** Where the NOTIFY must come from. */
  readonly through: 'registrar' | 'anywhere';
  /** An HTTP request at the phone that has the same effect. */
  readonly http?: {
    readonly url: (phoneAddress: string, provisioningUrl: string) => string;
    readonly auth: 'admin' | 'none';
    readonly needs: string;
  };
  /** Changing a parameter that matches reboots the phone. */
  readonly reboots: readonly RegExp[];
  readonly source: string;
}

/** Whom the phone trusts and how it proves itself. */
export interface PhoneTrust {
  /** `public`: known CAs; `maker_only`: nothing but what the maker signed. */
  readonly trusts: 'public' | 'maker_only' | 'nobody_checks';
  readonly canInstallCa: boolean;
  readonly canDisableCheck: boolean;
  /** Factory certificates: the CAs to import (their common names as far as known) and how the subject names a phone. */
  readonly certificate?: {
    readonly authorities: readonly string[];
    readonly identify: (subject: readonly SubjectField[]) => CertificateIdentity | undefined;
  };
  /** Firmware can only be fetched without TLS (SPA9xx). */
  readonly firmwarePlainOnly?: (model: Model) => boolean;
}

export interface CertificateIdentity {
  readonly mac?: Mac;
  readonly serial?: string;
  readonly model?: string;
  readonly generic?: true;
}

/** What we show a person, in steps. */
export interface Instructions {
  readonly factoryReset: readonly string[];
  readonly defaultLogin: readonly { readonly models: string; readonly user: string; readonly password: string }[];
  readonly enableProvisioning: readonly string[];
  /** The URL that a person in the LAN opens on the phone's own web server to make it fetch (S0.1). */
  readonly resyncUrl?: (phoneAddress: string, profileUrl: string) => string;
}

/** One maker: plain data and functions, checked once by `defineVendor`. */
export interface VendorDriver {
  readonly id: VendorId;
  /** As the maker writes itself: `Yealink`. */
  readonly name: string;
  readonly models: readonly Model[];
  /** Stands in for a model of this maker that is not on the list. */
  readonly fallbackModel: (modelText: string | undefined) => Model;
  readonly ouis: readonly Oui[];
  readonly recognise: Recognisers;
  readonly requests: readonly RequestRoute[];
  /** The files of one phone's full configuration, the one with the settings first. */
  readonly files: (phone: {
    readonly model: Model;
    readonly mac: Mac | undefined;
    readonly token: string;
  }) => readonly PhoneFile[];
  readonly mapping: Mapping;
  readonly keys: KeyMapping;
  /** Slots a model has, with its modules attached. */
  readonly slots: (model: Model, modules: number) => readonly KeySlot[];
  /** How "back to default" is written for a parameter that the phone no longer has; undefined where leaving it out does it. */
  readonly cleared: (name: string, ctx: MapContext) => string | undefined;
  /** How far the User account's right can be said for a single parameter; otherwise the reason why not. */
  readonly userAccess: 'per_parameter' | 'per_parameter_with_value' | { readonly unsupported: string };
  /** Parameters that every full configuration carries whatever the settings: protocol switches, resync by SIP. */
  readonly always: (ctx: MapContext) => Params;
  readonly codec: Codec;
  /** undefined where the part is not served at level 0. */
  readonly bootstrap: (ctx: BootstrapContext) => Params | undefined;
  /** The value that `provisioning.url` takes for a directory URL of ours: the directory, or a file pattern in it. */
  readonly provisioningUrl: (directory: string, model: Model) => string;
  /** Whether the rules in `mapping` were written with this firmware in view. */
  readonly knowsFirmware: (version: FirmwareVersion, model: Model) => boolean;
  readonly boot: BootPlan;
  readonly resync: ResyncPlan;
  readonly dhcp: DhcpPlan;
  readonly trust: PhoneTrust;
  readonly instructions: Instructions;
}

/** What is wrong with a driver, found at start: the vendor is then listed with this reason and switched off. */
export type VendorProblem = string;

function problemsOf(driver: VendorDriver): readonly VendorProblem[] {
  const ids = driver.models.map((model) => model.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  return [
    ...(twice === undefined ? [] : [`model ${twice} stands twice`]),
    ...(driver.models.length === 0 ? ['no model'] : []),
    ...driver.models
      .filter((model) => model.lines < 0 || model.keys < 0)
      .map((model) => `model ${model.id} has a negative count`),
    ...driver.requests
      .filter((route) => !route.match.flags.includes('i'))
      .map((route) => `route ${String(route.match)} is sensitive to case`),
  ];
}

export type DefinedVendor = { readonly driver: VendorDriver; readonly problems: readonly VendorProblem[] };

/** Checks a driver once. One that fails stays listed, with its problems, and is not used. */
export const defineVendor = (driver: VendorDriver): DefinedVendor => ({ driver, problems: problemsOf(driver) });

/** The model of this name, or what stands in for one that is not on the maker's list. */
export const modelNamed = (driver: VendorDriver, name: string | undefined): Model =>
  driver.models.find((model) => model.id === name) ?? driver.fallbackModel(name);

/** An id of a catalogue entry. */
export const vendorId = (text: string): VendorId => text as VendorId;
export const modelId = (text: string): ModelId => text as ModelId;
