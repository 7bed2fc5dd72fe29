import type {
  Directory,
  Journal,
  Leftovers,
  PhoneRef,
  PlatformStore,
  RequestRecord,
  Store,
  TenantStore,
  TokenRepository,
  User,
  UserRepository,
  Versioned,
} from '../../app/ports.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Phone } from '../../domain/phone.ts';
import { together } from '../../domain/removed-phone.ts';
import { createHash } from 'node:crypto';
import { identityColumns, KINDS, OIDC_NAME_COLUMN, PLATFORM, TABLES, type KeyedHash } from '../kinds.ts';
import { compareKeys, pageOf } from '../order.ts';
import { takeTurns } from '../turns.ts';
import { memoryContents } from './contents.ts';
import { memoryGuard } from './guard.ts';
import {
  countFleet,
  memoryExtensions,
  memoryPhones,
  memoryUploads,
  phoneFingerprint,
  scopeFingerprint,
} from './phones.ts';
import { memoryRepository, uniqueClaim } from './repository.ts';
import { copyState, emptyState, nextTag, versioned, type State, type World } from './state.ts';

export interface MemoryOptions {
  /** By which the directory finds tokens: the `Crypto` of whoever asks it. */
  readonly crypto?: KeyedHash;
}

const plainHash: KeyedHash = {
  keyedHash: (purpose, text) => createHash('sha256').update(purpose).update('\0').update(text).digest('hex'),
};

const phoneBy = (state: State, columns: Readonly<Record<string, string>>): Phone | undefined =>
  state.rows.phones.get(state.claims.get(uniqueClaim('phones', columns)) ?? '')?.object;

function memoryDirectory(world: World): Directory {
  const find = (columns: Readonly<Record<string, string>>): Promise<PhoneRef | undefined> => {
    const state = world.state();
    const phone = phoneBy(state, columns);
    if (phone === undefined) return Promise.resolve(undefined);
    const { id, tenant } = phone;
    return Promise.resolve({ tenant, phone: id, fingerprint: phoneFingerprint(state, tenant, id) });
  };
  return {
    changes: () => undefined,
    byMac: (mac) => find({ mac }),
    bySerial: (vendor, serial) => find({ serial_vendor: vendor, serial }),
    byPhoneToken: (hash) => find({ token_hash: hash }),
    byTenantToken: (hash) => {
      const state = world.state();
      const id = state.claims.get(uniqueClaim('tenants', { token_hash: hash }));
      const tenant = state.rows.tenants.get(id ?? '')?.object.id;
      return Promise.resolve(
        tenant === undefined ? undefined : { tenant, fingerprint: scopeFingerprint(state, tenant) },
      );
    },
  };
}

/** `as`: JSON has no types; it is what `append` is given. */
const readLines = (lines: Uint8Array): readonly RequestRecord[] =>
  new TextDecoder()
    .decode(lines)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RequestRecord);

/** With the phone that it names, where it was not looked up before. */
function withPhone(state: State, record: RequestRecord): RequestRecord {
  const { tenant, phone, mac, vendor, serial } = record;
  const bySerial =
    vendor === undefined || serial === undefined ? undefined : phoneBy(state, { serial_vendor: vendor, serial });
  const named = (mac === undefined ? undefined : phoneBy(state, { mac })) ?? bySerial;
  if (phone !== undefined || named === undefined || (tenant ?? named.tenant) !== named.tenant) return record;
  return { ...record, tenant: named.tenant, phone: named.id };
}

function memoryJournal(world: World): Journal {
  return {
    append: (lines) =>
      world.write((state) => {
        const records = readLines(lines).map((record) => withPhone(state, record));
        const known = new Set(state.journal.map(({ id }) => id));
        const added = records.filter(({ id }) => !known.has(id));
        state.journal = [...added.toReversed(), ...state.journal];
      }),
    list: ({ tenant, phone, event, before, limit }) => {
      const { journal } = world.state();
      const isLast = ({ id, tenant: owner }: RequestRecord): boolean => id === before && (tenant ?? owner) === owner;
      const last = before === undefined ? -1 : journal.findIndex(isLast);
      if (before !== undefined && last === -1) return Promise.resolve([]);
      const matching = journal
        .slice(last + 1)
        .filter(
          (record) =>
            (tenant ?? record.tenant) === record.tenant &&
            (phone ?? record.phone) === record.phone &&
            (event ?? record.event) === record.event,
        );
      return Promise.resolve(matching.slice(0, limit));
    },
    trim: ({ rows, since }) =>
      world.write((state) => {
        state.journal = state.journal.slice(0, rows).filter((record) => record.at >= since.toISOString());
      }),
  };
}

function memoryTokens(world: World, crypto: KeyedHash): TokenRepository {
  const isThere = (state: State, id: string): boolean => state.rows.access_tokens.has(id);
  return {
    ...memoryRepository(KINDS.access_tokens, PLATFORM, world, crypto),
    ofUser: (user) =>
      Promise.resolve(
        [...world.state().rows.access_tokens.values()]
          .filter(({ object }) => object.user === user)
          .sort((a, b) => compareKeys(a.object.hash, b.object.hash))
          .map(versioned),
      ),
    lastUse: (id) => {
      const state = world.state();
      return Promise.resolve(isThere(state, id) ? state.tokenUses.get(id) : undefined);
    },
    noteUse: (id, use) =>
      world.write((state) => {
        if (isThere(state, id)) state.tokenUses.set(id, use);
      }),
  };
}

