import { issuesOf, fieldName } from '../documents/issue.ts';
import { brokenTextIssues } from '../documents/broken-text.ts';
import type { Crypto, Sealing } from '../ports.ts';
import { BadBackup } from './bad-backup.ts';
import {
  addToChecksum,
  endLine,
  FORMAT_VERSION,
  header,
  headOfHeader,
  KEY_CONTEXT,
  keyCheck,
  type Header,
} from './format.ts';
import { Secret } from '../../domain/secret.ts';
import type { z } from 'zod';

export interface ReadPorts {
  readonly crypto: Pick<Crypto, 'keyedHash' | 'equal'>;
  readonly sealing: Sealing;
  /** Of the store's tables: a backup of a newer one is refused. */
  readonly schema: number;
}

/** A line between header and end: JSON, and nothing is known of it yet. */
export interface ReadLine {
  readonly number: number;
  readonly json: unknown;
}

/** A name that JSON may have, and that an object must not: copied, it would change what objects are. */
function namesPrototype(json: unknown): boolean {
  const waiting: unknown[] = [json];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) return true;
    for (const child of Object.values(next)) if (child !== null) waiting.push(child);
  }
  return false;
}

function parseLine(number: number, text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BadBackup(number, 'is not JSON: the file was changed or cut', { cause });
  }
  if (namesPrototype(json)) throw new BadBackup(number, 'has a field that no object may have');
  const [broken] = brokenTextIssues(json);
  if (broken !== undefined) throw new BadBackup(number, `is not right: ${fieldName(broken.path)} ${broken.message}`);
  return json;
}

/** What a schema makes of a line, or the first thing that is wrong with it. Values are not repeated: some are secret. */
export function checked<T>(number: number, parsed: z.ZodSafeParseResult<T>, input: unknown): T {
  if (parsed.success) return parsed.data;
  const [first] = issuesOf(parsed.error, input);
  const field = first === undefined ? '' : fieldName(first.path);
  throw new BadBackup(number, `is not right: ${field || 'it'} ${first?.message ?? 'has a wrong form'}`);
}

function assertOurKey({ sealing }: ReadPorts, { key }: Header): void {
  let opened: unknown;
  try {
    opened = sealing.open(key, KEY_CONTEXT);
  } catch (cause) {
    throw new BadBackup(
      1,
      'was written under another master key: put the master.key file of that installation in place first',
      { cause },
    );
  }
  if (!(opened instanceof Secret) || !opened.equals(keyCheck)) throw new BadBackup(1, 'has no proof of its master key');
}

/** The header, when this program and this master key can read what follows. */
export function readHeader(ports: ReadPorts, text: string): Header {
  const json = parseLine(1, text);
  const head = headOfHeader.safeParse(json);
  if (!head.success) throw new BadBackup(1, 'is not the header of an Offhook backup');
  const { version, schema, offhook } = head.data;
  if (version > FORMAT_VERSION || schema > ports.schema)
    throw new BadBackup(1, `was written by a newer Offhook (${offhook}): restore it with that version`);
  const read = checked(1, header.safeParse(json), json);
  assertOurKey(ports, read);
  return read;
}

const isEnd = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'kind' in json && json.kind === 'end';

/**
 * The lines between header and end. Whoever reads them to their end knows that nothing is missing and nothing was changed;
 * before that he knows nothing, and keeps what he makes of them in a transaction.
 */
export async function* readLines(
  ports: ReadPorts,
  lines: AsyncIterable<string>,
  onHeader: (header: Header) => void,
): AsyncGenerator<ReadLine> {
  let [number, checksum, ended] = [0, '', false];
  for await (const text of lines) {
    number += 1;
    if (ended) throw new BadBackup(number, 'comes after the end');
    if (number === 1) onHeader(readHeader(ports, text));
    else {
      const json = parseLine(number, text);
      ended = isEnd(json);
      if (ended) assertEnd(ports, number, checksum, json);
      else yield { number, json };
    }
    checksum = addToChecksum(ports.crypto, checksum, text);
  }
  if (!ended) throw new BadBackup(number, 'is the last one, and no end follows: the file was cut');
}

function assertEnd({ crypto }: ReadPorts, number: number, checksum: string, json: unknown): void {
  const end = checked(number, endLine.safeParse(json), json);
  if (end.lines !== number - 1 || !crypto.equal(end.checksum, checksum))
    throw new BadBackup(number, 'has another checksum than the lines before it: the file was changed');
}
