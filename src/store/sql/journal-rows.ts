import type { RequestRecord } from '../../app/ports.ts';
import { hotText, type Executor, type HotText, type Parameter } from './session.ts';

/** One prepared statement with its parameters. */
interface Insert {
  readonly text: HotText<never>;
  readonly parameters: readonly Parameter[];
}

const insertRows = (rows: number): HotText<never> =>
  hotText(
    `insert into journal (id, at, tenant_id, phone_id, event, doc) values ${Array.from({ length: rows }, () => '(?, ?, ?, ?, ?, ?)').join(', ')}
      on conflict (id) do nothing`,
  );

// Few sizes, so that each is prepared once: a batch is cut into the largest that fit.
const INSERTS = [100, 10, 1].map((rows) => ({ rows, text: insertRows(rows) }));

/** A record holds no secret, by its type: nothing in it has to be sealed, and its line is what is kept of it. */
function columnsOf(line: string): readonly Parameter[] {
  // `as`: JSON has no types; it is what `Journal.append` is given.
  const { id, at, tenant, phone, event } = JSON.parse(line) as RequestRecord;
  return [id, at, tenant ?? null, phone ?? null, event ?? null, line];
}

/** Records as `Journal.append` is given them → what writes them. What is written twice (a batch whose answer was lost) is kept once. */
export function journalInserts(lines: Uint8Array): readonly Insert[] {
  const rows = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)
    .toString()
    .split('\n')
    .slice(0, -1)
    .map(columnsOf);
  const inserts: Insert[] = [];
  let start = 0;
  for (const size of INSERTS)
    for (; rows.length - start >= size.rows; start += size.rows)
      inserts.push({ text: size.text, parameters: rows.slice(start, start + size.rows).flat() });
  return inserts;
}

/** Writes them through a session that has no thread for it. */
export async function writeLines(db: Executor, lines: Uint8Array): Promise<void> {
  for (const { text, parameters } of journalInserts(lines)) await db.first(text, parameters);
}
