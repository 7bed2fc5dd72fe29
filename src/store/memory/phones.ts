import type {
  ExtensionRepository,
  Fleet,
  PhoneRepository,
  Repository,
  Upload,
  Uploads,
  Versioned,
  WriteConflict,
} from '../../app/ports.ts';
import {
  NEW_PHONE_STATE,
  stateName,
  type Extension,
  type Phone,
  type PhoneState,
  type PhoneStateName,
} from '../../domain/phone.ts';
import type { PhoneId, TenantId } from '../../domain/ids.ts';
import { isCompared, isNoticed } from '../fingerprint.ts';
import { KINDS, PLATFORM, type KeyedHash } from '../kinds.ts';
import { compareKeys, pageOf } from '../order.ts';
import { identitiesOf, together } from '../../domain/removed-phone.ts';
import { holdersOf, memoryRepository } from './repository.ts';
import { nextTag, versioned, type Row, type State, type StoredUpload, type World } from './state.ts';

const tagOf = (state: State, key: string): number => state.tags.get(key) ?? 0;

export const scopeFingerprint = (state: State, tenant: string): string =>
  `${tagOf(state, PLATFORM)}.${tagOf(state, tenant)}`;

export const phoneFingerprint = (state: State, tenant: string, phone: string): string =>
  `${scopeFingerprint(state, tenant)}.${tagOf(state, phone)}`;

/** The other phones on which an extension is. */
const holders = (state: State, extension: string, but?: string): string[] =>
  holdersOf(state, `extensions/${extension}`)
    .map(({ id }) => id)
    .filter((phone) => phone !== but);

function takenExtension(state: State, phone: Phone): WriteConflict | undefined {
  for (const { extension } of phone.lines) {
    const row = state.rows.extensions.get(extension);
    if (row === undefined || row.object.shared || holders(state, extension, phone.id).length === 0) continue;
    return { kind: 'taken', field: 'extension', value: row.object.number };
  }
  return undefined;
}

/** An extension that is on several phones can't cease to be shared. */
function sharedStill(state: State, extension: Extension): WriteConflict | undefined {
  const [first, ...more] = extension.shared ? [] : holders(state, extension.id);
  if (first === undefined || more.length === 0) return undefined;
  return { kind: 'in_use', by: `phone ${state.rows.phones.get(first)?.object.name ?? first}` };
}

export function memoryExtensions(tenant: TenantId, world: World, crypto: KeyedHash): ExtensionRepository {
  return {
    ...memoryRepository(KINDS.extensions, tenant, world, crypto, sharedStill),
    unassigned: (page) => {
      const state = world.state();
      const held = new Set([...state.rows.phones.values()].flatMap((row) => row.pointsTo));
      const free = [...state.rows.extensions.values()]
        .filter((row) => row.scope === tenant && !held.has(`extensions/${row.object.id}`))
        .map(versioned);
      return Promise.resolve(pageOf(free, (extension) => extension.number, page));
    },
  };
}

/** As `lastingPhones` of the databases. */
function lastingPhones(tenant: TenantId, world: World, crypto: KeyedHash): Repository<Phone> {
  const phones = memoryRepository(KINDS.phones, tenant, world, crypto, takenExtension);
  const takeGiven = (state: State, phone: Phone): void => {
    const given = together(...identitiesOf(phone).map((identity) => state.removedPhones.get(identity) ?? []));
    for (const identity of identitiesOf(phone)) state.removedPhones.delete(identity);
    if (given.length > 0) state.phoneStates.set(phone.id, { ...NEW_PHONE_STATE, given });
  };
  return {
    ...phones,
    create: async (phone, version) => {
      const created = await phones.create(phone, version);
      if (created.ok)
        await world.write((state) => {
          takeGiven(state, phone);
        });
      return created;
    },
    remove: async (id) => {
      const phone = await phones.byId(id);
      const given = world.state().phoneStates.get(id)?.given ?? [];
      const removed = await phones.remove(id);
      if (removed.ok && phone !== undefined && given.length > 0)
        await world.write((state) => {
          for (const identity of identitiesOf(phone)) state.removedPhones.set(identity, given);
        });
      return removed;
    },
  };
}

