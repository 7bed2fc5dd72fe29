/** How the two databases spell what differs. */
export interface Dialect {
  /** Text that sorts and compares by its bytes. */
  readonly key: string;
  readonly bytes: string;
  /** A number that grows with every row. */
  readonly sequence: string;
  /** What an index needs at its end to be in the order of that number. */
  readonly inSequence: readonly string[];
  /** What ends a table. */
  readonly end: string;
  /** A field of the document in a column. */
  readonly field: (column: string, name: string) => string;
  /** The document without a field. */
  readonly without: (column: string, name: string) => string;
}

export const DIALECTS = {
  sqlite: {
    key: 'text',
    bytes: 'blob',
    sequence: 'integer primary key autoincrement',
    // The rowid, which it is another name of, ends each entry anyway (https://www.sqlite.org/queryplanner.html).
    inSequence: [],
    end: ') strict',
    field: (column, name) => `json_extract(${column}, '$.${name}')`,
    without: (column, name) => `json_remove(${column}, '$.${name}')`,
  },
  postgres: {
    key: 'text collate "C"',
    bytes: 'bytea',
    sequence: 'bigint generated always as identity primary key',
    inSequence: ['seq'],
    end: ')',
    field: (column, name) => `${column}::json ->> '${name}'`,
    without: (column, name) => `(${column}::jsonb - '${name}')::text`,
  },
} as const satisfies Record<string, Dialect>;

/** One step forward. What was released is never edited: a new step follows. */
export interface Migration {
  readonly version: number;
  readonly statements: (dialect: Dialect) => readonly string[];
}

const object = ({ key }: Dialect): string =>
  `id ${key} primary key, key ${key} not null, version integer not null, doc text not null`;

/** A table of things that a tenant owns. */
const owned = (table: string, d: Dialect, rest: readonly string[] = []): string =>
  `create table ${table} (${[
    object(d),
    `tenant_id ${d.key} not null references tenants (id)`,
    ...rest,
    'unique (tenant_id, key)',
    'unique (tenant_id, id)',
  ].join(', ')} ${d.end}`;

/** A table of things that a tenant owns, or the platform. */
const shareable = (table: string, d: Dialect): readonly string[] => [
  `create table ${table} (${object(d)}, tenant_id ${d.key} references tenants (id), unique (tenant_id, key) ${d.end}`,
  // A unique constraint does not hold between rows without a tenant.
  `create unique index ${table}_of_platform on ${table} (key) where tenant_id is null`,
];

const platformTable = (table: string, d: Dialect, rest: readonly string[] = []): string =>
  `create table ${table} (${[object(d), ...rest, 'unique (key)'].join(', ')} ${d.end}`;

/** Names an object of the same tenant. */
const sameTenant = (column: string, table: string): string =>
  `foreign key (tenant_id, ${column}) references ${table} (tenant_id, id)`;

const index = (table: string, ...columns: readonly string[]): string =>
  `create index ${table}_by_${columns.join('_')} on ${table} (${columns.join(', ')})`;

/** Rows that say which objects another one names. They go with it. */
const links = (table: string, owner: string, owners: string, target: string, targets: string, d: Dialect): string =>
  `create table ${table} (${[
    `tenant_id ${d.key} not null`,
    `${owner} ${d.key} not null`,
    `${target} ${d.key} not null`,
    `primary key (${owner}, ${target})`,
    `${sameTenant(owner, owners)} on delete cascade`,
    sameTenant(target, targets),
  ].join(', ')} ${d.end}`;

const tenantTables = (d: Dialect): readonly string[] => [
  `create table tenants (${object(d)}, tag text not null, token_hash ${d.key} not null unique, unique (key) ${d.end}`,
  owned('profiles', d),
  owned('groups', d, [
    `parent_id ${d.key}`,
    `profile_id ${d.key}`,
    sameTenant('parent_id', 'groups'),
    sameTenant('profile_id', 'profiles'),
  ]),
  index('groups', 'parent_id'),
  index('groups', 'profile_id'),
  owned('people', d, [`profile_id ${d.key}`, sameTenant('profile_id', 'profiles')]),
  index('people', 'profile_id'),
  links('person_groups', 'person_id', 'people', 'group_id', 'groups', d),
  index('person_groups', 'group_id'),
  owned('extensions', d, ['shared integer not null']),
  ...shareable('templates', d),
  ...shareable('mappings', d),
  ...shareable('firmware_images', d),
];

