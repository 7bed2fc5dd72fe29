import type { Extension, FirmwareImage, Mapping, Phone, PhoneState, Profile, Template } from '../domain/phone.ts';
import type { ExtensionId, PersonId, PhoneId, TenantId, VendorId } from '../domain/ids.ts';
import type { Mac } from '../domain/mac.ts';
import type { SettingEntries } from '../domain/resolve/layers.ts';
import type { Role, TokenScope } from '../domain/role.ts';
import type { NotifyOrder, NotifyReport } from '../domain/resync/notify.ts';
import type { Secret } from '../domain/secret.ts';
import type { Group, Person, Tenant } from '../domain/tenant.ts';
import type { Ban } from '../domain/trust/ban.ts';
import type { Decoy } from '../domain/trust/decoy.ts';
import type { Source } from '../domain/trust/source.ts';

export interface Clock {
  now(): Date;
}

/** What happened, for the operator. `event` is a fixed word from docs/events.md; what strangers sent goes into `fields` only. */
export interface Log {
  info(event: string, fields: object): void;
  warn(event: string, fields: object): void;
  error(event: string, fields: object): void;
}

/** Sends a NOTIFY and answers challenges until there is an end. Never rejects for what the network does. */
export type SendNotify = (order: NotifyOrder) => Promise<NotifyReport>;

/** Randomness and keyed hashing, for tokens and for what was served. */
export interface Crypto {
  /** Lower-case base32 without padding, `bits` of randomness (a multiple of 5). */
  token(bits: number): string;
  id(): string;
  /** Hex HMAC-SHA-256 under a key derived from the master key for this `purpose`. */
  keyedHash(purpose: string, text: string | Uint8Array): string;
  /** Hex hash of a lower-case algorithm name. */
  hash(algorithm: 'md5' | 'sha256', text: string): string;
  /** Compares in constant time. */
  equal(a: string, b: string): boolean;
}

/** Purposes of the keyed hashes by which the directory finds the owner of a URL token. */
export const TOKEN_PURPOSE = { phone: 'phone_token', tenant: 'tenant_token' } as const;

/** Remembers which counts of a nonce were used (RFC 7616 §3.4); forgets after `until`. */
export interface NonceUses {
  /** Stands in every nonce: one that was issued under another is stale, since its uses are not remembered here. */
  readonly epoch: string;
  /** False when this count of this nonce was used before, or may have been. */
  use(nonce: string, count: string, until: Date): Promise<boolean>;
  /** Lets go of what has ended. */
  forget(now: Date): Promise<void>;
}

/** Who does what must be done once, where several processes share a store. */
export interface Leases {
  /** True when the work so named is `holder`'s until `until`: nobody had it, or the one who had it let the time pass. */
  take(work: string, holder: string, now: Date, until: Date): Promise<boolean>;
}

/** What is kept, with the version that guards against lost updates. */
export type Versioned<T> = T & { readonly version: number };

/** `stale`: somebody else changed it since, or it is gone (version 0). `taken`: another object has this unique value. */
export type WriteConflict =
  | { readonly kind: 'stale'; readonly version: number }
  | { readonly kind: 'taken'; readonly field: string; readonly value: string }
  | { readonly kind: 'in_use'; readonly by: string };

export type WriteResult<T> =
  { readonly ok: true; readonly value: Versioned<T> } | { readonly ok: false; readonly error: WriteConflict };

