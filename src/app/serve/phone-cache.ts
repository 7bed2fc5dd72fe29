import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import type { PhoneRef } from '../ports.ts';
import { knownPhone, type KeptFile, type KnownPhone } from './known-phone.ts';
import type { PhoneBundle } from './phone-bundle.ts';
import type { Exposure, RenderedFile, RenderOptions } from './render-config.ts';
import { RecentlyUsed } from './recently-used.ts';
import { asSibling, bytesOf, differenceFrom, restore, type Difference, type Sibling } from './sibling-difference.ts';

/** A file as it goes out, with its hash. */
export interface ServedFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly hash: string;
  readonly gaps: number;
  /** Names of parameters in it that the phone was never given before. */
  readonly news: readonly string[];
}

/** Which file of a phone. */
export interface FileWanted {
  readonly part: string;
  readonly exposure: Exposure;
  readonly firmware: FirmwareVersion;
  readonly today: Date;
}

export interface CachePorts {
  readonly maxBytes: number;
  readonly load: (ref: PhoneRef) => Promise<PhoneBundle | undefined>;
  readonly render: (bundle: PhoneBundle, options: RenderOptions) => RenderedFile;
  readonly hash: (bytes: Uint8Array) => string;
}

// Resolved phones are large, and wanted no more once their files are written.
const MAX_RESOLVED = 200;
const MAX_SIBLINGS = 500;
// A phone asks for two or three, with one firmware; whoever makes up firmware versions replaces his own.
const MAX_FILES = 8;
// Of a kept file without its difference.
const FILE_BYTES = 250;
// A sibling that is as little like the others is replaced.
const LIKE_ENOUGH = 0.6;

/** How many files of their own phones of this maker ask for. */
const filesOf = ({ requests }: VendorDriver): number =>
  new Set(requests.filter(({ kind }) => kind === 'config').map(({ part }) => part)).size;

const bytesOfAll = (files: readonly KeptFile[]): number =>
  files.reduce((sum, { difference }) => sum + FILE_BYTES + bytesOf(difference), 0);

const isFor = (file: KeptFile, { part, exposure, firmware, today }: FileWanted): boolean =>
  file.part === part &&
  file.exposure === exposure &&
  file.firmware === firmware.text &&
  file.from <= today.getTime() &&
  today.getTime() < file.until;

const startOfMonth = (day: Date, later = 0): number => Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + later);

/**
 * What was resolved and rendered is kept until an input changes: the fingerprint tells. Bounded by size; phones that
 * have not asked for longest go first. Lives in memory only: a rendered file holds secrets.
 */
export class PhoneCache {
  readonly #ports: CachePorts;
  readonly #phones: RecentlyUsed<KnownPhone>;
  readonly #resolved = new Map<string, PhoneBundle>();
  readonly #siblings = new Map<string, Sibling>();

  constructor(ports: CachePorts) {
    this.#ports = ports;
    this.#phones = new RecentlyUsed(ports.maxBytes, ({ bytes }) => bytes);
  }

  /** The phone that the directory named, as it is now. */
  known(ref: PhoneRef): KnownPhone | Promise<KnownPhone | undefined> {
    const known = this.#phones.get(ref.phone);
    return known?.fingerprint === ref.fingerprint ? known : this.#learn(ref);
  }

  /** A file of a phone that is known; undefined when the phone has gone meanwhile. */
  file(known: KnownPhone, wanted: FileWanted): ServedFile | Promise<ServedFile | undefined> {
    const kept = known.files.find((file) => isFor(file, wanted));
    if (kept === undefined) return this.#write(known, wanted);
    const { contentType, gaps, news, hash, difference } = kept;
    return { contentType, gaps, news, hash, bytes: restore(difference) };
  }

  clear(): void {
    this.#phones.clear();
    this.#resolved.clear();
    this.#siblings.clear();
  }

