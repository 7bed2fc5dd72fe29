import type { PhoneRef } from '../ports.ts';
import type { PhoneBundle } from './phone-bundle.ts';
import type { RenderedFile } from './render-config.ts';

interface Entry {
  readonly bundle: PhoneBundle;
  readonly files: Map<string, ServedFile>;
  bytes: number;
}

/** A file as it goes out, with its entity tag and hash. */
export interface ServedFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly hash: string;
  readonly gaps: number;
  /** Names of parameters in it that the phone was never given before. */
  readonly news: readonly string[];
}

// A resolved phone holds a few hundred small objects beside its files.
const BUNDLE_BYTES = 6_000;

/**
 * What was resolved and rendered is kept until an input changes: the fingerprint tells. Bounded by size; the phone that
 * has not asked for longest goes first. Lives in memory only: a rendered file holds secrets.
 */
export class PhoneCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async bundle(ref: PhoneRef, load: () => Promise<PhoneBundle | undefined>): Promise<PhoneBundle | undefined> {
    const kept = this.#entries.get(ref.phone);
    if (kept?.bundle.fingerprint === ref.fingerprint) {
      // Most recently used goes to the end of the Map's insertion order.
      this.#entries.delete(ref.phone);
      this.#entries.set(ref.phone, kept);
      return kept.bundle;
    }
    const bundle = await load();
    if (bundle !== undefined) this.#keep(ref.phone, { bundle, files: new Map(), bytes: BUNDLE_BYTES });
    return bundle;
  }

  file(bundle: PhoneBundle, key: string, render: () => RenderedFile, hash: (bytes: Uint8Array) => string): ServedFile {
    const entry = this.#entries.get(bundle.phone.id);
    const kept = entry?.bundle === bundle ? entry.files.get(key) : undefined;
    if (kept !== undefined) return kept;
    const { bytes, contentType, gaps, names } = render();
    const news = names.filter((name) => !bundle.given.has(name));
    const file: ServedFile = { bytes, contentType, gaps: gaps.length, news, hash: hash(bytes) };
    if (entry?.bundle === bundle) {
      entry.files.set(key, file);
      entry.bytes += bytes.length;
      this.#grow(bytes.length);
    }
    return file;
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #keep(phone: string, entry: Entry): void {
    this.#bytes -= this.#entries.get(phone)?.bytes ?? 0;
    this.#entries.delete(phone);
    this.#entries.set(phone, entry);
    this.#grow(entry.bytes);
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    for (const [phone, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#entries.delete(phone);
      this.#bytes -= entry.bytes;
    }
  }
}
