import type { PhoneId, TenantId } from '../../domain/ids.ts';
import { identitiesOf } from '../../domain/removed-phone.ts';
import type { Actor } from '../access/actor.ts';
import { dropContent } from '../firmware/save-firmware.ts';
import {
  StoreUnavailable,
  type Clock,
  type PlatformStore,
  type Store,
  type TenantStore,
  type WriteConflict,
} from '../ports.ts';
import { BadBackup } from './bad-backup.ts';
import { objectLine, sealedAt, type Header, type ObjectLine } from './format.ts';
import { keptAudit, keptLeftover, keptPlatform, keptState, keptUpload } from './kept-objects.ts';
import { checked, readLines, type ReadLine, type ReadPorts } from './read-backup.ts';
import { restoreFile, type FilePorts } from './restore-files.ts';
import { every, FIRST, LAST, OWNED, TENANTS, type Shelf } from './shelves.ts';

export interface RestorePorts extends ReadPorts, FilePorts {
  readonly store: Store;
  readonly clock: Clock;
}

export interface Restored {
  readonly header: Header;
  readonly objects: number;
  readonly files: number;
  /** Checksums of firmware files that are named, but whose content is not here. */
  readonly missingFiles: readonly string[];
}

/** What was restored so far: what follows may name nothing else. */
interface Known {
  readonly tenants: Map<string, TenantId>;
  /** With the tenant that owns it. */
  readonly phones: Map<string, TenantStore>;
  /** Checksums of firmware files. */
  readonly images: Set<string>;
}

/** One line of the backup on its way into the store. */
interface Arriving extends ObjectLine {
  readonly number: number;
}

const MAX_UPLOADS = 10_000;

const PLATFORM_SHELVES: ReadonlyMap<string, Shelf<PlatformStore>> = new Map(
  [...FIRST, TENANTS, ...LAST].map((one) => [one.kind, one]),
);
const TENANT_SHELVES: ReadonlyMap<string, Shelf<TenantStore>> = new Map(OWNED.map((one) => [one.kind, one]));

const idIn = (doc: unknown): string =>
  typeof doc === 'object' && doc !== null && 'id' in doc && typeof doc.id === 'string' ? doc.id : '';

function opened({ sealing }: RestorePorts, { number, kind, doc }: Arriving, id: string): unknown {
  try {
    return sealing.open(doc, sealedAt(kind, id));
  } catch (cause) {
    throw new BadBackup(number, 'holds a secret that this master key cannot open: it was changed, or moved', { cause });
  }
}

function reasonOf(conflict: WriteConflict): string {
  switch (conflict.kind) {
    case 'taken':
      return `has a ${conflict.field} that another object has`;
    case 'in_use':
      return `does not fit to ${conflict.by}`;
    case 'stale':
      return 'is stale';
  }
}

async function putBack<Owner>(
  ports: RestorePorts,
  shelf: Shelf<Owner> | undefined,
  owner: Owner,
  line: Arriving,
): Promise<{ readonly id: string }> {
  if (shelf === undefined) throw new BadBackup(line.number, 'is of a kind that there is not');
  const doc = opened(ports, line, idIn(line.doc));
  const object = checked(line.number, shelf.check(doc), doc);
  const written = await shelf.write(owner, object, line.version ?? 1).catch((error: unknown) => {
    // A broken world is no fault of the backup; everything else is: it names what is not there, or is not whose it says.
    if (error instanceof StoreUnavailable) throw error;
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new BadBackup(line.number, `cannot be kept: ${reason}`, { cause: error });
  });
  if (!written.ok) throw new BadBackup(line.number, reasonOf(written.error));
  return object;
}

function noteImage(known: Known, kind: string, object: object): void {
  if (kind === 'firmware' && 'sha256' in object && typeof object.sha256 === 'string') known.images.add(object.sha256);
}

function ownerOf(store: Store, known: Known, { number, tenant = '' }: Arriving): TenantStore {
  const id = known.tenants.get(tenant);
  if (id === undefined) throw new BadBackup(number, 'belongs to a tenant that is not in the backup');
  return store.tenant(id);
}

function phoneOf(known: Known, { number, tenant, phone = '' }: Arriving): TenantStore {
  const own = known.phones.get(phone);
  if (own === undefined || own.tenant !== tenant)
    throw new BadBackup(number, 'belongs to a phone that is not in the backup');
  return own;
}

type PutBack = (ports: RestorePorts, store: Store, known: Known, line: Arriving) => Promise<void>;

/** Kinds of lines that are no objects with an id of their own. `as`: the phone's id was found among those restored. */
const PARTS: Readonly<Partial<Record<string, PutBack>>> = {
  platform: async (ports, { platform }, _known, line) => {
    const doc = opened(ports, line, 'platform');
    await platform.saveDocument(checked(line.number, keptPlatform.safeParse(doc), doc));
  },
  state: async (ports, _store, known, line) => {
    const own = phoneOf(known, line);
    const doc = opened(ports, line, line.phone ?? '');
    const state = checked(line.number, keptState.safeParse(doc), doc);
    // The phone may have been here before, and been given more since.
    await own.phones.updateState(line.phone as PhoneId, ({ given }) => ({
      ...state,
      given: Array.from(new Set([...state.given, ...given])),
    }));
  },
  upload: async (ports, _store, known, line) => {
    const own = phoneOf(known, line);
    const doc = opened(ports, line, line.phone ?? '');
    const { name, at, bytes } = checked(line.number, keptUpload.safeParse(doc), doc);
    const content = ports.base64.decode(bytes.reveal());
    await own.uploads.put(line.phone as PhoneId, name, content, new Date(at), MAX_UPLOADS);
  },
  // After the phones: what they were given in the backup stands with them.
  leftover: async (_ports, { platform }, _known, line) => {
    await platform.leftovers.keep(checked(line.number, keptLeftover.safeParse(line.doc), line.doc));
  },
  audit: async (_ports, { platform }, _known, line) => {
    await platform.audit(checked(line.number, keptAudit.safeParse(line.doc), line.doc));
  },
};

