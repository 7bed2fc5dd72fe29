import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import type { PhoneRef } from '../ports.ts';
import { knownPhone, type KnownPhone } from './known-phone.ts';
import type { PhoneBundle } from './phone-bundle.ts';
import type { Exposure, RenderedFile, RenderOptions } from './render-config.ts';
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

type KeptFile = Omit<ServedFile, 'bytes'> & { readonly difference: Difference };

interface Entry {
  readonly known: KnownPhone;
  readonly files: Map<string, KeptFile>;
  bytes: number;
}

export interface CachePorts {
  readonly maxBytes: number;
  readonly load: (ref: PhoneRef) => Promise<PhoneBundle | undefined>;
  readonly render: (bundle: PhoneBundle, options: RenderOptions) => RenderedFile;
  readonly hash: (bytes: Uint8Array) => string;
}

// What is known of a phone, and the entry itself: some thirty objects and strings.
const KNOWN_BYTES = 2_000;
// Resolved phones are large, and wanted again within a boot at most.
const MAX_RESOLVED = 200;
const MAX_SIBLINGS = 500;
// A sibling that is as little like the others is replaced.
const LIKE_ENOUGH = 0.6;

const keyOf = ({ part, exposure, firmware, today }: FileWanted): string =>
  // Some makers' daylight-saving rules are written for the year.
  `${part}|${exposure}|${firmware.text}|${today.getUTCFullYear() * 12 + today.getUTCMonth()}`;

/**
 * What was resolved and rendered is kept until an input changes: the fingerprint tells. Bounded by size; the phone that
 * has not asked for longest goes first. Lives in memory only: a rendered file holds secrets.
 */
export class PhoneCache {
  readonly #ports: CachePorts;
  readonly #entries = new Map<string, Entry>();
  readonly #resolved = new Map<string, PhoneBundle>();
  readonly #siblings = new Map<string, Sibling>();
  #bytes = 0;

  constructor(ports: CachePorts) {
    this.#ports = ports;
  }

  /** The phone that the directory named, as it is now. */
  async known(ref: PhoneRef): Promise<KnownPhone | undefined> {
    const kept = this.#entries.get(ref.phone);
    if (kept?.known.fingerprint === ref.fingerprint) {
      // Most recently used goes to the end of the Map's insertion order.
      this.#entries.delete(ref.phone);
      this.#entries.set(ref.phone, kept);
      return kept.known;
    }
    const bundle = await this.#load(ref);
    if (bundle === undefined) return undefined;
    const known = knownPhone(bundle);
    this.#keep({ known, files: new Map(), bytes: KNOWN_BYTES });
    return known;
  }

  /** A file of a phone that is known; undefined when the phone has gone meanwhile. */
  file(known: KnownPhone, wanted: FileWanted): ServedFile | Promise<ServedFile | undefined> {
    const key = keyOf(wanted);
    const kept = this.#entryOf(known)?.files.get(key);
    if (kept === undefined) return this.#write(known, wanted, key);
    const { contentType, gaps, news, hash, difference } = kept;
    return { contentType, gaps, news, hash, bytes: restore(difference) };
  }

  clear(): void {
    this.#entries.clear();
    this.#resolved.clear();
    this.#siblings.clear();
    this.#bytes = 0;
  }

  async #write(known: KnownPhone, wanted: FileWanted, key: string): Promise<ServedFile | undefined> {
    const bundle = await this.#bundleOf(known);
    if (bundle === undefined) return undefined;
    const { bytes, contentType, gaps, names } = this.#ports.render(bundle, wanted);
    const news = names.filter((name) => !bundle.given.has(name));
    const file = { contentType, gaps: gaps.length, news, hash: this.#ports.hash(bytes) };
    const entry = this.#entryOf(known);
    if (entry !== undefined) this.#keepFile(entry, key, { ...file, difference: this.#shorten(bundle, key, bytes) });
    return { ...file, bytes };
  }

  #entryOf(known: KnownPhone): Entry | undefined {
    const entry = this.#entries.get(known.phone.id);
    return entry?.known === known ? entry : undefined;
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

  /** As a difference from the same file of another phone like this one; the first of them is kept whole. */
  #shorten({ driver, phone, tenant }: PhoneBundle, key: string, bytes: Uint8Array): Difference {
    const alike = `${tenant.id}|${driver.id}|${phone.model}|${phone.template ?? ''}|${key}`;
    const sibling = this.#siblings.get(alike);
    const difference = sibling === undefined ? undefined : differenceFrom(sibling, bytes);
    if (difference !== undefined && difference.own.length <= LIKE_ENOUGH * bytes.length) return difference;
    const itself = asSibling(bytes);
    const [oldest] = this.#siblings.keys();
    if (this.#siblings.size >= MAX_SIBLINGS && oldest !== undefined) this.#siblings.delete(oldest);
    this.#siblings.set(alike, itself);
    return differenceFrom(itself, bytes);
  }

  #keep(entry: Entry): void {
    const { id } = entry.known.phone;
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0;
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    this.#grow(entry.bytes);
  }

  #keepFile(entry: Entry, key: string, file: KeptFile): void {
    const bytes = bytesOf(file.difference);
    entry.files.set(key, file);
    entry.bytes += bytes;
    this.#grow(bytes);
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    for (const [phone, entry] of this.#entries) {
      if (this.#bytes <= this.#ports.maxBytes) return;
      this.#entries.delete(phone);
      this.#bytes -= entry.bytes;
    }
  }
}