export interface Page {
  /** Natural key of the last object of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Objects of one kind in one scope. The natural key (`key`) is the name, number or address that people use. */
export interface Repository<T extends { readonly id: string }> {
  byId(id: string): Promise<Versioned<T> | undefined>;
  byKey(key: string): Promise<Versioned<T> | undefined>;
  /** In order of the natural key. */
  list(page: Page): Promise<readonly Versioned<T>[]>;
  count(): Promise<number>;
  /** Refuses an id or key that exists (`taken`). What comes back from a backup brings its version; else it is 1. */
  create(object: T, version?: number): Promise<WriteResult<T>>;
  /** Replaces; with `ifVersion` only when that is still the version. */
  replace(object: T, ifVersion?: number): Promise<WriteResult<T>>;
  /** `in_use` where another object still points to it. */
  remove(id: string): Promise<{ readonly ok: true } | { readonly ok: false; readonly error: WriteConflict }>;
}

/** A phone with all that belongs to it alone, in one read. */
export interface WholePhone {
  readonly phone: Versioned<Phone>;
  readonly state: PhoneState;
  /** Those on its lines, in no order. */
  readonly extensions: readonly Versioned<Extension>[];
}

/**
 * Phones know their lines: an extension that is not shared is on at most one (`taken`, field `extension`). What a phone was
 * given outlives it: made again, in whichever tenant, the device still holds it.
 */
export interface PhoneRepository extends Repository<Phone> {
  byExtension(extension: ExtensionId): Promise<readonly Versioned<Phone>[]>;
  byPerson(person: PersonId): Promise<readonly Versioned<Phone>[]>;
  /** Phones whose desired files were computed for another fingerprint, with that of now; for the comparing job. */
  notCompared(limit: number): Promise<readonly { readonly phone: PhoneId; readonly fingerprint: string }[]>;
  state(id: PhoneId): Promise<PhoneState>;
  whole(id: PhoneId): Promise<WholePhone | undefined>;
  /** The fingerprint of everything that this phone's configuration depends on. */
  fingerprint(id: PhoneId): Promise<string>;
  /** Read and write in one transaction; `change` may run again after a conflict. Of a phone that is gone nothing is kept. */
  updateState(id: PhoneId, change: (state: PhoneState) => PhoneState): Promise<PhoneState>;
}

/** Extensions that no phone has, in order of number. */
export interface ExtensionRepository extends Repository<Extension> {
  unassigned(page: Page): Promise<readonly Versioned<Extension>[]>;
}

/** A file that a phone sent: its log, or what was changed on it. Counts as secret. */
export interface Upload {
  readonly name: string;
  readonly at: string;
  readonly size: number;
}

export interface Uploads {
  /** Replaces an upload of the same name. The oldest go when a phone has more than `maxFiles`. */
  put(phone: PhoneId, name: string, bytes: Uint8Array, at: Date, maxFiles: number): Promise<void>;
  list(phone: PhoneId): Promise<readonly Upload[]>;
  read(phone: PhoneId, name: string): Promise<Uint8Array | undefined>;
}

/** Everything of one tenant; scoped when it is obtained, so that a forgotten WHERE cannot leak a neighbour. */
export interface TenantStore {
  readonly tenant: TenantId;
  readonly groups: Repository<Group>;
  readonly people: Repository<Person>;
  readonly extensions: ExtensionRepository;
  readonly phones: PhoneRepository;
  readonly templates: Repository<Template>;
  readonly profiles: Repository<Profile>;
  readonly mappings: Repository<Mapping>;
  readonly firmware: Repository<FirmwareImage>;
  readonly uploads: Uploads;
}

/**
 * Where a phone is found, and a text that changes whenever something that its configuration depends on changes. Its last part,
 * after a dot, is the phone's own; what stands before is the same for all phones of the tenant.
 */
export interface PhoneRef {
  readonly tenant: TenantId;
  readonly phone: PhoneId;
  readonly fingerprint: string;
}

/** What no tenant owns: MAC, serial, token hash → tenant and phone. Asked by `identify.ts` and `app/enrol/` only. */
export interface Directory {
  byMac(mac: Mac): Promise<PhoneRef | undefined>;
  bySerial(vendor: VendorId, serial: string): Promise<PhoneRef | undefined>;
  /** By the keyed hash (`TOKEN_PURPOSE.phone`) of the phone's URL token. */
  byPhoneToken(hash: string): Promise<PhoneRef | undefined>;
  /** Grows with every change of what looking up gives; undefined where other processes change it as well. */
  changes(): number | undefined;
  /** By the keyed hash (`TOKEN_PURPOSE.tenant`) of the tenant's token. */
  byTenantToken(hash: string): Promise<{ readonly tenant: TenantId; readonly fingerprint: string } | undefined>;
}

/** Who may log in. Without a tenant: the platform's operator. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly tenant?: TenantId;
  /** Of the role `user`: whose phones are his. */
  readonly person?: PersonId;
  /** May see secrets, as far as his role reaches. */
  readonly mayReveal?: true;
  /** scrypt, with its parameters; absent for who signs in at the provider only. */
  readonly passwordHash?: string;
  /** Who he is at the OpenID provider. */
  readonly oidc?: OidcTie;
  /** Not tied yet: the first identity with this name at the provider becomes his. */
  readonly oidcName?: string;
}

