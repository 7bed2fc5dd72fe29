import { readParams } from '../../src/simulate/readers.ts';
import type { VendorDriver } from '../../src/vendors/kit/driver.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { ask, type TestProduct } from './product.ts';

/** A place where an administrator may write text that ends up in a phone's files. */
export interface Field {
  readonly name: string;
  /** Writes the text there; the others stay as they are. The status of the API. */
  readonly write: (text: string) => Promise<number>;
  /** Takes it away again. */
  readonly clear: () => Promise<unknown>;
}

/** What a phone reads out of all its files: `file parameter` → value. */
export type Params = ReadonlyMap<string, string>;

export interface ReadFiles {
  /** Read by the codec that wrote them: names and values exactly. */
  readonly exact: Params;
  /** Read by the simulated phone's own reader, which shares no code with the writer: names, and values as that phone takes them. */
  readonly seen: Params;
}

/** A phone under attack: how its files are fetched, from its own URL, over TLS. */
export class RenderedPhone {
  readonly driver: VendorDriver;
  readonly #offhook: TestProduct;
  readonly #path: string;
  #directory = '';
  #files: readonly { readonly name: string; readonly part: string }[] = [];

  constructor(offhook: TestProduct, vendor: string, path: string) {
    const driver = vendorOf(vendor);
    if (driver === undefined) throw new Error(vendor);
    this.driver = driver;
    this.#offhook = offhook;
    this.#path = path;
  }

  async #locate(): Promise<void> {
    const { url } = (await this.#offhook.must('GET', `${this.#path}/url`)) as { readonly url: string };
    this.#directory = /^https:\/\/[^/]+\/p\/[^/]+\//.exec(url)?.[0] ?? '';
    const { files } = (await this.#offhook.must('GET', `${this.#path}/files`)) as {
      readonly files: readonly { readonly name: string; readonly part: string }[];
    };
    this.#files = files;
  }

