/** Text as a spreadsheet reads it: quotes count at the beginning of a cell only, and what follows them is taken as it is. */
export function readCsv(text: string, separator: ',' | ';' | '\t' = ','): readonly (readonly string[])[] {
  const cellAt = new RegExp(`(?:"((?:[^"]|"")*)"?)?([^${separator}\r\n]*)(${separator}|\r\n|\r|\n|$)`, 'y');
  const rows: string[][] = [[]];
  while (cellAt.lastIndex < text.length) {
    const [, quoted = '', rest = '', end] = cellAt.exec(text) ?? [];
    rows.at(-1)?.push(quoted.replaceAll('""', '"') + rest);
    if (end !== separator && end !== '') rows.push([]);
    // A separator that ends the text has an empty cell behind it.
    if (end === separator && cellAt.lastIndex === text.length) rows.at(-1)?.push('');
  }
  return rows.filter((row) => row.length > 0);
}

const INVISIBLE = /^[\s\u200b-\u200f\u2060\ufeff]+/;

/** Whether a spreadsheet would take this cell for a formula, once it has trimmed it and made full-width characters narrow. */
export const isFormula = (cell: string): boolean => /^[=+\-@]/.test(cell.replace(INVISIBLE, '').normalize('NFKC'));

/** The value that was exported, by the rule that src/app/export/guard-cell.ts writes down for whoever imports. */
export const unguardCell = (cell: string): string =>
  cell
    .split(/(?<=[;\t\r\n])/)
    .map((part, index, parts) => {
      const rest = parts.slice(index).join('');
      if (!rest.startsWith("'")) return part;
      const first = Array.from(rest).find((character) => formulaCharacter(character) || !passedOver(character)) ?? '';
      return formulaCharacter(first) ? part.slice(1) : part;
    })
    .join('');

const formulaCharacter = (character: string): boolean => /[=+\-@\t\r\n]/.test(character.normalize('NFKC'));
const passedOver = (character: string): boolean => /[\s"'\u200b-\u200f\u2060\ufeff]/.test(character);
