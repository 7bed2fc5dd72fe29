import type { AccessToken, RequestRecord, User } from '../../src/app/ports.ts';
import type { Brand } from '../../src/domain/brand.ts';
import { parseMac, type Mac } from '../../src/domain/mac.ts';
import type { Extension, FirmwareImage, Mapping, Phone, Profile, Template } from '../../src/domain/phone.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Group, Person, Tenant } from '../../src/domain/tenant.ts';

/** An id out of a test's own word. */
export const id = <Name extends string>(text: string): Brand<string, Name> => text as Brand<string, Name>;

/** The `n`-th MAC of a maker's block. */
export function macNumber(n: number): Mac {
  const mac = parseMac(`805ec0${n.toString(16).padStart(6, '0')}`);
  if (!mac.ok) throw new Error(`not a number of a MAC: ${n}`);
  return mac.value;
}

export const tenantNamed = (name: string, more: Partial<Tenant> = {}): Tenant => ({
  id: id(`tenant-${name}`),
  name,
  title: name,
  domains: [`${name}.example.com`],
  networks: ['192.0.2.0/24'],
  policy: { httpAuth: 'off', lowered: [] },
  settings: {},
  token: new Secret(`tenant-token-${name}`),
  httpUser: name,
  httpPassword: new Secret(`http-${name}`),
  ...more,
});

export const groupNamed = (name: string, more: Partial<Group> = {}): Group => ({
  id: id(`group-${name}`),
  name,
  title: name,
  forProvisioning: false,
  ...more,
});

export const personNamed = (name: string, more: Partial<Person> = {}): Person => ({
  id: id(`person-${name}`),
  name,
  displayName: name,
  groups: [],
  ...more,
});

export const extensionNumber = (number: string, more: Partial<Extension> = {}): Extension => ({
  id: id(`extension-${number}`),
  number,
  displayName: `Extension ${number}`,
  user: number,
  password: new Secret(`sip-password-${number}`),
  serverHost: 'pbx.example.com',
  shared: false,
  ...more,
});

export const templateNamed = (name: string, more: Partial<Template> = {}): Template => ({
  id: id(`template-${name}`),
  name,
  title: name,
  vendor: id('example'),
  models: [id('E200')],
  settings: {},
  keys: {},
  raw: {},
  ...more,
});

export const profileNamed = (name: string, more: Partial<Profile> = {}): Profile => ({
  id: id(`profile-${name}`),
  name,
  title: name,
  settings: {},
  keys: {},
  ...more,
});

export const mappingFrom = (from: string, more: Partial<Mapping> = {}): Mapping => ({
  id: id(`mapping-${from}`),
  from,
  to: 'pbx.example.com',
  ...more,
});

export const firmwareNamed = (fileName: string, more: Partial<FirmwareImage> = {}): FirmwareImage => ({
  id: id(`firmware-${fileName}`),
  fileName,
  vendor: id('example'),
  models: [id('E200')],
  firmware: '1.2.3',
  sha256: '0'.repeat(64),
  size: 1,
  ...more,
});

/** A phone by the number of its MAC, with the given extensions on its lines in order. */
export const phoneNumber = (n: number, tenant: Tenant, more: Partial<Phone> = {}): Phone => ({
  id: id(`phone-${n}`),
  tenant: tenant.id,
  mac: macNumber(n),
  name: macNumber(n),
  vendor: id('example'),
  model: id('E200'),
  settings: {},
  keys: {},
  raw: {},
  lines: [],
  token: new Secret(`phone-token-${n}`),
  httpUser: macNumber(n),
  httpPassword: new Secret(`phone-password-${n}`),
  blocked: false,
  ...more,
});

export const withExtensions = (...extensions: readonly Extension[]): Pick<Phone, 'lines'> => ({
  lines: extensions.map((extension, index) => ({ position: index + 1, extension: extension.id, settings: {} })),
});

export const userNamed = (name: string, more: Partial<User> = {}): User => ({
  id: `user-${name}`,
  name,
  role: 'operator',
  passwordHash: 'scrypt:…',
  ...more,
});

export const accessTokenOf = (user: User, name: string): AccessToken => ({
  id: `token-${name}`,
  hash: `hash-${name}`,
  user: user.id,
  name,
  createdAt: '2026-03-01T00:00:00.000Z',
});

export const requestNumber = (n: number, more: Partial<RequestRecord> = {}): RequestRecord => ({
  id: `request-${n}`,
  at: new Date(Date.UTC(2026, 2, 1, 0, 0, n)).toISOString(),
  door: 'secure',
  address: '192.0.2.7',
  method: 'GET',
  file: '805ec0123456.cfg',
  evidence: ['path'],
  proof: 'token',
  decision: 'full',
  reason: 'proven',
  outcome: 'file',
  gaps: 0,
  bytes: 6000,
  milliseconds: 2,
  completed: true,
  ...more,
});

/** Records as the journal is given them. */
export const linesOf = (records: readonly RequestRecord[]): Uint8Array =>
  new TextEncoder().encode(records.map((record) => `${JSON.stringify(record)}\n`).join(''));

/** Takes a database back to before lists of what phones were given were kept once. */
export const BEFORE_GIVEN_LISTS = [
  'drop index phone_states_by_given_list_id',
  "alter table phone_states add column given text not null default '[]'",
  'update phone_states set given = (select names from given_lists where id = given_list_id) where given_list_id is not null',
  'alter table phone_states drop column given_list_id',
  'drop table given_lists',
  'delete from schema_version where version = 13',
];

/** Takes a database back to before the names of what a phone was given had a column, with a phone that was given two. */
export const BEFORE_GIVEN_APART = [
  ...BEFORE_GIVEN_LISTS,
  'alter table phone_states drop column given',
  `update phone_states set doc = '{"given":["account.1.label","dm.enable"],"served":{"a.cfg":{"hash":"h","at":"t"}}}'`,
  'delete from schema_version where version = 12',
];

/** What the newest migrations made, taken away again. */
const BEFORE_JOURNAL_IN_ORDER = [
  ...BEFORE_GIVEN_APART,
  ...['tenant_id', 'phone_id', 'tenant_id_seq', 'phone_id_seq', 'event'].map(
    (columns) => `drop index if exists journal_by_${columns}`,
  ),
  ...['at, seq', 'tenant_id, at, seq', 'phone_id, at, seq'].map(
    (columns) => `create index journal_by_${columns.replaceAll(', ', '_')} on journal (${columns})`,
  ),
  'create index journal_by_event on journal (event, at, seq) where event is not null',
  'delete from schema_version where version = 11',
];

/** Takes it back to before contents lay in the store. */
export const BEFORE_CONTENTS = [
  ...BEFORE_JOURNAL_IN_ORDER,
  'drop index firmware_images_by_sha256',
  'alter table firmware_images drop column sha256',
  'drop table content_parts',
  'drop table contents',
  'delete from schema_version where version = 10',
];

/** Takes it back further, to before a user's person had a column. */
export const BEFORE_PERSONS_OF_USERS = [
  ...BEFORE_CONTENTS,
  'drop index users_by_user_person_id',
  'drop index users_by_user_tenant_id_key',
  'alter table users drop column user_person_id',
  'delete from schema_version where version = 9',
];
