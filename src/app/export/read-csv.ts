/** One record of a table. Lines count from 1; a record with line breaks in its cells has several, and is named by its first. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
  /** Why its cells are not to be trusted, if so. */
  readonly broken?: string;
}

export type Separator = ',' | ';' | '\t';

const LINE_END = /\r\n|\r|\n/g;

/** Where a cell that has no quotes, or what stands behind its quotes, ends. */
const PLAIN = { ',': /[^,\r\n]*/y, ';': /[^;\r\n]*/y, '\t': /[^\t\r\n]*/y } as const satisfies Record<
  Separator,
  RegExp
>;

/** Where a quoted cell ends, from behind its first quote on; a doubled quote is one of its content. */
function endOfQuoted(text: string, from: number): number | undefined {
  let end = text.indexOf('"', from);
  while (end !== -1 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  return end === -1 ? undefined : end;
}

class CsvReader {
  readonly #text: string;
  readonly #separator: Separator;
  #at = 0;
  #line = 1;

  constructor(text: string, separator: Separator) {
    this.#text = text;
    this.#separator = separator;
  }

  get ended(): boolean {
    return this.#at >= this.#text.length;
  }

  #plain(): string {
    const cell = PLAIN[this.#separator];
    cell.lastIndex = this.#at;
    const [found = ''] = cell.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  #cell(): { readonly value: string; readonly broken?: string } {
    if (this.#text[this.#at] !== '"') return { value: this.#plain() };
    const start = this.#at + 1;
    const end = endOfQuoted(this.#text, start);
    const value = this.#text.slice(start, end).replaceAll('""', '"');
    this.#line += value.match(LINE_END)?.length ?? 0;
    this.#at = end === undefined ? this.#text.length : end + 1;
    if (end === undefined) return { value, broken: 'has a quote that is never closed' };
    return this.#plain() === '' ? { value } : { value, broken: 'has text behind a closing quote' };
  }

  /** Goes over what ends a record, if it stands here. */
  #endsRecord(): boolean {
    if (this.ended) return true;
    if (this.#text[this.#at] === this.#separator) return false;
    this.#at += this.#text.startsWith('\r\n', this.#at) ? 2 : 1;
    this.#line += 1;
    return true;
  }

  record(): CsvRecord {
    const line = this.#line;
    const cells: string[] = [];
    let broken: string | undefined;
    for (;;) {
      const cell = this.#cell();
      cells.push(cell.value);
      broken ??= cell.broken;
      if (this.#endsRecord()) return { line, cells, ...(broken === undefined ? {} : { broken }) };
      this.#at += 1;
    }
  }
}

/** Reads CSV (RFC 4180) record by record, each character once, whatever ends its lines. */
export function* readCsv(text: string, separator: Separator): Generator<CsvRecord> {
  const reader = new CsvReader(text, separator);
  while (!reader.ended) yield reader.record();
}

/** What the table separates by, as its heading shows: a spreadsheet of a country with decimal commas writes semicolons. */
export function separatorOf(text: string): Separator {
  const [heading = ''] = text.split(/[\r\n]/, 1);
  const count = (separator: Separator): number => heading.split(separator).length;
  const separators = [',', ';', '\t'] as const satisfies readonly Separator[];
  return separators.toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}