  async #learn(ref: PhoneRef): Promise<KnownPhone | undefined> {
    const bundle = await this.#load(ref);
    if (bundle === undefined) return undefined;
    const known = knownPhone(bundle);
    // By the directory's own text: the next look-up has the same, and need not compare its characters.
    this.#phones.set(ref.phone, known);
    return known;
  }

  async #write(known: KnownPhone, wanted: FileWanted): Promise<ServedFile | undefined> {
    const bundle = await this.#bundleOf(known);
    if (bundle === undefined) return undefined;
    const { bytes, contentType, gaps, names } = this.#ports.render(bundle, wanted);
    const news = names.filter((name) => !bundle.given.has(name));
    const file = { bytes, contentType, gaps: gaps.length, news, hash: this.#ports.hash(bytes) };
    this.#keep(known, this.#asKept(bundle, wanted, file));
    // Held any longer it would outlive the youngest generation of the heap: ten kilobytes for each phone, gone at the next full collection.
    if (known.files.length >= filesOf(known.driver)) this.#resolved.delete(known.phone.id);
    return file;
  }

  async #load(ref: PhoneRef): Promise<PhoneBundle | undefined> {
    const bundle = await this.#ports.load(ref);
    if (bundle === undefined) return undefined;
    this.#resolved.delete(ref.phone);
    this.#resolved.set(ref.phone, bundle);
    const [oldest] = this.#resolved.keys();
    if (this.#resolved.size > MAX_RESOLVED && oldest !== undefined) this.#resolved.delete(oldest);
    return bundle;
  }

  #bundleOf({ fingerprint, phone, tenant }: KnownPhone): Promise<PhoneBundle | undefined> {
    const resolved = this.#resolved.get(phone.id);
    return resolved?.fingerprint === fingerprint
      ? Promise.resolve(resolved)
      : this.#load({ fingerprint, phone: phone.id, tenant: tenant.id });
  }

  #asKept(bundle: PhoneBundle, wanted: FileWanted, { bytes, ...file }: ServedFile): KeptFile {
    const { part, exposure, firmware, today } = wanted;
    const span = { from: startOfMonth(today), until: startOfMonth(today, 1) };
    const place = { part, exposure, firmware: firmware.text, ...span };
    // Spread last, which V8 does ten times as fast.
    return { difference: this.#shorten(bundle, place, bytes), ...file, ...place };
  }

  /** As a difference from the same file of another phone like this one; the first of them is kept whole. */
  #shorten(
    { driver, phone, tenant }: PhoneBundle,
    { part, exposure, firmware, from }: Pick<KeptFile, 'part' | 'exposure' | 'firmware' | 'from'>,
    bytes: Uint8Array,
  ): Difference {
    const phones = `${tenant.id}|${driver.id}|${phone.model}|${phone.template ?? ''}`;
    const alike = `${phones}|${part}|${exposure}|${firmware}|${from}`;
    const sibling = this.#siblings.get(alike);
    const difference = sibling === undefined ? undefined : differenceFrom(sibling, bytes);
    if (difference !== undefined && difference.steps.length <= LIKE_ENOUGH * bytes.length) return difference;
    const itself = asSibling(bytes);
    const [oldest] = this.#siblings.keys();
    if (this.#siblings.size >= MAX_SIBLINGS && oldest !== undefined) this.#siblings.delete(oldest);
    this.#siblings.set(alike, itself);
    return differenceFrom(itself, bytes);
  }

  #keep(known: KnownPhone, file: KeptFile): void {
    const kept = known.files.slice(1 - MAX_FILES);
    const bytes = bytesOfAll([...kept, file]) - bytesOfAll(known.files);
    const isRemembered = this.#phones.get(known.phone.id) === known;
    // A new list of just the length that it has: one that is added to has room for sixteen more.
    known.files = [...kept, file];
    known.bytes += bytes;
    if (isRemembered) this.#phones.grown(bytes);
  }
}
