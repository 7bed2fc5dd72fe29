/**
 * A Map bounded by the bytes of its values; what was not asked for lately goes first. It has two generations: what is found in
 * the older moves to the younger, and when that has half of the bytes it becomes the older, and the older goes. A value that is
 * asked for often costs one look-up, where a list in the order of use would be changed with each.
 */
export class RecentlyUsed<Value> {
  readonly #maxBytes: number;
  readonly #bytesOf: (value: Value) => number;
  #younger = new Map<string, Value>();
  #older = new Map<string, Value>();
  #youngerBytes = 0;

  constructor(maxBytes: number, bytesOf: (value: Value) => number) {
    this.#maxBytes = maxBytes;
    this.#bytesOf = bytesOf;
  }

  get(key: string): Value | undefined {
    return this.#younger.get(key) ?? this.#takeFromOlder(key);
  }

  set(key: string, value: Value): void {
    const before = this.#younger.get(key);
    this.#older.delete(key);
    this.#younger.set(key, value);
    this.grown(this.#bytesOf(value) - (before === undefined ? 0 : this.#bytesOf(before)));
  }

  /** A value that was just asked for has so many bytes more. */
  grown(bytes: number): void {
    this.#youngerBytes += bytes;
    if (this.#youngerBytes <= this.#maxBytes / 2) return;
    this.#older = this.#younger;
    this.#younger = new Map();
    this.#youngerBytes = 0;
  }

  clear(): void {
    this.#younger.clear();
    this.#older.clear();
    this.#youngerBytes = 0;
  }

  #takeFromOlder(key: string): Value | undefined {
    const value = this.#older.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }
}
