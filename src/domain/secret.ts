const MASK = '***';

/** Text that must not be shown: a password, a token, a key. Whatever prints it prints `***`; only `reveal()` gives it away. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  /** What Node's `util.inspect`, and so every log of an object, shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK;
  }
}

export const MASKED = MASK;