/** The provider, and its lasting name for a person (OpenID Connect Core 1.0 §2: `iss` and `sub`). Names and e-mail addresses change hands. */
export interface OidcTie {
  readonly issuer: string;
  readonly subject: string;
  /** Made at a sign-in: role and tenant are the provider's to take away. */
  readonly roleFromProvider?: true;
}

export interface UserRepository extends Repository<User> {
  byIdentity(issuer: string, subject: string): Promise<Versioned<User> | undefined>;
  byOidcName(name: string): Promise<Versioned<User> | undefined>;
  /** Those of one tenant, in order of name. */
  ofTenant(tenant: TenantId, page: Page): Promise<readonly Versioned<User>[]>;
}

/** A session of a person or a token of a program; only its hash is kept. */
export interface AccessToken {
  readonly id: string;
  /** Natural key. */
  readonly hash: string;
  readonly user: string;
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  /** A login of a person; absent for a program's token. */
  readonly session?: true;
  /** Of a program's token. */
  readonly scopes?: readonly TokenScope[];
  /** Narrows an operator's token to one tenant. */
  readonly onlyTenant?: TenantId;
}

/** When a token was last used, and from which address. */
export interface TokenUse {
  readonly at: string;
  readonly from: string;
}

export interface TokenRepository extends Repository<AccessToken> {
  ofUser(user: string): Promise<readonly Versioned<AccessToken>[]>;
  lastUse(id: string): Promise<TokenUse | undefined>;
  /** Of a token that is gone nothing is kept. */
  noteUse(id: string, use: TokenUse): Promise<void>;
}