async function putBackObject(ports: RestorePorts, store: Store, known: Known, line: Arriving): Promise<void> {
  if (line.tenant === undefined) {
    const object = await putBack(ports, PLATFORM_SHELVES.get(line.kind), store.platform, line);
    // `as`: what the tenants' schema has let through has a tenant's id.
    if (line.kind === 'tenants') known.tenants.set(object.id, object.id as TenantId);
    noteImage(known, line.kind, object);
    return;
  }
  const own = ownerOf(store, known, line);
  const object = await putBack(ports, TENANT_SHELVES.get(line.kind), own, line);
  if (line.kind === 'phones') known.phones.set(object.id, own);
  noteImage(known, line.kind, object);
}

const kindOf = (json: unknown): unknown =>
  typeof json === 'object' && json !== null && 'kind' in json ? json.kind : undefined;

/** All lines into the store that is given, which keeps them when the last one was right. */
async function putBackLines(
  ports: RestorePorts,
  store: Store,
  lines: AsyncGenerator<ReadLine>,
  onFile: (sha256: string) => void,
): Promise<Pick<Restored, 'objects'> & Known> {
  const known: Known = { tenants: new Map(), phones: new Map(), images: new Set() };
  const files = ports.files.within(store.platform);
  let objects = 0;
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    const { number, json } = next.value;
    if (kindOf(json) === 'file') onFile(await restoreFile(ports, files, next.value, lines, known.images));
    else {
      const line = { ...checked(number, objectLine.safeParse(json), json), number };
      const part = Object.hasOwn(PARTS, line.kind) ? PARTS[line.kind] : undefined;
      await (part ?? putBackObject)(ports, store, known, line);
      objects += 1;
    }
  }
  return { objects, ...known };
}

/** The store has something in it, and nobody said that it may go. */
export class StoreNotEmpty extends Error {
  override readonly name = 'StoreNotEmpty';

  constructor() {
    super('the store is not empty: with --replace everything in it is removed and the backup takes its place');
  }
}

/** Devices keep what they were given, also those that the backup does not know, or from before they were given it. */
async function rememberGiven(store: Store): Promise<void> {
  for await (const { id } of TENANTS.read(store.platform)) {
    const own = store.tenant(id as TenantId);
    for await (const phone of every(own.phones, ({ name }) => name)) {
      const { given } = await own.phones.state(phone.id);
      if (given.length === 0) continue;
      for (const identity of identitiesOf(phone)) await store.platform.leftovers.keep({ identity, given });
    }
  }
}

async function makeRoom(store: Store, replace: boolean): Promise<void> {
  if (replace) {
    await rememberGiven(store);
    await store.clear();
    return;
  }
  for (const shelf of [...FIRST, TENANTS, ...LAST])
    if ((await shelf.count(store.platform)) > 0) throw new StoreNotEmpty();
}

async function imagesOf(store: Store): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const note = (object: object): void => {
    noteImage({ tenants: new Map(), phones: new Map(), images: found }, 'firmware', object);
  };
  const [platformImages, ownImages] = [PLATFORM_SHELVES.get('firmware'), TENANT_SHELVES.get('firmware')];
  for await (const image of platformImages?.read(store.platform) ?? []) note(image);
  for await (const { id } of TENANTS.read(store.platform))
    for await (const image of ownImages?.read(store.tenant(id as TenantId)) ?? []) note(image);
  return found;
}

/** Content that no image of anybody names any more, or yet. */
async function dropUnnamed({ store, files }: RestorePorts, checksums: Iterable<string>): Promise<void> {
  for (const sha256 of checksums) await dropContent(store, files, sha256);
}

async function missingOf({ files }: RestorePorts, images: Iterable<string>): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const sha256 of images) if (!(await files.has(sha256))) missing.push(sha256);
  return missing;
}

/**
 * Puts a backup into the store: all of it or nothing. `open` gives its lines, again where the database makes the transaction
 * run again. Throws `BadBackup`, `StoreNotEmpty`, or what is wrong with the world.
 */
export const restoreBackup =
  (ports: RestorePorts) =>
  async (
    actor: Actor,
    open: () => AsyncIterable<string>,
    { replace }: { readonly replace: boolean },
  ): Promise<Restored> => {
    const { store, clock } = ports;
    const contents = new Set(await imagesOf(store));
    const present = new Set(contents);
    try {
      const restored = await store.transaction(async (inside) => {
        await makeRoom(inside, replace);
        const read: { header?: Header } = {};
        const lines = readLines(ports, open(), (header) => (read.header = header));
        const { objects, images } = await putBackLines(ports, inside, lines, (sha256) => contents.add(sha256));
        if (read.header === undefined) throw new BadBackup(1, 'is not there: the file is empty');
        const { created } = read.header;
        await inside.platform.audit({
          at: clock.now().toISOString(),
          who: actor.name,
          from: actor.from,
          what: 'backup.restored',
          object: created,
        });
        return { header: read.header, objects, images };
      });
      const files = Array.from(contents).filter((sha256) => !present.has(sha256)).length;
      return {
        header: restored.header,
        objects: restored.objects,
        files,
        missingFiles: await missingOf(ports, restored.images),
      };
    } finally {
      await dropUnnamed(ports, contents);
    }
  };
