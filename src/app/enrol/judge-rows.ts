import { given } from '../../domain/fields.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import type { Store } from '../ports.ts';
import { refusal, refuse, type ImportRow, type UnreadLine, type WantedPhone } from './import-row.ts';
import { chooseModel, recogniseMakers, type Makers, type ModelChoices } from './makers.ts';

/** A row that nothing speaks against so far, with the document that its phone is made of. */
export interface GoodRow {
  readonly row: ImportRow;
  readonly document: Readonly<Record<string, unknown>>;
}

export interface Judged {
  readonly rows: readonly ImportRow[];
  readonly good: readonly GoodRow[];
}

export interface JudgeContext {
  readonly store: Store;
  readonly tenant: Tenant;
  readonly makers: Makers;
  readonly choices: ModelChoices;
}

/** So many rows are looked at before others get their turn: phones are served meanwhile. */
const ROWS_AT_ONCE = 200;

export const letOthersRun = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Whose the phone is, by one read of an index. */
async function findHolder({ mac, serial, key }: WantedPhone, maker: VendorDriver, { store, tenant }: JudgeContext) {
  const { directory } = store;
  if (mac !== undefined) return (await directory.byMac(mac))?.tenant;
  if (serial !== undefined) return (await directory.bySerial(maker.id, serial))?.tenant;
  return (await store.tenant(tenant.id).phones.byKey(key)) === undefined ? undefined : tenant.id;
}

/** It is here already: that is what was wanted, so it is no mistake; where it is another model, that is said. */
export async function notePresent(row: ImportRow, wanted: Pick<WantedPhone, 'model'>, context: JudgeContext) {
  row.outcome = 'present';
  const kept = await context.store.tenant(context.tenant.id).phones.byKey(row.phone ?? '');
  if (kept === undefined) return;
  const differs = wanted.model !== undefined && row.model !== undefined && row.model !== kept.model;
  if (differs) row.reason = `is here as ${kept.model}, and was not changed`;
  row.vendor = kept.vendor;
  row.model = kept.model;
}

/** Who asks learns that it is somebody's, and nothing of whom (S1.70). */
export const ELSEWHERE = refusal(
  'taken_elsewhere',
  'is assigned elsewhere already, so it was not moved: whoever has it must let it go first',
);

/** Follows one row to its end; a good one is added to `good`. */
async function judge(wanted: WantedPhone, row: ImportRow, good: GoodRow[], context: JudgeContext): Promise<void> {
  const recognised = recogniseMakers(wanted, context.makers);
  if (!recognised.ok) {
    refuse(row, recognised.error);
    return;
  }
  const [maker, other] = recognised.value;
  if (maker === undefined) return;
  if (other === undefined) row.vendor = maker.id;
  const chosen = chooseModel(wanted, recognised.value, context.choices);
  if (chosen.ok) {
    row.vendor = chosen.value.driver.id;
    row.model = chosen.value.model.id;
  }
  const holder = await findHolder(wanted, maker, context);
  if (holder === context.tenant.id) await notePresent(row, wanted, context);
  else if (holder !== undefined) refuse(row, ELSEWHERE);
  else if (!chosen.ok) refuse(row, chosen.error);
  else {
    const { mac, serial, fields } = wanted;
    const { driver, model } = chosen.value;
    good.push({ row, document: given({ ...fields, mac, serial, vendor: driver.id, model: model.id }) });
  }
}

/** Says of every row what would become of it. undefined: there are more than `most`. */
export async function judgeRows(
  wanted: Iterable<WantedPhone | UnreadLine>,
  context: JudgeContext,
  most: number,
): Promise<Judged | undefined> {
  const rows: ImportRow[] = [];
  const good: GoodRow[] = [];
  const firstLine = new Map<string, number>();
  for (const one of wanted) {
    if (rows.length === most) return undefined;
    if (rows.length % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await letOthersRun();
    const { line, text } = one;
    const row: ImportRow = { line, text, outcome: 'ready', ...('key' in one ? { phone: one.key } : {}) };
    rows.push(row);
    const before = 'key' in one ? firstLine.get(one.key) : undefined;
    if ('problem' in one) refuse(row, refusal('malformed', one.problem));
    else if (before !== undefined) refuse(row, refusal('duplicate', `stands on line ${before} already`));
    else {
      firstLine.set(one.key, line);
      await judge(one, row, good, context);
    }
  }
  return { rows, good };
}
