import type { PhoneId } from '../../domain/ids.ts';
import { NEW_PHONE_STATE, type FirmwareImage } from '../../domain/phone.ts';
import { inPieces } from '../../domain/pieces.ts';
import { Secret } from '../../domain/secret.ts';
import type { Actor } from '../access/actor.ts';
import { pages } from '../pages.ts';
import type { Clock, Crypto, FileStore, Sealing, Store, TenantStore } from '../ports.ts';
import {
  addToChecksum,
  FORMAT,
  FORMAT_VERSION,
  KEY_CONTEXT,
  keyCheck,
  sealedAt,
  type Base64,
  type Header,
  type Line,
  type ObjectLine,
} from './format.ts';
import type { KeptUpload } from './kept-objects.ts';
import { every, FIRST, LAST, OWNED, TENANTS, type Shelf } from './shelves.ts';

export interface BackupPorts {
  readonly store: Store;
  readonly files: FileStore;
  readonly crypto: Crypto;
  readonly sealing: Sealing;
  readonly clock: Clock;
  /** Of this program. */
  readonly version: string;
  /** Of the store's tables. */
  readonly schema: number;
  readonly base64: Base64;
}

export interface BackupOptions {
  /** With the content of the firmware files; else they are named by their checksum only. */
  readonly withFirmware: boolean;
}

const PAGE = 200;
/** Of a firmware file in one line; a multiple of three, so that base64 pads the last one only. */
const PIECE_BYTES = 48 * 1024;

const sealed = ({ sealing }: BackupPorts, kind: string, id: string, object: unknown): unknown =>
  sealing.seal(object, sealedAt(kind, id));

async function* objectsOf<Owner>(
  ports: BackupPorts,
  { kind, read }: Shelf<Owner>,
  owner: Owner,
  place: Pick<ObjectLine, 'tenant'> = {},
): AsyncGenerator<ObjectLine> {
  for await (const { version, ...object } of read(owner))
    yield { kind, ...place, version, doc: sealed(ports, kind, object.id, object) };
}

/** What a phone has done and sent. */
async function* ofPhone(ports: BackupPorts, own: TenantStore, phone: PhoneId): AsyncGenerator<ObjectLine> {
  const place = { tenant: own.tenant, phone };
  const state = await own.phones.state(phone);
  if (state !== NEW_PHONE_STATE) yield { kind: 'state', ...place, doc: sealed(ports, 'state', phone, state) };
  for (const { name, at } of await own.uploads.list(phone)) {
    const bytes = await own.uploads.read(phone, name);
    if (bytes === undefined) continue;
    const upload: KeptUpload = { name, at, bytes: new Secret(ports.base64.encode(bytes)) };
    yield { kind: 'upload', ...place, doc: sealed(ports, 'upload', phone, upload) };
  }
}

async function* phonesOf(ports: BackupPorts, own: TenantStore): AsyncGenerator<ObjectLine> {
  for await (const { id } of every(own.phones, (phone) => phone.name)) yield* ofPhone(ports, own, id);
}

async function* ofTenants(ports: BackupPorts, store: Store): AsyncGenerator<ObjectLine> {
  for await (const { id } of every(store.platform.tenants, (tenant) => tenant.name)) {
    const own = store.tenant(id);
    for (const shelf of OWNED) yield* objectsOf(ports, shelf, own, { tenant: id });
    yield* phonesOf(ports, own);
  }
}

async function* auditOf({ platform }: Store): AsyncGenerator<ObjectLine> {
  for (let place = 0, more = true; more;) {
    const page = await platform.auditFrom(place, PAGE);
    for (const { entry } of page) yield { kind: 'audit', doc: entry };
    place = page.at(-1)?.place ?? place;
    more = page.length === PAGE;
  }
}

async function* leftoversOf({ platform }: Store): AsyncGenerator<ObjectLine> {
  const all = pages(
    (asked) => platform.leftovers.list(asked),
    (leftover) => leftover.identity,
    PAGE,
  );
  for await (const page of all) for (const doc of page) yield { kind: 'leftover', doc };
}

async function* objects(ports: BackupPorts, store: Store): AsyncGenerator<ObjectLine> {
  const { platform } = store;
  yield { kind: 'platform', doc: sealed(ports, 'platform', 'platform', await platform.document()) };
  for (const shelf of FIRST) yield* objectsOf(ports, shelf, platform);
  yield* objectsOf(ports, TENANTS, platform);
  yield* ofTenants(ports, store);
  yield* leftoversOf(store);
  for (const shelf of LAST) yield* objectsOf(ports, shelf, platform);
  yield* auditOf(store);
}

async function* fileLines(
  { files, base64 }: BackupPorts,
  { platform }: Store,
  { sha256, size }: Pick<FirmwareImage, 'sha256' | 'size'>,
): AsyncGenerator<Line> {
  yield { kind: 'file', sha256, size };
  const content = files.within(platform).read(sha256);
  for await (const piece of inPieces(content, PIECE_BYTES)) yield { kind: 'piece', bytes: base64.encode(piece) };
}

const isImage = (doc: unknown): doc is Pick<FirmwareImage, 'sha256' | 'size'> =>
  typeof doc === 'object' && doc !== null && 'sha256' in doc && 'size' in doc;

async function* allLines(ports: BackupPorts, { withFirmware }: BackupOptions, store: Store): AsyncGenerator<Line> {
  const images = new Map<string, number>();
  for await (const line of objects(ports, store)) {
    if (line.kind === 'firmware' && isImage(line.doc)) images.set(line.doc.sha256, line.doc.size);
    yield line;
  }
  if (withFirmware) for (const [sha256, size] of images) yield* fileLines(ports, store, { sha256, size });
}

const headerOf = ({ sealing, clock, version, schema }: BackupPorts, { withFirmware }: BackupOptions): Header => ({
  format: FORMAT,
  version: FORMAT_VERSION,
  schema,
  offhook: version,
  created: clock.now().toISOString(),
  firmware: withFirmware,
  key: sealing.seal(keyCheck, KEY_CONTEXT),
});

/** Who made it is in the audit log before the first line goes out, and so in the backup as well. */
export const startBackup =
  (ports: BackupPorts) =>
  async (actor: Actor, options: BackupOptions): Promise<AsyncGenerator<string>> => {
    await ports.store.platform.audit({
      at: ports.clock.now().toISOString(),
      who: actor.name,
      from: actor.from,
      what: 'backup.made',
      object: 'everything',
      detail: options.withFirmware ? 'with firmware' : 'without firmware',
    });
    return backupLines(ports, options);
  };

/**
 * Everything that is kept, as it was at one moment, line by line: what goes on meanwhile is not in it. The journal of
 * requests, logins and the content of the files of phones on their way are not kept in backups.
 */
export async function* backupLines(ports: BackupPorts, options: BackupOptions): AsyncGenerator<string> {
  const { store, end } = await ports.store.snapshot();
  let [lines, checksum] = [0, ''];
  const written = (line: Line): string => {
    const text = JSON.stringify(line);
    lines += 1;
    checksum = addToChecksum(ports.crypto, checksum, text);
    return `${text}\n`;
  };
  try {
    yield written(headerOf(ports, options));
    for await (const line of allLines(ports, options, store)) yield written(line);
    yield `${JSON.stringify({ kind: 'end', lines, checksum })}\n`;
  } finally {
    await end();
  }
}
