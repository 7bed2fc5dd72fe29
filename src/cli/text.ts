// Phones and strangers choose much of what is shown here (User-Agent, file names): escape sequences and characters that
// turn the writing direction would let them repaint the terminal of whoever looks.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text on one line, with everything that a terminal would obey written out: `\u001b`. */
export const printable = (text: string): string =>
  text.replace(UNSAFE, (character) =>
    character === '\t' ? ' ' : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

/** Beyond this a long cell pushes its own row only, and the other rows stay narrow. */
const WIDEST = 64;
const GAP = '  ';

const pad = (cell: string, width: number): string => cell + ' '.repeat(Math.max(0, width - Array.from(cell).length));

/** Rows under their headings, columns aligned; ends with a line feed. Cells are made printable. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = [headings, ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, column) =>
    Math.max(...shown.map((row) => Array.from(row[column] ?? '').length).filter((width) => width <= WIDEST), 0),
  );
  return shown
    .map(
      (row) =>
        `${row
          .map((cell, column) => pad(cell, widths[column] ?? 0))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join('');
}

/** `name  value` line by line; values that are not there are left out. */
export function fields(pairs: readonly (readonly [string, string | undefined])[]): string {
  const there = pairs.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]));
  const width = Math.max(0, ...there.map(([name]) => name.length));
  return there.map(([name, value]) => `${pad(name, width)}${GAP}${printable(value)}\n`).join('');
}

/** `1 phone`, `3 phones`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** `2026-03-02T10:11:12.000Z` → `2026-03-02 10:11:12`, UTC. */
export const moment = (at: string | undefined): string | undefined =>
  at?.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d).*$/, '$1 $2');