const phoneTables = (d: Dialect): readonly string[] => [
  owned('phones', d, [
    'tag text not null',
    `mac ${d.key} unique`,
    `serial_vendor ${d.key}`,
    `serial ${d.key}`,
    `token_hash ${d.key} not null unique`,
    `group_id ${d.key}`,
    `person_id ${d.key}`,
    `template_id ${d.key} references templates (id)`,
    `profile_id ${d.key}`,
    'unique (serial_vendor, serial)',
    sameTenant('group_id', 'groups'),
    sameTenant('person_id', 'people'),
    sameTenant('profile_id', 'profiles'),
  ]),
  ...['group_id', 'person_id', 'template_id', 'profile_id'].map((column) => index('phones', column)),
  links('phone_lines', 'phone_id', 'phones', 'extension_id', 'extensions', d),
  index('phone_lines', 'extension_id'),
  // compared: platform's and tenant's part of the fingerprint that the phone was last compared for; '' after a change of
  // the phone itself, null while it was never served.
  `create table phone_states (phone_id ${d.key} primary key references phones (id) on delete cascade,
    tenant_id ${d.key} not null, compared ${d.key}, doc text not null ${d.end}`,
  index('phone_states', 'tenant_id', 'compared'),
  `create table uploads (phone_id ${d.key} not null references phones (id) on delete cascade, name ${d.key} not null,
    at text not null, size integer not null, bytes ${d.bytes} not null, primary key (phone_id, name) ${d.end}`,
];

const platformTables = (d: Dialect): readonly string[] => [
  `create table platform (id text primary key, tag text not null, doc text not null, key_check text not null ${d.end}`,
  platformTable('users', d, [`user_tenant_id ${d.key} references tenants (id)`]),
  platformTable('access_tokens', d, [`user_id ${d.key} not null references users (id) on delete cascade`]),
  index('access_tokens', 'user_id'),
  platformTable('authorities', d),
  platformTable('server_certificates', d),
  `create table journal (seq ${d.sequence}, id ${d.key} not null unique, at ${d.key} not null, tenant_id ${d.key},
    phone_id ${d.key}, event ${d.key}, doc text not null ${d.end}`,
  index('journal', 'at', 'seq'),
  index('journal', 'tenant_id', 'at', 'seq'),
  index('journal', 'phone_id', 'at', 'seq'),
  'create index journal_by_event on journal (event, at, seq) where event is not null',
  `create table audit (seq ${d.sequence}, at ${d.key} not null, tenant_id ${d.key}, doc text not null ${d.end}`,
  index('audit', 'tenant_id', 'seq'),
];

const guardTables = (d: Dialect): readonly string[] => [
  platformTable('bans', d),
  platformTable('decoys', d),
  `create table guard_news (id ${d.key} primary key, node ${d.key} not null, at ${d.key} not null, doc text not null ${d.end}`,
  index('guard_news', 'at'),
  `create table proven_sources (source ${d.key} primary key, at ${d.key} not null ${d.end}`,
  index('proven_sources', 'at'),
];

/** outdated: 1 where the comparison found a difference. What was compared before is compared again, to fill it. */
const countedStates: readonly string[] = [
  'alter table phone_states add column outdated integer not null default 0',
  "update phone_states set compared = '' where compared is not null",
  'drop index phone_states_by_tenant_id_compared',
  index('phone_states', 'tenant_id', 'compared', 'outdated'),
];

/** Names of parameters that a phone held when it was removed: they are cleared when somebody has it again. */
const removedPhones = (d: Dialect): string =>
  `create table removed_phones (identity ${d.key} primary key, given text not null ${d.end}`;

/** What several processes on one store must agree on, and whose certificates count. */
const sharedTables = (d: Dialect): readonly string[] => [
  platformTable('intermediates', d),
  platformTable('revocations', d),
  `create table nonce_uses (nonce ${d.key} not null, count ${d.key} not null, until ${d.key} not null,
    primary key (nonce, count) ${d.end}`,
  index('nonce_uses', 'until'),
  `create table leases (work ${d.key} primary key, holder ${d.key} not null, until ${d.key} not null ${d.end}`,
];

