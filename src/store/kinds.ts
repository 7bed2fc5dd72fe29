import type {
  AccessToken,
  Authority,
  Crypto,
  Intermediate,
  OidcTie,
  Revocation,
  ServerCertificate,
  User,
} from '../app/ports.ts';
import { TOKEN_PURPOSE } from '../app/ports.ts';
import type { Extension, FirmwareImage, Mapping, Phone, Profile, Template } from '../domain/phone.ts';
import { MASKED } from '../domain/secret.ts';
import type { Group, Person, Tenant } from '../domain/tenant.ts';
import type { Ban } from '../domain/trust/ban.ts';
import type { Decoy } from '../domain/trust/decoy.ts';

/** Tables of objects, with what each holds. */
export interface Objects {
  readonly tenants: Tenant;
  readonly groups: Group;
  readonly people: Person;
  readonly extensions: Extension;
  readonly templates: Template;
  readonly profiles: Profile;
  readonly mappings: Mapping;
  readonly phones: Phone;
  readonly firmware_images: FirmwareImage;
  readonly users: User;
  readonly access_tokens: AccessToken;
  readonly authorities: Authority;
  readonly intermediates: Intermediate;
  readonly revocations: Revocation;
  readonly server_certificates: ServerCertificate;
  readonly bans: Ban;
  readonly decoys: Decoy;
}
export type Table = keyof Objects;

export type KeyedHash = Pick<Crypto, 'keyedHash'>;