export function memoryPhones(tenant: TenantId, world: World, crypto: KeyedHash): PhoneRepository {
  const isMine = (state: State, id: PhoneId): boolean => state.rows.phones.get(id)?.scope === tenant;
  const mine = (): Row<Phone>[] =>
    [...world.state().rows.phones.values()]
      .filter((row) => row.scope === tenant)
      .sort((a, b) => compareKeys(a.object.name, b.object.name));
  const stateOf = (state: State, id: PhoneId): PhoneState =>
    (isMine(state, id) ? state.phoneStates.get(id) : undefined) ?? NEW_PHONE_STATE;

  const pointingTo = (target: string): Promise<readonly Versioned<Phone>[]> =>
    Promise.resolve(
      mine()
        .filter((row) => row.pointsTo.includes(target))
        .map(versioned),
    );

  return {
    ...lastingPhones(tenant, world, crypto),
    byExtension: (extension) => pointingTo(`extensions/${extension}`),
    byPerson: (person) => pointingTo(`people/${person}`),
    notCompared: (limit) => {
      const state = world.state();
      const late = mine()
        .map(({ object }) => ({
          phone: object.id,
          fingerprint: phoneFingerprint(state, tenant, object.id),
        }))
        .filter(({ phone, fingerprint }) => isCompared(stateOf(state, phone), fingerprint) === false);
      return Promise.resolve(late.slice(0, limit));
    },
    state: (id) => Promise.resolve(stateOf(world.state(), id)),
    whole: (id) => {
      const state = world.state();
      const row = isMine(state, id) ? state.rows.phones.get(id) : undefined;
      if (row === undefined) return Promise.resolve(undefined);
      const extensions = Array.from(new Set(row.object.lines.map((line) => line.extension))).flatMap((extension) => {
        const found = state.rows.extensions.get(extension);
        return found?.scope === tenant ? [versioned(found)] : [];
      });
      return Promise.resolve({ phone: versioned(row), state: stateOf(state, id), extensions });
    },
    fingerprint: (id) => Promise.resolve(isMine(world.state(), id) ? phoneFingerprint(world.state(), tenant, id) : ''),
    updateState: (id, change) =>
      world.write((state) => {
        const before = stateOf(state, id);
        const after = change(before);
        if (!isMine(state, id)) return after;
        state.phoneStates.set(id, after);
        if (isNoticed(before, after)) state.tags.set(id, nextTag());
        return after;
      }),
  };
}

export function countFleet(state: State): Fleet {
  const phones = [...state.rows.phones.values()].map(({ object: { id, tenant } }) => {
    const fingerprint = phoneFingerprint(state, tenant, id);
    const phone = state.phoneStates.get(id) ?? NEW_PHONE_STATE;
    return { name: stateName(phone, fingerprint), isLate: isCompared(phone, fingerprint) === false };
  });
  const count = (name: PhoneStateName): number => phones.filter((phone) => phone.name === name).length;
  return {
    tenants: state.rows.tenants.size,
    owned: count('owned'),
    served: count('served'),
    outdated: count('outdated'),
    notCompared: phones.filter(({ isLate }) => isLate).length,
  };
}

const byAge = (a: StoredUpload, b: StoredUpload): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

export function memoryUploads(tenant: TenantId, world: World): Uploads {
  const uploadsOf = (state: State, phone: PhoneId): readonly StoredUpload[] =>
    state.rows.phones.get(phone)?.scope === tenant ? (state.uploads.get(phone) ?? []) : [];
  return {
    put: (phone, name, bytes, at, maxFiles) =>
      world.write((state) => {
        if (state.rows.phones.get(phone)?.scope !== tenant) return;
        const kept = uploadsOf(state, phone).filter((upload) => upload.name !== name);
        const upload = { name, at: at.toISOString(), size: bytes.length, bytes: Uint8Array.from(bytes) };
        state.uploads.set(phone, [...kept, upload].sort(byAge).slice(-maxFiles));
      }),
    list: (phone) =>
      Promise.resolve(
        uploadsOf(world.state(), phone)
          .map(({ name, at, size }): Upload => ({ name, at, size }))
          .reverse(),
      ),
    read: (phone, name) =>
      Promise.resolve(uploadsOf(world.state(), phone).find((upload) => upload.name === name)?.bytes),
  };
}
