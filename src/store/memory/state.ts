import type {
  AuditEntry,
  GuardNews,
  PlatformDocument,
  RequestRecord,
  TokenUse,
  Upload,
  Versioned,
} from '../../app/ports.ts';
import type { PhoneState } from '../../domain/phone.ts';
import type { Objects, Scope, Table } from '../kinds.ts';

/** One object as the memory store keeps it. */
export interface Row<T> {
  readonly object: T;
  readonly scope: Scope;
  readonly version: number;
  /** As a conflict names it. */
  readonly label: string;
  /** What it has for itself alone; see `claims` of the state. */
  readonly claims: readonly string[];
  /** `table/id` of what it names. */
  readonly pointsTo: readonly string[];
}

export const versioned = <T>({ object, version }: Row<T>): Versioned<T> => ({ ...object, version });

export interface StoredUpload extends Upload {
  readonly bytes: Uint8Array;
}

export interface StoredContent {
  readonly at: string;
  readonly bytes: Uint8Array;
}

export interface StoredNews {
  readonly id: string;
  readonly node: string;
  readonly at: string;
  readonly news: GuardNews;
}

/** All that a memory store knows. Values are never changed in place, so that copying the maps is a snapshot. */
export interface State {
  readonly rows: { readonly [K in Table]: Map<string, Row<Objects[K]>> };
  /** Unique value → id of the object that has it. */
  readonly claims: Map<string, string>;
  /** What fingerprints are made of: platform, tenant or phone → number of its last change. */
  readonly tags: Map<string, number>;
  readonly phoneStates: Map<string, PhoneState>;
  readonly uploads: Map<string, readonly StoredUpload[]>;
  /** Names of parameters that removed phones still hold, by what they are known again by. */
  readonly removedPhones: Map<string, readonly string[]>;
  readonly tokenUses: Map<string, TokenUse>;
  /** By checksum. */
  readonly contents: Map<string, StoredContent>;
  document: PlatformDocument;
  journal: readonly RequestRecord[];
  audit: readonly AuditEntry[];
  news: readonly StoredNews[];
  /** Source → when a phone behind it proved itself. */
  proven: ReadonlyMap<string, string>;
}

export const emptyState = (): State => ({
  rows: {
    tenants: new Map(),
    groups: new Map(),
    people: new Map(),
    extensions: new Map(),
    templates: new Map(),
    profiles: new Map(),
    mappings: new Map(),
    phones: new Map(),
    firmware_images: new Map(),
    users: new Map(),
    access_tokens: new Map(),
    authorities: new Map(),
    intermediates: new Map(),
    revocations: new Map(),
    server_certificates: new Map(),
    bans: new Map(),
    decoys: new Map(),
  },
  claims: new Map(),
  tags: new Map(),
  phoneStates: new Map(),
  uploads: new Map(),
  removedPhones: new Map(),
  tokenUses: new Map(),
  contents: new Map(),
  document: { settings: {} },
  journal: [],
  audit: [],
  news: [],
  proven: new Map(),
});

export const copyState = (state: State): State => ({
  rows: {
    tenants: new Map(state.rows.tenants),
    groups: new Map(state.rows.groups),
    people: new Map(state.rows.people),
    extensions: new Map(state.rows.extensions),
    templates: new Map(state.rows.templates),
    profiles: new Map(state.rows.profiles),
    mappings: new Map(state.rows.mappings),
    phones: new Map(state.rows.phones),
    firmware_images: new Map(state.rows.firmware_images),
    users: new Map(state.rows.users),
    access_tokens: new Map(state.rows.access_tokens),
    authorities: new Map(state.rows.authorities),
    intermediates: new Map(state.rows.intermediates),
    revocations: new Map(state.rows.revocations),
    server_certificates: new Map(state.rows.server_certificates),
    bans: new Map(state.rows.bans),
    decoys: new Map(state.rows.decoys),
  },
  claims: new Map(state.claims),
  tags: new Map(state.tags),
  phoneStates: new Map(state.phoneStates),
  uploads: new Map(state.uploads),
  removedPhones: new Map(state.removedPhones),
  tokenUses: new Map(state.tokenUses),
  contents: new Map(state.contents),
  document: state.document,
  journal: state.journal,
  audit: state.audit,
  news: state.news,
  proven: state.proven,
});

/** The state as one transaction, or the store outside of any, sees it. */
export interface World {
  readonly state: () => State;
  /** Runs `work` when no transaction of somebody else is open. */
  readonly write: <T>(work: (state: State) => T) => Promise<T>;
}

let changes = 0;

/** A number that was never used before, not even in a transaction that was undone. */
export const nextTag = (): number => ++changes;
