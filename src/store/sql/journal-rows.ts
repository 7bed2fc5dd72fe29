import type { RequestRecord } from '../../app/ports.ts';
import { hotText, type Executor, type HotText, type Parameter } from './session.ts';

/** One prepared statement with its parameters. */
interface Insert {
  readonly text: HotText<never>;
  readonly parameters: readonly Parameter[];
}

// A record that names no phone may name one of ours all the same, by its MAC or serial number: whoever was only asked for
// credentials has not been looked up. Under a tenant's own prefix only a phone of that tenant is meant.
const insertRows = (rows: number): HotText<never> =>
  hotText(
    `insert into journal (id, at, tenant_id, phone_id, event, doc)
      select r.column1, r.column2, coalesce(r.column3, p.tenant_id), coalesce(r.column4, p.id), r.column5, r.column6
      from (values ${Array.from({ length: rows }, (_, place) => `(?, ?, ?, ?, ?, ?, ?, ?, ?, ${place})`).join(', ')}) r
      left join phones p on (r.column3 is null or p.tenant_id = r.column3)
        and p.id = case when r.column4 is null then coalesce((select m.id from phones m where m.mac = r.column7),
          (select s.id from phones s where s.serial_vendor = r.column8 and s.serial = r.column9)) end
      where true order by r.column10 on conflict (id) do nothing`,
  );

// Few sizes, so that each is prepared once: a batch is cut into the largest that fit.
const INSERTS = [100, 10, 1].map((rows) => ({ rows, text: insertRows(rows) }));

/** A record holds no secret, by its type: nothing in it has to be sealed, and its line is what is kept of it. */
function columnsOf(line: string): readonly Parameter[] {
  // `as`: JSON has no types; it is what `Journal.append` is given.
  const { id, at, tenant, phone, event, mac, vendor, serial } = JSON.parse(line) as RequestRecord;
  const own = [id, at, tenant, phone, event, line, mac, vendor, serial];
  return own.map((column) => column ?? null);
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