/** A value that one object only may have in the whole system. */
export interface Unique {
  readonly field: string;
  /** As a conflict names it. */
  readonly shown: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** A field that names objects of another kind; what is named can't be removed. */
export interface Pointer<T> {
  readonly column: string;
  readonly to: Table;
  /** The table that holds it where one object names several. */
  readonly via?: LinkTable;
  readonly ids: (object: T) => readonly (string | undefined)[];
  /** Whose the objects it names are, where that is not the scope of the object itself. */
  readonly owner?: (object: T) => Scope | undefined;
}

/** One row for each thing that an object names. */
export interface LinkTable {
  readonly table: 'phone_lines' | 'person_groups';
  readonly owner: 'phone_id' | 'person_id';
}

/** What the store must know of a kind of object; both databases and the memory store are driven by it. */
export interface Kind<K extends Table> {
  readonly table: K;
  /** What people call one. */
  readonly word: string;
  readonly keyField: string;
  readonly key: (object: Objects[K]) => string;
  readonly uniques: (object: Objects[K], crypto: KeyedHash) => readonly Unique[];
  readonly pointers: readonly Pointer<Objects[K]>[];
  /** Has a column `tenant_id`, empty for what belongs to the platform. */
  readonly owned: boolean;
  /** Whose the document itself says it is, where it says that. */
  readonly says?: (object: Objects[K]) => string | undefined;
  /** Further columns that queries ask for. */
  readonly columns?: (object: Objects[K]) => Readonly<Record<string, number | string>>;
  /** Goes with what it points to instead of keeping it. */
  readonly follows?: true;
  /** Whose fingerprints change with it: the tenant's (or platform's) that it belongs to, its own, or those of the phones that hold it. */
  readonly touches: 'nothing' | 'owner' | 'itself' | 'holders';
}

const none = (): readonly Unique[] => [];

const LINES: LinkTable = { table: 'phone_lines', owner: 'phone_id' };
const MEMBERSHIP: LinkTable = { table: 'person_groups', owner: 'person_id' };

/** Columns of an object that hold keyed hashes of its token. */
const tokenUnique = (hash: string): Unique => ({ field: 'token', shown: MASKED, columns: { token_hash: hash } });

/** Columns by which a user is found who signs in at the provider. */
export const identityColumns = ({ issuer, subject }: Pick<OidcTie, 'issuer' | 'subject'>) => ({
  oidc_issuer: issuer,
  oidc_subject: subject,
});
export const OIDC_NAME_COLUMN = 'oidc_name';

function phoneUniques(phone: Phone, crypto: KeyedHash): readonly Unique[] {
  const { mac, serial, vendor, token } = phone;
  return [
    ...(mac === undefined ? [] : [{ field: 'mac', shown: mac, columns: { mac } }]),
    ...(serial === undefined ? [] : [{ field: 'serial', shown: serial, columns: { serial_vendor: vendor, serial } }]),
    tokenUnique(crypto.keyedHash(TOKEN_PURPOSE.phone, token.reveal())),
  ];
}

const userUniques = ({ oidc, oidcName }: User): readonly Unique[] => [
  ...(oidc === undefined ? [] : [{ field: 'oidc', shown: oidc.subject, columns: identityColumns(oidc) }]),
  ...(oidcName === undefined
    ? []
    : [{ field: 'oidcName', shown: oidcName, columns: { [OIDC_NAME_COLUMN]: oidcName } }]),
];

/** Every kind of object. What a tenant owns is scoped by the repository that keeps it, not here. */
export const KINDS: { readonly [K in Table]: Kind<K> } = {
  tenants: {
    table: 'tenants',
    owned: false,
    word: 'tenant',
    keyField: 'name',
    key: (tenant) => tenant.name,
    uniques: (tenant, crypto) => [tokenUnique(crypto.keyedHash(TOKEN_PURPOSE.tenant, tenant.token.reveal()))],
    pointers: [],
    touches: 'itself',
  },
  groups: {
    table: 'groups',
    owned: true,
    word: 'group',
    keyField: 'name',
    key: (group) => group.name,
    uniques: none,
    pointers: [
      { column: 'parent_id', to: 'groups', ids: (group) => [group.parent] },
      { column: 'profile_id', to: 'profiles', ids: (group) => [group.profile] },
    ],
    touches: 'owner',
  },
  people: {
    table: 'people',
    owned: true,
    word: 'person',
    keyField: 'name',
    key: (person) => person.name,
    uniques: none,
    pointers: [
      { column: 'profile_id', to: 'profiles', ids: (person) => [person.profile] },
      { column: 'group_id', to: 'groups', via: MEMBERSHIP, ids: (person) => person.groups },
    ],
    touches: 'owner',
  },
  extensions: {
    table: 'extensions',
    owned: true,
    word: 'extension',
    keyField: 'number',
    key: (extension) => extension.number,
    uniques: none,
    pointers: [],
    columns: (extension) => ({ shared: extension.shared ? 1 : 0 }),
    touches: 'holders',
  },
  templates: {
    table: 'templates',
    owned: true,
    says: (template) => template.tenant,
    word: 'template',
    keyField: 'name',
    key: (template) => template.name,
    uniques: none,
    pointers: [],
    touches: 'owner',
  },
  profiles: {
    table: 'profiles',
    owned: true,
    word: 'profile',
    keyField: 'name',
    key: (profile) => profile.name,
    uniques: none,
    pointers: [],
    touches: 'owner',
  },
  mappings: {
    table: 'mappings',
    owned: true,
    says: (mapping) => mapping.tenant,
    word: 'mapping',
    keyField: 'from',
    key: (mapping) => mapping.from,
    uniques: none,
    pointers: [],
    touches: 'owner',
  },
  phones: {
    table: 'phones',
    owned: true,
    says: (phone) => phone.tenant,
    word: 'phone',
    keyField: 'name',
    key: (phone) => phone.name,
    uniques: phoneUniques,
    pointers: [
      { column: 'group_id', to: 'groups', ids: (phone) => [phone.group] },
      { column: 'person_id', to: 'people', ids: (phone) => [phone.person] },
      { column: 'template_id', to: 'templates', ids: (phone) => [phone.template] },
      { column: 'profile_id', to: 'profiles', ids: (phone) => [phone.profile] },
      {
        column: 'extension_id',
        to: 'extensions',
        via: LINES,
        ids: (phone) => [...new Set(phone.lines.map((line) => line.extension))],
      },
    ],
    touches: 'itself',
  },
  firmware_images: {
    table: 'firmware_images',
    owned: true,
    says: (image) => image.tenant,
    word: 'firmware image',
    keyField: 'fileName',
    key: (image) => image.fileName,
    uniques: none,
    pointers: [],
    columns: (image) => ({ sha256: image.sha256 }),
    touches: 'nothing',
  },
  users: {
    table: 'users',
    owned: false,
    word: 'user',
    keyField: 'name',
    key: (user) => user.name,
    uniques: userUniques,
    pointers: [
      { column: 'user_tenant_id', to: 'tenants', ids: (user) => [user.tenant] },
      { column: 'user_person_id', to: 'people', ids: (user) => [user.person], owner: (user) => user.tenant },
    ],
    touches: 'nothing',
  },
  access_tokens: {
    table: 'access_tokens',
    owned: false,
    word: 'access token',
    keyField: 'hash',
    key: (token) => token.hash,
    uniques: none,
    pointers: [{ column: 'user_id', to: 'users', ids: (token) => [token.user] }],
    follows: true,
    touches: 'nothing',
  },
  authorities: {
    table: 'authorities',
    owned: false,
    word: 'authority',
    keyField: 'fingerprint',
    key: (authority) => authority.fingerprint,
    uniques: none,
    pointers: [],
    touches: 'nothing',
  },
  intermediates: {
    table: 'intermediates',
    owned: false,
    word: 'intermediate certificate',
    keyField: 'fingerprint',
    key: (intermediate) => intermediate.fingerprint,
    uniques: none,
    pointers: [],
    touches: 'nothing',
  },
  revocations: {
    table: 'revocations',
    owned: false,
    word: 'revocation',
    keyField: 'fingerprint',
    key: (revocation) => revocation.fingerprint,
    uniques: none,
    pointers: [],
    touches: 'nothing',
  },
  server_certificates: {
    table: 'server_certificates',
    owned: false,
    word: 'server certificate',
    keyField: 'name',
    key: (certificate) => certificate.name,
    uniques: none,
    pointers: [],
    // They decide which addresses phones are told, and whether they are to check them.
    touches: 'owner',
  },
  bans: {
    table: 'bans',
    owned: false,
    word: 'ban',
    keyField: 'source',
    key: (ban) => ban.source,
    uniques: none,
    pointers: [],
    touches: 'nothing',
  },
  decoys: {
    table: 'decoys',
    owned: false,
    word: 'decoy',
    keyField: 'key',
    key: (decoy) => decoy.key,
    uniques: none,
    pointers: [],
    touches: 'nothing',
  },
};

export const TABLES = Object.keys(KINDS) as readonly Table[];

/** Who owns an object: a tenant's id, or the platform. */
export type Scope = string;
export const PLATFORM: Scope = '';

/** Where an object of the platform may be named by a tenant's. */
export const isShareable = (table: Table): boolean => table === 'templates';
