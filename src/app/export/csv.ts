import { guardCell } from './guard-cell.ts';

export type Cell = string | undefined;

/** RFC 4180 §2.6 quotes what holds a comma, a quote or a line break; the others are quoted for who separates by them, or trims. */
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

function writeCell(cell: Cell): string {
  const guarded = guardCell(cell ?? '');
  return NEEDS_QUOTES.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** One record of CSV (RFC 4180), with its line end. No cell of it is a formula to a spreadsheet. */
export const csvRecord = (cells: readonly Cell[]): string => `${cells.map(writeCell).join(',')}\r\n`;
