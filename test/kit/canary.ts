import { randomBytes } from 'node:crypto';

/** How a secret may be written. */
interface Spellings {
  /** Spellings that case does not hide. */
  readonly folded: readonly string[];
  /** Base64 as it may stand in the middle of something longer: once for each of the three ways it can begin. */
  readonly exact: readonly string[];
}

/** The part of its base64 that does not depend on the neighbours, with `before` bytes in front. */
function innerBase64(bytes: Buffer, before: 0 | 1 | 2): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  const first = [0, 2, 3][before] ?? 0;
  // What a whole group of three bytes has become; the rest is mixed with what follows.
  return whole.slice(first, Math.floor((before + bytes.length) / 3) * 4);
}

const spaced = (bytes: Buffer, separator: string): string =>
  bytes.toString('hex').replace(/..(?!$)/g, `$&${separator}`);

function canaryOf(secret: string | Buffer): Spellings {
  const bytes = Buffer.from(secret as string);
  const base64 = ([0, 1, 2] as const).map((before) => innerBase64(bytes, before));
  const folded = [
    bytes.toString('latin1'),
    bytes.toString('hex'),
    spaced(bytes, ':'),
    `%${spaced(bytes, '%')}`,
    Array.from(bytes, (byte) => `&#${String(byte)};`).join(''),
    Buffer.from(bytes.toString('latin1'), 'utf16le').toString('latin1'),
  ];
  return {
    folded: folded.map((text) => text.toLowerCase()),
    exact: base64.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]),
  };
}

/** Spellings by how they begin, so that long texts are read once, however many are looked for. */
type Index = Map<string, { readonly form: string; readonly where: string }[]>;

const BEGINNING = 6;

function addTo(index: Index, where: string, forms: readonly string[]): void {
  for (const form of forms) {
    const beginning = form.slice(0, BEGINNING);
    index.set(beginning, [...(index.get(beginning) ?? []), { form, where }]);
  }
}

function findBy(index: Index, text: string, found: Set<string>): void {
  for (let at = 0; at <= text.length - BEGINNING; at += 1) {
    const candidates = index.get(text.slice(at, at + BEGINNING));
    for (const { form, where } of candidates ?? []) if (text.startsWith(form, at)) found.add(where);
  }
}

/** Secrets that a test has planted or got hold of, to be looked for wherever they must not be. */
export class Canaries {
  readonly #folded: Index = new Map();
  readonly #exact: Index = new Map();
  size = 0;

  /** A new secret for a place; printable, twenty characters, like no other text in the world. */
  plant(where: string): string {
    const text = `${randomBytes(8).toString('hex')}Cnry`;
    this.add(where, text);
    return text;
  }

  /** A secret that the product has made itself. */
  add(where: string, secret: string | Buffer): void {
    const { folded, exact } = canaryOf(secret);
    addTo(this.#folded, where, folded);
    addTo(this.#exact, where, exact);
    this.size += 1;
  }

  /** The places whose secrets stand in these bytes, in whichever spelling. */
  findIn(bytes: string | Buffer): readonly string[] {
    const text = Buffer.from(bytes as string).toString('latin1');
    const found = new Set<string>();
    findBy(this.#folded, text.toLowerCase(), found);
    findBy(this.#exact, text, found);
    return [...found];
  }
}