  /** All files, as the phone gets them. */
  async fetch(): Promise<ReadFiles> {
    if (this.#directory === '') await this.#locate();
    const exact = new Map<string, string>();
    const seen = new Map<string, string>();
    for (const { name, part } of this.#files) {
      const answer = await ask(this.#directory + name);
      if (answer.status !== 200) throw new Error(`${name}: ${String(answer.status)}`);
      // A SPA reads ISO-8859-1, and its file says so.
      const text = /encoding="ISO-8859-1"/.test(answer.text.slice(0, 80))
        ? answer.bytes.toString('latin1')
        : answer.text;
      for (const param of this.driver.codec.read(text, part)) {
        const key = `${name} ${param.name}`;
        // A parameter that stands twice is a second parameter.
        exact.set(exact.has(key) ? `${key} (again)` : key, param.value);
      }
      if (part === 'directory') continue;
      for (const [key, value] of readParams(this.driver.boot.format, text)) seen.set(`${name} ${key}`, value);
    }
    return { exact, seen };
  }

  /** As if it came out of its carton: what it was given before need not be taken back. */
  async forget(): Promise<void> {
    await this.#offhook.must('POST', `${this.#path}/reset`);
  }

  /** How many wishes the phone’s files could not express. */
  async gaps(): Promise<number> {
    let count = 0;
    for (const { name } of this.#files) {
      const answer = await this.#offhook.api('GET', `${this.#path}/files/${name}`);
      count += Number(answer.headers['offhook-gaps']);
    }
    return count;
  }
}

/** Stands for the hostile text while it is found out where a field goes. */
export const SENTINEL = 'Zq7Sentinel';

/** Where a field goes: the files with the sentinel in it, and without the field at all. */
export interface Trace {
  readonly set: ReadFiles;
  readonly cleared: ReadFiles;
  /** With a text that no format can carry, where the field takes such. */
  readonly gapped: ReadFiles;
  /** How many wishes could not be expressed before the text came in. */
  readonly gaps: number;
}

/** RFC 3261 §25.1, quoted-string: how a name stands inside a SIP address. */
const sipQuoted = (text: string): string => text.replace(/["\\]/g, '\\$&');

/** RFC 3261 §25.1, user: everything but these is escaped in a SIP address. */
const sipUser = (text: string): string =>
  text.replace(/[^A-Za-z0-9\-_.!~*'()&=+$,;?/]/gu, (character) =>
    Buffer.from(character).reduce(
      (escaped, byte) => `${escaped}%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      '',
    ),
  );

/** The value that a key should have with the text in the sentinel's place, in the forms that the text has in addresses. */
const withText = (value: string, text: string): readonly string[] => [
  ...[text, sipQuoted(text), sipUser(text)].map((spelt) => value.replaceAll(SENTINEL, () => spelt)),
  // What has a host already gets no other.
  ...(text.includes('@') ? [value.replace(new RegExp(`${SENTINEL}@[^\\s;>"]*`), () => text)] : []),
];

/** The value with the text, and nothing but what surrounds it, left out: `"name" <sip:a@b>` without the name. */
function isLeftOut(value: string, before: string): boolean {
  const at = before.indexOf(SENTINEL);
  const [head, tail] = [before.slice(0, at), before.slice(at + SENTINEL.length)];
  return Array.from({ length: value.length + 1 }, (_, cut) => cut).some(
    (cut) => head.startsWith(value.slice(0, cut)) && tail.endsWith(value.slice(cut)),
  );
}

/** A part of the value, as the file name of a URL, or the value with the beginning of the text, where a display has no room. */
const isPart = (value: string, before: string, text: string): boolean =>
  withText(before, text).some((whole) => whole.includes(value)) ||
  Array.from(text).some((_, length, characters) =>
    withText(before, characters.slice(0, length).join('')).includes(value),
  );

function isRight(key: string, value: string, { set, cleared, gapped }: Trace, text: string): boolean {
  const before = set.exact.get(key);
  if (value === cleared.exact.get(key) || value === gapped.exact.get(key)) return true;
  if (before === undefined) return false;
  return before.includes(SENTINEL) ? isLeftOut(value, before) || isPart(value, before, text) : value === before;
}

const touchedBy = (params: Params): readonly string[] =>
  Array.from(params)
    .filter(([, value]) => value.includes(SENTINEL))
    .map(([key]) => key);

/** Whether the text stands in the files as it was written: where a field goes to two places, one may have to do without it. */
export function arrived({ set }: Trace, now: ReadFiles, text: string): boolean {
  const ends = touchedBy(set.exact).map((key) => {
    const [before = '', value] = [set.exact.get(key), now.exact.get(key)];
    if (value !== undefined && withText(before, text).includes(value)) return 'whole';
    return value === undefined || isLeftOut(value, before) || isPart(value, before, text) ? 'without' : 'other';
  });
  // No text is the same as none.
  return !ends.includes('other') && (text === '' || ends.includes('whole'));
}

/** What is in the files that should not be: other keys changed, added or gone, a value that is neither the text nor none. */
export function damage(trace: Trace, now: ReadFiles, text: string): readonly string[] {
  const { set, cleared } = trace;
  const touched = new Set(touchedBy(set.seen));
  const known = new Set([...set.seen.keys(), ...cleared.seen.keys()]);
  return [
    ...Array.from(now.exact)
      .filter(([key, value]) => !isRight(key, value, trace, text))
      .map(([key, value]) => `${key} is ${JSON.stringify(value)}, was ${JSON.stringify(set.exact.get(key))}`),
    ...Array.from(now.seen.keys())
      .filter((key) => !known.has(key))
      .map((key) => `${key} is new to the phone`),
    // Whatever the phone makes of the text itself, nothing else may look different to it.
    ...Array.from(known)
      .filter((key) => !touched.has(key))
      .filter((key) => ![set.seen.get(key), cleared.seen.get(key)].includes(now.seen.get(key)))
      .map((key) => `${key} looks different to the phone`),
  ];
}