/** A maker's CA certificate, imported by the operator. */
export interface Authority {
  readonly id: string;
  readonly vendor: VendorId;
  /** Natural key: lower-case hexadecimal SHA-256 of the certificate. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly notAfter: string;
  readonly pem: string;
}

/** A CA certificate between a maker's and its phones', as phones have sent it: a resumed session does not bring it again. */
export interface Intermediate {
  readonly id: string;
  /** Natural key: lower-case hexadecimal SHA-256 of the certificate. */
  readonly fingerprint: string;
  readonly pem: string;
}

/** A phone's certificate that counts as none, whoever has signed it: its private key is known to have been read out, say. */
export interface Revocation {
  readonly id: string;
  /** Natural key: lower-case hexadecimal SHA-256 of the certificate. */
  readonly fingerprint: string;
  readonly at: string;
  readonly by: string;
  readonly note?: string;
}

/** A server certificate of a listener: requested (key and CSR), or ready. */
export interface ServerCertificate {
  readonly id: string;
  /** Natural key: `secure/prov.example.com/rsa`. */
  readonly name: string;
  readonly door: 'secure' | 'spa' | 'admin' | 'ca';
  readonly host: string;
  readonly keyType: 'rsa' | 'ec';
  readonly privateKey: Secret;
  readonly csr?: string;
  /** Leaf first. */
  readonly chain?: string;
  readonly notAfter?: string;
  /** Answers only for this host name (SNI); otherwise the listener's own. */
  readonly sniOnly: boolean;
  /** Made by our own CA at first start. */
  readonly selfSigned: boolean;
}

/** Names of parameters that a device holds whose phone was removed, by what it is known again by (`identitiesOf`). */
export interface Leftover {
  readonly identity: string;
  readonly given: readonly string[];
}

export interface Leftovers {
  /** In order of identity. */
  list(page: Page): Promise<readonly Leftover[]>;
  /** Adds to what is known of the device. */
  keep(leftover: Leftover): Promise<void>;
}

/** Settings of the whole installation. */
export interface PlatformDocument {
  /** The layer between model and tenant. */
  readonly settings: SettingEntries;
}

export type AuditValue = string | number | boolean;

/** One field of what was changed: secrets masked, long text cut. Without `before` it is new, without `after` it is gone. */
export interface AuditChange {
  readonly field: string;
  readonly before?: AuditValue;
  readonly after?: AuditValue;
}

export interface AuditEntry {
  readonly at: string;
  readonly who: string;
  readonly from: string;
  readonly what: string;
  readonly object: string;
  readonly tenant?: TenantId;
  /** Secrets masked. */
  readonly detail?: string;
  readonly changes?: readonly AuditChange[];
}

/** Phones of all tenants, counted. A blocked phone counts like any other. */
export interface Fleet {
  readonly tenants: number;
  readonly owned: number;
  readonly served: number;
  readonly outdated: number;
  /** Of the outdated: those that nobody has compared yet since something changed. */
  readonly notCompared: number;
}

/** Content of firmware files in the store, by checksum, where every process finds it. The same bytes are kept once for all. */
export interface StoredContents {
  has(sha256: string): Promise<boolean>;
  /** All of it or nothing, and only what has this checksum. `open` gives the bytes, again where the write must run again; what is there already counts as new. */
  put(sha256: string, at: Date, open: () => AsyncIterable<Uint8Array>): Promise<void>;
  /** Ends early where it is removed meanwhile: whoever needs all of it compares the checksum. */
  read(sha256: string): AsyncIterable<Uint8Array>;
  remove(sha256: string): Promise<void>;
  /** Whether a firmware image of anybody has this content. */
  isNamed(sha256: string): Promise<boolean>;
  /** Put before `at`, and no image has it. */
  unnamed(at: Date): Promise<readonly string[]>;
}

/** What nobody but the platform owns. */
export interface PlatformStore {
  readonly tenants: Repository<Tenant>;
  readonly templates: Repository<Template>;
  readonly mappings: Repository<Mapping>;
  readonly firmware: Repository<FirmwareImage>;
  readonly users: UserRepository;
  readonly tokens: TokenRepository;
  readonly authorities: Repository<Authority>;
  readonly intermediates: Repository<Intermediate>;
  readonly revocations: Repository<Revocation>;
  readonly certificates: Repository<ServerCertificate>;
  readonly bans: Repository<Ban>;
  readonly decoys: Repository<Decoy>;
  readonly contents: StoredContents;
  readonly leftovers: Leftovers;
  document(): Promise<PlatformDocument>;
  saveDocument(document: PlatformDocument): Promise<void>;
  /** Read from indexes: some ten milliseconds for 100,000 phones. */
  fleet(): Promise<Fleet>;
  audit(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  auditLog(query: { readonly tenant?: TenantId; readonly limit: number }): Promise<readonly AuditEntry[]>;
  /** Oldest first, from the entry after the one at `place`; 0 is before the first. */
  auditFrom(place: number, limit: number): Promise<readonly { readonly place: number; readonly entry: AuditEntry }[]>;
}

/** One request of a phone or stranger, masked. */
export interface RequestRecord {
  readonly id: string;
  readonly at: string;
  readonly door: string;
  readonly address: string;
  readonly method: string;
  /** File asked for; tokens are fingerprints. */
  readonly file: string;
  readonly tenant?: TenantId | undefined;
  readonly phone?: PhoneId | undefined;
  readonly mac?: string | undefined;
  readonly serial?: string | undefined;
  readonly vendor?: string | undefined;
  readonly model?: string | undefined;
  readonly firmware?: string | undefined;
  readonly evidence: readonly string[];
  readonly proof: string;
  readonly decision: string;
  readonly reason: string;
  readonly outcome: string;
  readonly gaps: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly completed: boolean;
  /** Set when an administrator should look: `identity_conflict`, `foreign_proof`. */
  readonly event?: string | undefined;
}

export interface JournalQuery {
  readonly tenant?: TenantId;
  readonly phone?: PhoneId;
  readonly event?: string;
  /** Id of the last record of the page before. */
  readonly before?: string;
  readonly limit: number;
}

/** Bounded in size and age; written in batches off the request's path. */
export interface Journal {
  /**
   * Records, each a line of JSON that ends with a newline, in UTF-8. They are not needed any more once this resolves. One that
   * names no phone but the MAC or serial number of one is kept as that phone's, and its tenant's.
   */
  append(lines: Uint8Array): Promise<void>;
  /** Newest first, in the order in which they were written. */
  list(query: JournalQuery): Promise<readonly RequestRecord[]>;
  trim(keep: { readonly rows: number; readonly since: Date }): Promise<void>;
}

/** What one node tells the others of strangers: what it has counted since it last did, and whose ban has changed. */
export interface GuardNews {
  readonly misses: readonly (readonly [source: string, count: number])[];
  /** Different MACs asked for without proof, by maker prefix. */
  readonly macs: readonly (readonly [oui: string, count: number])[];
  readonly bans: readonly string[];
  readonly decoys: boolean;
}

/** Where the nodes meet whose guards count together. Bounded: news are trimmed after minutes, proofs after a day. */
export interface GuardBoard {
  publish(id: string, node: string, at: Date, news: GuardNews): Promise<void>;
  /** What the other nodes have published since. */
  newsSince(
    at: Date,
    node: string,
  ): Promise<readonly { readonly id: string; readonly at: string; readonly news: GuardNews }[]>;
  /** Notes that phones behind these sources have proven themselves. */
  noteProven(sources: readonly Source[], at: Date): Promise<void>;
  /** When that was last noted. */
  provenAt(source: Source): Promise<string | undefined>;
  /** What is older goes, and news that are further `ahead`: their node's clock was wrong. */
  trim(before: { readonly news: Date; readonly proven: Date; readonly ahead: Date }): Promise<void>;
}

/**
 * The whole store. In `transaction` all or nothing of what `work` writes through the store it is given is kept. Those that are
 * `about` the same tenant wait for each other; one that doesn't say is about the platform.
 */
export interface Store {
  readonly platform: PlatformStore;
  readonly directory: Directory;
  readonly journal: Journal;
  readonly guard: GuardBoard;
  tenant(id: TenantId): TenantStore;
  transaction<T>(work: (store: Store) => Promise<T>, about?: readonly TenantId[]): Promise<T>;
  /** The store as it is at this moment, for reading only, while others go on writing. */
  snapshot(): Promise<Snapshot>;
  /** Removes everything but the journal of requests: before a backup takes its place, in the same transaction. */
  clear(): Promise<void>;
  /** Removes what nothing names any more. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** To be ended by whoever asked for it: until then the database keeps what others replace. */
export interface Snapshot {
  readonly store: Store;
  readonly end: () => Promise<void>;
}

/** Secrets inside of an object as something that only this installation's master key opens, and for the same `context` only. */
export interface Sealing {
  /** As JSON, with each secret sealed in its place. */
  seal(value: unknown, context: string): unknown;
  /** What `seal` was given. Throws where a secret can't be opened. */
  open(json: unknown, context: string): unknown;
}

/** Content of firmware files, by checksum. */
export interface FileContents {
  /** Keeps the bytes under their SHA-256 and says it. Throws when the disk is full. */
  write(
    bytes: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ readonly sha256: string; readonly size: number } | 'too_large'>;
  has(sha256: string): Promise<boolean>;
  read(sha256: string): AsyncIterable<Uint8Array>;
  remove(sha256: string): Promise<void>;
}

/** The same for requests, from this process's own disk. */
export interface FileStore extends FileContents {
  open(sha256: string, range?: { readonly first: number; readonly last: number }): NodeJS.ReadableStream;
  /** As part of a transaction or snapshot of the store, where it is the store that keeps the content. */
  within(platform: Pick<PlatformStore, 'contents'>): FileContents;
}

/** Thrown by a store whose data cannot be read or written; phones then get 503 and keep what they have. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}

/** There is no room for what was to be written. What is kept can be read. */
export class StoreFull extends StoreUnavailable {
  override readonly name = 'StoreFull';
}
