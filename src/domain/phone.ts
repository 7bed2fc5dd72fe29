import type { ContentClass } from './tenant.ts';
import type {
  ExtensionId,
  FirmwareId,
  GroupId,
  MappingId,
  ModelId,
  PersonId,
  PhoneId,
  ProfileId,
  TemplateId,
  TenantId,
  VendorId,
} from './ids.ts';
import type { KeyLayout } from './key.ts';
import type { Mac } from './mac.ts';
import type { SettingEntries, UserAccess } from './resolve/layers.ts';
import type { ResyncAttempt } from './resync/attempt.ts';
import type { Secret } from './secret.ts';
import type { Transport } from './settings/line.ts';

/** A number at the PBX, with what a line needs to register as it. It exists before it can be put on a phone. */
export interface Extension {
  readonly id: ExtensionId;
  /** Natural key within the tenant. */
  readonly number: string;
  readonly displayName: string;
  readonly user: string;
  readonly authUser?: string;
  readonly password: Secret;
  readonly serverHost: string;
  readonly serverPort?: number;
  readonly transport?: Transport;
  /** May be on more than one phone. */
  readonly shared: boolean;
}

/** A parameter in the maker's own words. Secret unless its author marked it public. */
export type RawEntry = {
  readonly value: string | Secret;
  readonly access?: UserAccess;
  readonly by?: string;
  readonly at?: string;
};
export type RawEntries = Readonly<Record<string, RawEntry>>;

/** Settings, keys and raw parameters for models of one maker. */
export interface Template {
  readonly id: TemplateId;
  /** Absent: for all tenants. */
  readonly tenant?: TenantId;
  readonly name: string;
  readonly title: string;
  readonly vendor: VendorId;
  /** At least one. */
  readonly models: readonly ModelId[];
  /** The installed firmware, where the phone has not said its own. */
  readonly firmware?: string;
  readonly sidecars?: { readonly type: string; readonly count: number };
  readonly settings: SettingEntries;
  readonly keys: KeyLayout;
  readonly raw: RawEntries;
}

/** Settings for people or groups, whatever phone they have. */
export interface Profile {
  readonly id: ProfileId;
  readonly name: string;
  readonly title: string;
  readonly settings: SettingEntries;
  readonly keys: KeyLayout;
}

/** A dummy address that stands for a name; of one tenant, or global. */
export interface Mapping {
  readonly id: MappingId;
  readonly tenant?: TenantId;
  readonly from: string;
  readonly to: string;
  /** Remark on split DNS: which A records the name has inside and outside (S4.29). */
  readonly note?: string;
}

/** An extension on a slot of a phone, counted from 1. */
export interface Line {
  readonly position: number;
  readonly extension: ExtensionId;
  readonly settings: SettingEntries;
}

/** A device we provision, as its administrator wrote it down. What it does itself is its `PhoneState`. */
export interface Phone {
  readonly id: PhoneId;
  readonly tenant: TenantId;
  /** Unique in the whole system. A phone has a MAC, or a serial number until the first contact tells its MAC, or (soft clients) neither. */
  readonly mac?: Mac;
  readonly serial?: string;
  /** Natural key: the MAC, the serial number, or a soft client's own name. */
  readonly name: string;
  readonly vendor: VendorId;
  readonly model: ModelId;
  /** What the display shows beside the number (S4.76). */
  readonly label?: string;
  readonly group?: GroupId;
  readonly person?: PersonId;
  readonly template?: TemplateId;
  readonly profile?: ProfileId;
  readonly sidecars?: { readonly type: string; readonly count: number };
  readonly firmware?: string;
  readonly settings: SettingEntries;
  readonly keys: KeyLayout;
  readonly raw: RawEntries;
  readonly lines: readonly Line[];
  /** In the phone's own URL: a proof of level 3. */
  readonly token: Secret;
  readonly httpUser: string;
  readonly httpPassword: Secret;
  /** Refused on every door. */
  readonly blocked: boolean;
  /** A time-boxed lowering for this phone alone. */
  readonly window?: { readonly content: ContentClass; readonly until: string; readonly by: string };
}

/** What a phone was last served under one file name. */
export interface ServedFile {
  /** Keyed hash of the bytes. */
  readonly hash: string;
  readonly at: string;
}

/** What the phone itself did: written by serving, never by an administrator. */
export interface PhoneState {
  readonly seen?: {
    readonly at: string;
    readonly address: string;
    readonly door: string;
    readonly firmware?: string;
    readonly model?: string;
  };
  /** Names of parameters that the phone was ever given; grows only. Emptied when an administrator says it was reset. */
  readonly given: readonly string[];
  /** Full configuration files that went out completely. */
  readonly served: Readonly<Record<string, ServedFile>>;
  /** What it should have, and for which state of the data that was computed. */
  readonly desired?: { readonly fingerprint: string; readonly hashes: Readonly<Record<string, string>> };
  /** The last time that somebody told it to come back. */
  readonly resync?: ResyncAttempt;
}

export const NEW_PHONE_STATE: PhoneState = { given: [], served: {} };

export const PHONE_STATES = ['stranger', 'stock', 'waiting', 'owned', 'served', 'outdated', 'released'] as const;
export type PhoneStateName = (typeof PHONE_STATES)[number];

/**
 * Owned until it has fetched what it should have; then served while what it has is what it should have. After a change it
 * counts as outdated until the comparison has been made for the present `fingerprint`.
 */
export function stateName(state: PhoneState, fingerprint: string): PhoneStateName {
  if (Object.keys(state.served).length === 0) return 'owned';
  if (state.desired?.fingerprint !== fingerprint) return 'outdated';
  return Object.entries(state.desired.hashes).every(([file, hash]) => state.served[file]?.hash === hash)
    ? 'served'
    : 'outdated';
}

/** A firmware file: of one tenant, or global. */
export interface FirmwareImage {
  readonly id: FirmwareId;
  readonly tenant?: TenantId;
  /** Natural key: the file name as phones ask for it. */
  readonly fileName: string;
  readonly vendor: VendorId;
  readonly models: readonly ModelId[];
  /** The firmware version it holds; `version` would be that of the record. */
  readonly firmware: string;
  readonly hardware?: string;
  /** The oldest firmware that may load this one. */
  readonly fromVersion?: string;
  /** Lower-case hexadecimal SHA-256 of the content, and the name it is kept under. */
  readonly sha256: string;
  readonly size: number;
}
