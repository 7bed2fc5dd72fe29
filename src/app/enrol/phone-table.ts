import { parseMac } from '../../domain/mac.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { given } from '../../domain/fields.ts';
import { firmwareField } from '../documents/fields.ts';
import { issue, type Issue } from '../documents/issue.ts';
import { unguardCell } from '../export/guard-cell.ts';
import { PHONE_COLUMNS } from '../export/phone-sheet.ts';
import { readCsv, separatorOf, type CsvRecord } from '../export/read-csv.ts';
import type { UnreadLine, WantedPhone } from './import-row.ts';

/** What a table may say of phones: all that an export says, and the label. */
const COLUMNS = [...PHONE_COLUMNS, 'label'] as const;
type Column = (typeof COLUMNS)[number];
type Cells = Readonly<Partial<Record<Column, string>>>;

const MAX_SHOWN = 80;

/** `MAC`, `Extension` and `last fetch` are the columns `mac`, `extensions` and `lastFetch`. */
function columnNamed(heading: string): Column | undefined {
  const wanted = heading.toLowerCase().replace(/[ _-]/g, '');
  return COLUMNS.find(
    (column) => column.toLowerCase() === wanted || (column === 'extensions' && wanted === 'extension'),
  );
}

type Heading = readonly (Column | undefined)[];

function readHeading({ cells }: CsvRecord): Result<Heading, readonly Issue[]> {
  const columns = cells.map((cell) => (cell.trim() === '' ? undefined : columnNamed(unguardCell(cell).trim())));
  const unknown = cells.filter((cell, at) => cell.trim() !== '' && columns[at] === undefined);
  const twice = columns.filter((column, at) => column !== undefined && columns.indexOf(column) !== at);
  const issues = [
    ...unknown.map((cell) => issue(['text'], `has a column that there is not; there are ${COLUMNS.join(', ')}`, cell)),
    ...twice.map((column) => issue(['text'], 'has a column twice', column)),
  ];
  const isNamed = (['mac', 'serial', 'name'] as const).some((column) => columns.includes(column));
  if (issues.length === 0 && !isNamed) issues.push(issue(['text'], 'has no column mac in its first line'));
  return issues.length > 0 ? err(issues) : ok(columns);
}

function cellsOf({ cells }: CsvRecord, heading: Heading): Cells {
  const found: Partial<Record<Column, string>> = {};
  for (const [at, column] of heading.entries()) {
    const value = unguardCell(cells[at] ?? '').trim();
    if (column !== undefined && value !== '') found[column] = value;
  }
  return found;
}

/** `201 3:203` → line 1 and line 3, as the export writes them. */
const linesOf = (extensions: string): readonly unknown[] =>
  extensions
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map((word, index) => {
      const [, position, extension] = /^(\d{1,4}):(.*)$/.exec(word) ?? [];
      return position === undefined
        ? { position: index + 1, extension: word }
        : { position: Number(position), extension };
    });

/** The export says what the phone said last, which may be anything; what is no version is left out, the phone will say it again. */
const firmwareOf = (cell: string | undefined): string | undefined =>
  firmwareField.safeParse(cell).success ? cell : undefined;

const fieldsOf = ({ label, person, group, template, profile, extensions, firmware }: Cells) =>
  given({
    label,
    person,
    group,
    template,
    profile,
    firmware: firmwareOf(firmware),
    lines: extensions === undefined ? undefined : linesOf(extensions),
  });

/** Why a row cannot be taken for a phone of this tenant, if so. */
function whyUnread(record: CsvRecord, heading: Heading, cells: Cells, tenant: string): string | undefined {
  if (record.broken !== undefined) return record.broken;
  if (record.cells.slice(heading.length).some((cell) => cell !== '')) return 'has more cells than the first line';
  if (cells.tenant !== undefined && cells.tenant !== tenant) return `is of another tenant: ${cells.tenant}`;
  if (cells.mac !== undefined && !parseMac(cells.mac).ok) return 'is not a MAC address: 12 hexadecimal digits';
  if ((cells.mac ?? cells.serial ?? cells.name) === undefined) return 'has neither MAC nor serial number';
  return undefined;
}

function readRow(record: CsvRecord, heading: Heading, tenant: string): WantedPhone | UnreadLine {
  const cells = cellsOf(record, heading);
  const { line } = record;
  const text = (cells.mac ?? cells.serial ?? cells.name ?? record.cells.join(' ')).slice(0, MAX_SHOWN);
  const problem = whyUnread(record, heading, cells, tenant);
  if (problem !== undefined) return { line, text, problem };
  const { serial, name, vendor, model } = cells;
  const parsed = parseMac(cells.mac ?? '');
  const mac = parsed.ok ? parsed.value : undefined;
  const fields = fieldsOf(cells);
  const named = mac === undefined && serial === undefined ? { ...fields, name } : fields;
  return given({ line, text, key: mac ?? serial ?? name ?? '', mac, serial, vendor, model, fields: named });
}

/** Phones in a table with a heading (RFC 4180), separated by commas, semicolons or tabs: what an export writes, and what people make. */
export function readPhoneTable(
  table: string,
  tenant: string,
): Result<Iterable<WantedPhone | UnreadLine>, readonly Issue[]> {
  const text = table.replace(/^\ufeff/, '');
  const records = readCsv(text, separatorOf(text));
  const first = records.next();
  if (first.done === true) return err([issue(['text'], 'is empty: its first line must name the columns')]);
  const heading = readHeading(first.value);
  if (!heading.ok) return heading;
  const columns = heading.value;
  return ok(
    (function* () {
      for (const record of records)
        if (record.cells.some((cell) => cell.trim() !== '')) yield readRow(record, columns, tenant);
    })(),
  );
}
