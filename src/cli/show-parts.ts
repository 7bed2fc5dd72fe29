import type { Phone, RequestRecord } from '../api/contract.ts';
import { moment, printable, table } from './text.ts';

type Entry = Phone['settings'][string];

/** Text as it is, anything else as JSON. */
const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function entryText({ value, clear, access, locked }: Entry): string {
  const said = clear === true ? '(cleared)' : value === undefined ? '' : valueText(value);
  const notes = [...(access === undefined ? [] : [`user: ${access}`]), ...(locked === true ? ['locked'] : [])];
  return `${said}${notes.length === 0 ? '' : ` [${notes.join(', ')}]`}`.trim();
}

/** Own settings of an object under their heading; nothing where there are none. */
export function settingsText(heading: string, settings: Phone['settings']): string {
  const rows = Object.entries(settings).map(([id, entry]) => [
    id,
    entryText(entry),
    entry.by ?? '',
    moment(entry.at) ?? '',
  ]);
  return rows.length === 0 ? '' : `\n${table([heading, 'VALUE', 'BY', 'AT (UTC)'], rows)}`;
}

export const warningsText = (warnings: Phone['warnings']): string =>
  warnings === undefined || warnings.length === 0
    ? ''
    : `\nWarnings\n${warnings.map(({ field, message }) => `  ${printable(`${field}: ${message}`)}\n`).join('')}`;

/** Requests, newest first, with the reason for what was answered. */
export const recordsText = (records: readonly RequestRecord[]): string =>
  records.length === 0
    ? 'No requests.\n'
    : table(
        ['AT (UTC)', 'DOOR', 'FROM', 'PHONE', 'REQUEST', 'PROOF', 'ANSWER', 'BYTES', 'REASON'],
        records.map((record) => [
          moment(record.at) ?? '',
          record.door,
          record.address,
          [record.mac, record.vendor, record.model].filter((part) => part !== undefined).join(' '),
          `${record.method} ${record.file}`,
          record.proof,
          record.completed ? record.outcome : `${record.outcome} (broken off)`,
          String(record.bytes),
          record.event === undefined ? record.reason : `${record.reason} [${record.event}]`,
        ]),
      );
