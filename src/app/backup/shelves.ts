import type { z } from 'zod';
import type { Group } from '../../domain/tenant.ts';
import { pages } from '../pages.ts';
import type { PlatformStore, Repository, TenantStore, Versioned, WriteResult } from '../ports.ts';
import {
  keptAuthority,
  keptCertificate,
  keptDecoy,
  keptExtension,
  keptGroup,
  keptImage,
  keptIntermediate,
  keptMapping,
  keptPerson,
  keptPhone,
  keptProfile,
  keptRevocation,
  keptTemplate,
  keptTenant,
  keptToken,
  keptUser,
} from './kept-objects.ts';

/** All objects of one kind and owner, as a backup writes them and a restore brings them back. */
export interface Shelf<Owner> {
  readonly kind: string;
  /** In an order in which each names only what came before it. */
  readonly read: (owner: Owner) => AsyncIterable<Versioned<{ readonly id: string }>>;
  readonly check: (document: unknown) => z.ZodSafeParseResult<{ readonly id: string }>;
  readonly write: (owner: Owner, object: unknown, version: number) => Promise<WriteResult<{ readonly id: string }>>;
  readonly count: (owner: Owner) => Promise<number>;
}

interface Sort<Owner, T extends { readonly id: string }> {
  readonly schema: z.ZodType<T>;
  readonly repository: (owner: Owner) => Repository<T>;
  readonly keyOf: (object: T) => string;
  readonly order?: (objects: readonly Versioned<T>[]) => readonly Versioned<T>[];
  /** Left out of backups. */
  readonly passes?: (object: T) => boolean;
}

/** One after the other, whatever is written meanwhile. */
export async function* every<T extends { readonly id: string }>(
  repository: Repository<T>,
  keyOf: (object: T) => string,
): AsyncGenerator<Versioned<T>> {
  for await (const page of pages((asked) => repository.list(asked), keyOf)) yield* page;
}

async function* ordered<T extends { readonly id: string }>(
  objects: AsyncIterable<Versioned<T>>,
  order: (objects: readonly Versioned<T>[]) => readonly Versioned<T>[],
): AsyncGenerator<Versioned<T>> {
  const all: Versioned<T>[] = [];
  for await (const object of objects) all.push(object);
  yield* order(all);
}

async function* without<T>(objects: AsyncIterable<T>, passes: (object: T) => boolean): AsyncGenerator<T> {
  for await (const object of objects) if (!passes(object)) yield object;
}

function shelf<Owner, T extends { readonly id: string }>(
  kind: string,
  { schema, repository, keyOf, order, passes = () => false }: Sort<Owner, T>,
): Shelf<Owner> {
  return {
    kind,
    read: (owner) => {
      const all = without(every(repository(owner), keyOf), passes);
      return order === undefined ? all : ordered(all, order);
    },
    check: (document) => schema.safeParse(document),
    write: (owner, object, version) => repository(owner).create(schema.parse(object), version),
    count: (owner) => repository(owner).count(),
  };
}

/** Outer groups before inner ones. */
function outerFirst(groups: readonly Versioned<Group>[]): readonly Versioned<Group>[] {
  const byId = new Map(groups.map((group) => [group.id, group]));
  const sorted = new Map<string, Versioned<Group>>();
  const put = (group: Versioned<Group>): void => {
    if (sorted.has(group.id)) return;
    const parent = group.parent === undefined ? undefined : byId.get(group.parent);
    if (parent !== undefined) put(parent);
    sorted.set(group.id, group);
  };
  for (const group of groups) put(group);
  return [...sorted.values()];
}

const named = (object: { readonly name: string }): string => object.name;

const template = { schema: keptTemplate, keyOf: named };
const mapping = { schema: keptMapping, keyOf: (one: { readonly from: string }) => one.from };
const image = { schema: keptImage, keyOf: (one: { readonly fileName: string }) => one.fileName };

export const TENANTS = shelf('tenants', {
  schema: keptTenant,
  repository: (platform: PlatformStore) => platform.tenants,
  keyOf: named,
});

/** What no tenant owns, before the tenants. */
export const FIRST: readonly Shelf<PlatformStore>[] = [
  shelf('templates', { ...template, repository: (platform: PlatformStore) => platform.templates }),
  shelf('mappings', { ...mapping, repository: (platform: PlatformStore) => platform.mappings }),
  shelf('firmware', { ...image, repository: (platform: PlatformStore) => platform.firmware }),
  shelf('authorities', {
    schema: keptAuthority,
    repository: (platform: PlatformStore) => platform.authorities,
    keyOf: (one) => one.fingerprint,
  }),
  shelf('intermediates', {
    schema: keptIntermediate,
    repository: (platform: PlatformStore) => platform.intermediates,
    keyOf: (one) => one.fingerprint,
  }),
  shelf('revocations', {
    schema: keptRevocation,
    repository: (platform: PlatformStore) => platform.revocations,
    keyOf: (one) => one.fingerprint,
  }),
  shelf('decoys', {
    schema: keptDecoy,
    repository: (platform: PlatformStore) => platform.decoys,
    keyOf: (one) => one.key,
  }),
  shelf('certificates', {
    schema: keptCertificate,
    repository: (platform: PlatformStore) => platform.certificates,
    keyOf: named,
  }),
];

/** What a tenant owns. */
export const OWNED: readonly Shelf<TenantStore>[] = [
  shelf('profiles', { schema: keptProfile, repository: (own: TenantStore) => own.profiles, keyOf: named }),
  shelf('groups', {
    schema: keptGroup,
    repository: (own: TenantStore) => own.groups,
    keyOf: named,
    order: outerFirst,
  }),
  shelf('people', { schema: keptPerson, repository: (own: TenantStore) => own.people, keyOf: named }),
  shelf('extensions', {
    schema: keptExtension,
    repository: (own: TenantStore) => own.extensions,
    keyOf: (one) => one.number,
  }),
  shelf('templates', { ...template, repository: (own: TenantStore) => own.templates }),
  shelf('mappings', { ...mapping, repository: (own: TenantStore) => own.mappings }),
  shelf('firmware', { ...image, repository: (own: TenantStore) => own.firmware }),
  shelf('phones', { schema: keptPhone, repository: (own: TenantStore) => own.phones, keyOf: named }),
];

/** After the tenants: users may be of one. Logins are left out: a login that has ended must not come back. */
export const LAST: readonly Shelf<PlatformStore>[] = [
  shelf('users', { schema: keptUser, repository: (platform: PlatformStore) => platform.users, keyOf: named }),
  shelf('tokens', {
    schema: keptToken,
    repository: (platform: PlatformStore) => platform.tokens,
    keyOf: (one) => one.hash,
    passes: (one) => one.session === true,
  }),
];