function memoryUsers(world: World, crypto: KeyedHash): UserRepository {
  const users = memoryRepository(KINDS.users, PLATFORM, world, crypto);
  const byClaim = async (columns: Readonly<Record<string, string>>): Promise<Versioned<User> | undefined> => {
    const id = world.state().claims.get(uniqueClaim('users', columns));
    return id === undefined ? undefined : users.byId(id);
  };
  return {
    ...users,
    byIdentity: (issuer, subject) => byClaim(identityColumns({ issuer, subject })),
    byOidcName: (name) => byClaim({ [OIDC_NAME_COLUMN]: name }),
    ofTenant: (tenant, page) => {
      const theirs = [...world.state().rows.users.values()].filter(({ object }) => object.tenant === tenant);
      const found = theirs.map(versioned);
      return Promise.resolve(pageOf(found, (user) => user.name, page));
    },
  };
}

const memoryLeftovers = (world: World): Leftovers => ({
  list: (page) => {
    const all = Array.from(world.state().removedPhones, ([identity, given]) => ({ identity, given }));
    return Promise.resolve(pageOf(all, ({ identity }) => identity, page));
  },
  keep: ({ identity, given }) =>
    world.write((state) => {
      state.removedPhones.set(identity, together(state.removedPhones.get(identity) ?? [], given));
    }),
});

function memoryPlatform(world: World, crypto: KeyedHash): PlatformStore {
  return {
    tenants: memoryRepository(KINDS.tenants, PLATFORM, world, crypto),
    templates: memoryRepository(KINDS.templates, PLATFORM, world, crypto),
    mappings: memoryRepository(KINDS.mappings, PLATFORM, world, crypto),
    firmware: memoryRepository(KINDS.firmware_images, PLATFORM, world, crypto),
    users: memoryUsers(world, crypto),
    tokens: memoryTokens(world, crypto),
    authorities: memoryRepository(KINDS.authorities, PLATFORM, world, crypto),
    intermediates: memoryRepository(KINDS.intermediates, PLATFORM, world, crypto),
    revocations: memoryRepository(KINDS.revocations, PLATFORM, world, crypto),
    certificates: memoryRepository(KINDS.server_certificates, PLATFORM, world, crypto),
    bans: memoryRepository(KINDS.bans, PLATFORM, world, crypto),
    decoys: memoryRepository(KINDS.decoys, PLATFORM, world, crypto),
    contents: memoryContents(world),
    leftovers: memoryLeftovers(world),
    document: () => Promise.resolve(world.state().document),
    saveDocument: (document) =>
      world.write((state) => {
        state.document = document;
        state.tags.set(PLATFORM, nextTag());
      }),
    fleet: () => Promise.resolve(countFleet(world.state())),
    audit: (entry) =>
      world.write((state) => {
        state.audit = [entry, ...state.audit];
      }),
    auditLog: ({ tenant, limit }) =>
      Promise.resolve(
        world
          .state()
          .audit.filter((entry) => (tenant ?? entry.tenant) === entry.tenant)
          .slice(0, limit),
      ),
    auditFrom: (place, limit) => {
      const oldestFirst = world.state().audit.toReversed();
      return Promise.resolve(
        oldestFirst.slice(place, place + limit).map((entry, index) => ({ place: place + index + 1, entry })),
      );
    },
  };
}

function memoryTenant(tenant: TenantId, world: World, crypto: KeyedHash): TenantStore {
  return {
    tenant,
    groups: memoryRepository(KINDS.groups, tenant, world, crypto),
    people: memoryRepository(KINDS.people, tenant, world, crypto),
    extensions: memoryExtensions(tenant, world, crypto),
    phones: memoryPhones(tenant, world, crypto),
    templates: memoryRepository(KINDS.templates, tenant, world, crypto),
    profiles: memoryRepository(KINDS.profiles, tenant, world, crypto),
    mappings: memoryRepository(KINDS.mappings, tenant, world, crypto),
    firmware: memoryRepository(KINDS.firmware_images, tenant, world, crypto),
    uploads: memoryUploads(tenant, world),
  };
}

/** Nothing but what was asked for before; the journal stays. */
function clearState(state: State): void {
  const empty = emptyState();
  for (const table of TABLES) state.rows[table].clear();
  for (const map of [state.claims, state.phoneStates, state.uploads]) map.clear();
  state.document = empty.document;
  state.audit = [];
  state.tags.set(PLATFORM, nextTag());
}

const storeIn = (world: World, crypto: KeyedHash, transaction: Store['transaction']): Store => ({
  platform: memoryPlatform(world, crypto),
  directory: memoryDirectory(world),
  journal: memoryJournal(world),
  guard: memoryGuard(world),
  tenant: (id) => memoryTenant(id, world, crypto),
  transaction,
  snapshot: () => {
    const then = copyState(world.state());
    const reading: World = { state: () => then, write: () => Promise.reject(new Error('a snapshot is read only')) };
    return Promise.resolve({ store: storeIn(reading, crypto, transaction), end: () => Promise.resolve() });
  },
  clear: () => world.write(clearState),
  // Nothing is shared here that could be left behind.
  tidy: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

/** A store that forgets, with the rules of the real ones: for tests, and for what is thrown away afterwards. */
export function memoryStore({ crypto = plainHash }: MemoryOptions = {}): Store {
  let committed = emptyState();
  const { inTurn } = takeTurns();

  const transaction: Store['transaction'] = (work) =>
    inTurn(async () => {
      const draft: State = copyState(committed);
      const inside: Store = storeIn(
        {
          state: () => draft,
          write: (change) => Promise.resolve().then(() => change(draft)),
        },
        crypto,
        (nested) => nested(inside),
      );
      const result = await work(inside);
      committed = draft;
      return result;
    });

  const outside: World = {
    state: () => committed,
    write: (change) => inTurn(() => change(committed)),
  };
  return storeIn(outside, crypto, transaction);
}
