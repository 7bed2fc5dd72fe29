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

/** So many rows are looked up together, over as many connections as the store has; then others get their turn: phones are served. */
const ROWS_AT_ONCE = 100;

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
async function notePresent(row: ImportRow, wanted: Pick<WantedPhone, 'model'>, context: JudgeContext) {
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

/** A row whose maker is known: where its phone is must be looked up. */
interface Pending {
  readonly row: ImportRow;
  readonly wanted: WantedPhone;
  readonly maker: VendorDriver;
  readonly chosen: ReturnType<typeof chooseModel>;
}

/** What the row itself says; undefined where that ends it. */
function recognise(wanted: WantedPhone, row: ImportRow, { makers, choices }: JudgeContext): Pending | undefined {
  const recognised = recogniseMakers(wanted, makers);
  if (!recognised.ok) {
    refuse(row, recognised.error);
    return undefined;
  }
  const [maker, other] = recognised.value;
  if (maker === undefined) return undefined;
  if (other === undefined) row.vendor = maker.id;
  const chosen = chooseModel(wanted, recognised.value, choices);
  if (chosen.ok) {
    row.vendor = chosen.value.driver.id;
    row.model = chosen.value.model.id;
  }
  return { row, wanted, maker, chosen };
}

/** Looks where the phone is; says the row if it is good. */
async function lookUp({ row, wanted, maker, chosen }: Pending, context: JudgeContext): Promise<GoodRow | undefined> {
  const holder = await findHolder(wanted, maker, context);
  if (holder === context.tenant.id) await notePresent(row, wanted, context);
  else if (holder !== undefined) refuse(row, ELSEWHERE);
  else if (!chosen.ok) refuse(row, chosen.error);
  else {
    const { mac, serial, fields } = wanted;
    const { driver, model } = chosen.value;
    return { row, document: given({ ...fields, mac, serial, vendor: driver.id, model: model.id }) };
  }
  return undefined;
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
  let pending: Pending[] = [];
  const lookUpPending = async (): Promise<void> => {
    const found = await Promise.all(pending.map((one) => lookUp(one, context)));
    good.push(...found.filter((one) => one !== undefined));
    pending = [];
    await letOthersRun();
  };
  for (const one of wanted) {
    if (rows.length === most) return undefined;
    const { line, text } = one;
    const row: ImportRow = { line, text, outcome: 'ready', ...('key' in one ? { phone: one.key } : {}) };
    rows.push(row);
    const before = 'key' in one ? firstLine.get(one.key) : undefined;
    if ('problem' in one) refuse(row, refusal('malformed', one.problem));
    else if (before !== undefined) refuse(row, refusal('duplicate', `stands on line ${before} already`));
    else {
      firstLine.set(one.key, line);
      const recognised = recognise(one, row, context);
      if (recognised !== undefined) pending.push(recognised);
    }
    if (rows.length % ROWS_AT_ONCE === 0) await lookUpPending();
  }
  await lookUpPending();
  return { rows, good };
}
