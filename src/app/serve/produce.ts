import type { PhoneState } from '../../domain/phone.ts';
import { parseFirmwareVersion } from '../../domain/firmware-version.ts';
import { toBytes } from '../../vendors/kit/text.ts';
import type { Param } from '../../vendors/kit/driver.ts';
import type { Crypto, FileStore, Store, TenantStore } from '../ports.ts';
import type { Choice } from './choose-content.ts';
import type { Outcome, PhoneRequest, Transfer } from './outcome.ts';
import type { KnownPhone } from './known-phone.ts';
import type { PhoneCache } from './phone-cache.ts';
import type { ServerAddresses } from './server-addresses.ts';
import type { Standing } from './prove.ts';

export interface ProducePorts {
  readonly store: Store;
  readonly crypto: Crypto;
  readonly files: FileStore;
  readonly cache: Pick<PhoneCache, 'file'>;
  readonly addresses: () => ServerAddresses;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What goes out, and what has to be noted when it has arrived. */
export interface Produced {
  readonly outcome: DistributiveOmit<Outcome, 'onTransfer'>;
  readonly gaps: number;
  /** Runs after a complete transfer; failures are the caller's to log. */
  readonly whenComplete?: ((transfer: Transfer) => Promise<void>) | undefined;
}

const nothing = (kind: 'not_found' | 'accepted'): Produced => ({ outcome: { kind }, gaps: 0 });

/** `If-None-Match` may list several tags, weak or not (RFC 9110 §13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined || header.length > 8192) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function answer(
  request: PhoneRequest,
  bytes: Uint8Array,
  contentType: string,
  etag: string,
): DistributiveOmit<Outcome, 'onTransfer'> {
  return matches(request.ifNoneMatch, etag)
    ? { kind: 'not_modified', etag }
    : { kind: 'file', bytes, contentType, etag };
}

// A phone's file goes out only when everything it will have been given is on record: a lost transfer then loses nothing,
// and what is removed later can be cleared. Known names need no write, so an unchanged phone costs none.
async function noteGiven(store: TenantStore, { phone }: KnownPhone, names: readonly string[]): Promise<void> {
  await store.phones.updateState(phone.id, (state) => ({
    ...state,
    given: Array.from(new Set([...state.given, ...names])).toSorted(),
  }));
}

/** What the phone has now, and what it said of itself; written only when it is news. */
function noteServed(
  store: TenantStore,
  request: PhoneRequest,
  { known, recognised }: Standing,
  name: string,
  hash: string,
): Produced['whenComplete'] {
  if (known === undefined) return undefined;
  const { firmware, model } = recognised.identity;
  const isNews = known.served.get(name) !== hash || (firmware !== undefined && known.firmwareSeen !== firmware.text);
  if (!isNews) return undefined;
  const at = request.at.toISOString();
  const change = (state: PhoneState): PhoneState => ({
    ...state,
    seen: {
      at,
      address: request.address,
      door: request.door,
      ...(firmware === undefined ? {} : { firmware: firmware.text }),
      ...(model === undefined ? {} : { model }),
    },
    served: { ...state.served, [name]: { hash, at } },
  });
  return async () => {
    await store.phones.updateState(known.phone.id, change);
    known.served.set(name, hash);
  };
}

async function produceConfig(
  ports: ProducePorts,
  request: PhoneRequest,
  standing: Standing,
  { known, part, exposure }: Extract<Choice, { kind: 'config' }>,
): Promise<Produced> {
  const firmware = standing.recognised.identity.firmware ?? parseFirmwareVersion(known.firmware);
  const file = await ports.cache.file(known, { part, exposure, firmware, today: request.at });
  if (file === undefined) return nothing('not_found');
  const store = ports.store.tenant(known.tenant.id);
  if (exposure === 'full' && file.news.length > 0) await noteGiven(store, known, file.news);
  const name = request.file.toLowerCase();
  const whenComplete = exposure === 'full' ? noteServed(store, request, standing, name, file.hash) : undefined;
  const outcome = answer(request, file.bytes, file.contentType, `"${file.hash.slice(0, 32)}"`);
  return { outcome, gaps: file.gaps, whenComplete };
}

function produceBootstrap(
  { crypto }: ProducePorts,
  request: PhoneRequest,
  standing: Standing,
  choice: Extract<Choice, { kind: 'bootstrap' }>,
): Produced {
  const { driver, model, part } = choice;
  const firmware = standing.recognised.identity.firmware ?? parseFirmwareVersion(model.defaultFirmware ?? '');
  const params: readonly Param[] = Object.entries(choice.params).map(([name, value]) => ({
    name,
    value,
    secret: false,
    source: { kind: 'vendor' },
  }));
  const ctx = { part, model, firmware, mac: undefined };
  const bytes = toBytes(driver.codec.write(params, ctx), driver.codec.charset(ctx));
  const etag = `"${crypto.keyedHash('served', bytes).slice(0, 32)}"`;
  return { outcome: answer(request, bytes, driver.codec.contentType(part), etag), gaps: 0 };
}

function produceFirmware(
  { files }: ProducePorts,
  request: PhoneRequest,
  { image }: Extract<Choice, { kind: 'firmware' }>,
): Produced {
  const etag = `"${image.sha256.slice(0, 32)}"`;
  if (matches(request.ifNoneMatch, etag)) return { outcome: { kind: 'not_modified', etag }, gaps: 0 };
  const open = (range?: { readonly first: number; readonly last: number }): NodeJS.ReadableStream =>
    files.open(image.sha256, range);
  return {
    outcome: { kind: 'stored_file', open, size: image.size, contentType: 'application/octet-stream', etag },
    gaps: 0,
  };
}

/** Most uploads kept of one phone; older ones go. */
const MAX_UPLOADS = 20;

async function produceUpload(
  { store }: ProducePorts,
  request: PhoneRequest,
  { known }: Extract<Choice, { kind: 'upload' }>,
): Promise<Produced> {
  await store
    .tenant(known.tenant.id)
    .uploads.put(known.phone.id, request.file.slice(0, 200), request.body ?? new Uint8Array(), request.at, MAX_UPLOADS);
  return nothing('accepted');
}

/** Writes what was chosen. */
export function produce(
  ports: ProducePorts,
  request: PhoneRequest,
  standing: Standing,
  choice: Choice,
): Produced | Promise<Produced> {
  switch (choice.kind) {
    case 'config':
      return produceConfig(ports, request, standing, choice);
    case 'bootstrap':
      return produceBootstrap(ports, request, standing, choice);
    case 'firmware':
      return produceFirmware(ports, request, choice);
    case 'certificate_authority': {
      const bytes = new TextEncoder().encode(ports.addresses().caPem);
      return {
        outcome: answer(
          request,
          bytes,
          'application/x-pem-file',
          `"${ports.crypto.keyedHash('served', bytes).slice(0, 32)}"`,
        ),
        gaps: 0,
      };
    }
    case 'upload':
      return produceUpload(ports, request, choice);
    case 'refused':
      return nothing('not_found');
  }
}
