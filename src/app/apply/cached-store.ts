import type { ExtensionId } from '../../domain/ids.ts';
import type { Phone } from '../../domain/phone.ts';
import { pages } from '../pages.ts';
import type { PhoneRepository, PlatformStore, Repository, TenantStore, Versioned, WriteResult } from '../ports.ts';

const PAGE = 1000;

/** Reading all is cheaper than asking one by one, unless the document names only a few of very many. */
const isWorthReadingAll = (there: number, wanted: number): boolean => there <= 4 * wanted + 1000;

interface Cached<T extends { readonly id: string }> extends Repository<T> {
  /** Whether everything that there is stands in the cache. */
  readonly complete: boolean;
  all(): Iterable<Versioned<T>>;
}

/** What was read or written stays at hand, so a document of ten thousand phones asks the store for no object twice. */
class Shelf<T extends { readonly id: string }> {
  readonly #byId = new Map<string, Versioned<T> | undefined>();
  readonly #byKey = new Map<string, Versioned<T> | undefined>();
  readonly #keyOf: (object: T) => string;

  constructor(keyOf: (object: T) => string) {
    this.#keyOf = keyOf;
  }

  put(object: Versioned<T>): void {
    const old = this.#byId.get(object.id);
    if (old !== undefined) this.#byKey.set(this.#keyOf(old), undefined);
    this.#byId.set(object.id, object);
    this.#byKey.set(this.#keyOf(object), object);
  }

  drop(id: string): void {
    const old = this.#byId.get(id);
    if (old !== undefined) this.#byKey.set(this.#keyOf(old), undefined);
    this.#byId.set(id, undefined);
  }

  async id(
    id: string,
    complete: boolean,
    read: () => Promise<Versioned<T> | undefined>,
  ): Promise<Versioned<T> | undefined> {
    if (complete || this.#byId.has(id)) return this.#byId.get(id);
    const found = await read();
    if (found === undefined) this.#byId.set(id, undefined);
    else this.put(found);
    return found;
  }

  async key(
    key: string,
    complete: boolean,
    read: () => Promise<Versioned<T> | undefined>,
  ): Promise<Versioned<T> | undefined> {
    if (complete || this.#byKey.has(key)) return this.#byKey.get(key);
    const found = await read();
    if (found === undefined) this.#byKey.set(key, undefined);
    else this.put(found);
    return found;
  }

  *all(): Iterable<Versioned<T>> {
    for (const object of this.#byId.values()) if (object !== undefined) yield object;
  }
}

async function cacheRepository<T extends { readonly id: string }>(
  repository: Repository<T>,
  keyOf: (object: T) => string,
  wanted: number,
  onWritten: (before: Versioned<T> | undefined, after: Versioned<T>) => void = () => undefined,
): Promise<Cached<T>> {
  const shelf = new Shelf<T>(keyOf);
  const complete = isWorthReadingAll(await repository.count(), wanted);
  if (complete)
    for await (const page of pages((asked) => repository.list(asked), keyOf, PAGE))
      for (const object of page) shelf.put(object);
  const kept = async (id: string, result: WriteResult<T>): Promise<WriteResult<T>> => {
    if (!result.ok) return result;
    onWritten(await shelf.id(id, true, () => Promise.resolve(undefined)), result.value);
    shelf.put(result.value);
    return result;
  };
  return {
    complete,
    all: () => shelf.all(),
    byId: (id) => shelf.id(id, complete, () => repository.byId(id)),
    byKey: (key) => shelf.key(key, complete, () => repository.byKey(key)),
    list: (page) => repository.list(page),
    count: () => repository.count(),
    create: async (object, version) => kept(object.id, await repository.create(object, version)),
    replace: async (object, ifVersion) => kept(object.id, await repository.replace(object, ifVersion)),
    remove: async (id) => {
      const removed = await repository.remove(id);
      if (removed.ok) shelf.drop(id);
      return removed;
    },
  };
}

async function cachePhones(phones: PhoneRepository, wanted: number): Promise<PhoneRepository> {
  const holders = new Map<ExtensionId, Set<string>>();
  const hold = (phone: Phone): void => {
    for (const { extension } of phone.lines)
      holders.set(extension, (holders.get(extension) ?? new Set()).add(phone.id));
  };
  const release = (phone: Phone): void => {
    for (const { extension } of phone.lines) holders.get(extension)?.delete(phone.id);
  };
  const cached = await cacheRepository<Phone>(
    phones,
    (phone) => phone.name,
    wanted,
    (before, after) => {
      if (before !== undefined) release(before);
      hold(after);
    },
  );
  for (const phone of cached.all()) hold(phone);
  const heldBy = async (extension: ExtensionId): Promise<readonly Versioned<Phone>[]> => {
    const found = await Promise.all(Array.from(holders.get(extension) ?? [], (id) => cached.byId(id)));
    return found.filter((phone) => phone !== undefined);
  };
  return {
    ...cached,
    byPerson: (person) => phones.byPerson(person),
    byExtension: (extension) => (cached.complete ? heldBy(extension) : phones.byExtension(extension)),
    notCompared: (limit) => phones.notCompared(limit),
    state: (id) => phones.state(id),
    whole: (id) => phones.whole(id),
    fingerprint: (id) => phones.fingerprint(id),
    updateState: (id, change) => phones.updateState(id, change),
  };
}

/** How many objects of each kind a document names. */
export type Wanted = Readonly<
  Record<'groups' | 'people' | 'extensions' | 'phones' | 'templates' | 'profiles' | 'mappings', number>
>;

/** A tenant's store for one big write: what is read stays at hand until it ends. */
export async function cacheTenant(own: TenantStore, wanted: Wanted): Promise<TenantStore> {
  return {
    ...own,
    groups: await cacheRepository(own.groups, (group) => group.name, wanted.groups),
    people: await cacheRepository(own.people, (person) => person.name, wanted.people),
    extensions: {
      ...(await cacheRepository(own.extensions, (extension) => extension.number, wanted.extensions)),
      unassigned: (page) => own.extensions.unassigned(page),
    },
    phones: await cachePhones(own.phones, wanted.phones),
    templates: await cacheRepository(own.templates, (template) => template.name, wanted.templates),
    profiles: await cacheRepository(own.profiles, (profile) => profile.name, wanted.profiles),
    mappings: await cacheRepository(own.mappings, (mapping) => mapping.from, wanted.mappings),
  };
}

/** The platform's store for one big write. */
export async function cachePlatform(platform: PlatformStore): Promise<PlatformStore> {
  let document = await platform.document();
  return {
    ...platform,
    templates: await cacheRepository(platform.templates, (template) => template.name, 0),
    mappings: await cacheRepository(platform.mappings, (mapping) => mapping.from, 0),
    decoys: await cacheRepository(platform.decoys, (decoy) => decoy.key, 0),
    document: () => Promise.resolve(document),
    saveDocument: async (changed) => {
      await platform.saveDocument(changed);
      document = changed;
    },
  };
}