/** Beside the tokens, so that noting a use does not change one. */
const tokenUses = ({ key, end }: Dialect): string =>
  `create table token_uses (token_id ${key} primary key references access_tokens (id) on delete cascade,
    at ${key} not null, address ${key} not null ${end}`;

/** Who a user is at the OpenID provider. */
const identities = ({ key }: Dialect): readonly string[] => [
  ...['oidc_issuer', 'oidc_subject', 'oidc_name'].map((column) => `alter table users add column ${column} ${key}`),
  'create unique index users_by_identity on users (oidc_issuer, oidc_subject)',
  'create unique index users_by_oidc_name on users (oidc_name)',
];

/** A person whose login there is stays; the users of one tenant are found without reading all. */
const usersOfTenants = ({ key, field }: Dialect): readonly string[] => [
  `alter table users add column user_person_id ${key} references people (id)`,
  `update users set user_person_id = (select id from people where people.id = ${field('users.doc', 'person')})`,
  index('users', 'user_person_id'),
  index('users', 'user_tenant_id', 'key'),
];

/**
 * Content of firmware files for all processes, in parts: PostgreSQL holds a value in memory as a whole. An image's checksum
 * has a column, so that finding out who names a content is one question.
 */
const contentTables = (d: Dialect): readonly string[] => [
  `alter table firmware_images add column sha256 ${d.key} not null default ''`,
  `update firmware_images set sha256 = ${d.field('doc', 'sha256')}`,
  index('firmware_images', 'sha256'),
  `create table contents (sha256 ${d.key} primary key, at ${d.key} not null ${d.end}`,
  index('contents', 'at'),
  `create table content_parts (sha256 ${d.key} not null references contents (sha256) on delete cascade,
    part integer not null, bytes ${d.bytes} not null, primary key (sha256, part) ${d.end}`,
];

/**
 * In the order in which the records were written. A phone's place in an index is anywhere, so that each record brings a page
 * of it to the disk: the smaller the entries, the fewer pages; and one order needs no index of its own.
 */
const journalInOrder = ({ inSequence }: Dialect): readonly string[] => [
  ...['at_seq', 'tenant_id_at_seq', 'phone_id_at_seq'].map((columns) => `drop index journal_by_${columns}`),
  'drop index journal_by_event',
  index('journal', 'tenant_id', ...inSequence),
  index('journal', 'phone_id', ...inSequence),
  `create index journal_by_event on journal (${['event', ...inSequence].join(', ')}) where event is not null`,
];

/** Nine tenths of a state are the names of what its phone was given, and most phones have the same ones: read once, if they stand alone. */
const givenApart = ({ field, without }: Dialect): readonly string[] => [
  "alter table phone_states add column given text not null default '[]'",
  `update phone_states set given = ${field('doc', 'given')}, doc = ${without('doc', 'given')}`,
];

/**
 * Those lists are kilobytes, and whole towns of phones have the same: each is kept once. Without them the states of ten thousand
 * phones are 5 MB that a process reads, instead of 60.
 */
const givenLists = ({ key, end }: Dialect): readonly string[] => [
  `create table given_lists (id ${key} primary key, names text not null ${end}`,
  // Any id will do that no list gets later: the first phone's.
  "insert into given_lists (id, names) select min(phone_id), given from phone_states where given <> '[]' group by given",
  `alter table phone_states add column given_list_id ${key} references given_lists (id)`,
  `update phone_states set given_list_id = alike.first
    from (select phone_id, min(phone_id) over (partition by given) as first from phone_states where given <> '[]') as alike
    where alike.phone_id = phone_states.phone_id`,
  'alter table phone_states drop column given',
  index('phone_states', 'given_list_id'),
];

/** Oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, statements: (d) => [...tenantTables(d), ...phoneTables(d), ...platformTables(d)] },
  { version: 2, statements: (d) => [tokenUses(d)] },
  { version: 3, statements: guardTables },
  { version: 4, statements: sharedTables },
  { version: 5, statements: (d) => [removedPhones(d)] },
  { version: 7, statements: () => countedStates },
  { version: 8, statements: identities },
  { version: 9, statements: usersOfTenants },
  { version: 10, statements: contentTables },
  { version: 11, statements: journalInOrder },
  { version: 12, statements: givenApart },
  { version: 13, statements: givenLists },
];

/** Of the schema that this program knows. */
export const SCHEMA_VERSION = Math.max(...MIGRATIONS.map(({ version }) => version));
