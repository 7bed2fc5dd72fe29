import { readMacList } from '../../domain/enrol/mac-list.ts';
import type { Model } from '../../domain/model.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Tenant } from '../../domain/tenant.ts';
import type { Actor } from '../access/actor.ts';
import { inTenant } from '../documents/change-object.ts';
import { issue, type Issue } from '../documents/issue.ts';
import { openPlatform, openTenant, type DocumentPorts } from '../documents/open-scope.ts';
import { noteAudit } from '../documents/save-document.ts';
import { driverOf, type Catalogue } from '../documents/scope.ts';
import type { ImportRow, RowOutcome, UnreadLine, WantedPhone } from './import-row.ts';
import { judgeRows } from './judge-rows.ts';
import { makersOf, modelByName, type ModelChoices } from './makers.ts';
import { readPhoneTable } from './phone-table.ts';
import { checkRows, writeRows } from './write-rows.ts';

export const IMPORT_FORMATS = ['list', 'csv'] as const;

export interface ImportInput {
  /** `list`: MACs as they are typed; `csv`: a table with a heading. */
  readonly format: (typeof IMPORT_FORMATS)[number];
  readonly text: string;
  /** The model for all phones of a maker whose row names none, by the maker's id. */
  readonly models: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  /** No phone at all where one row is refused. */
  readonly strict: boolean;
}

export interface Imported {
  readonly rows: readonly ImportRow[];
  readonly counts: Readonly<Record<RowOutcome, number>>;
}

export type ImportOutcome =
  | ({ readonly kind: 'imported' } & Imported)
  /** Strict, and a row was refused: nothing was made. */
  | ({ readonly kind: 'refused' } & Imported)
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] }
  | { readonly kind: 'too_many'; readonly most: number }
  | { readonly kind: 'absent' };

const MAX_ROWS = 100_000;

/** In one transaction: some four seconds in which nobody else writes. */
const MAX_STRICT_ROWS = 10_000;

function readRows(
  { format, text }: ImportInput,
  tenant: Tenant,
): Result<Iterable<WantedPhone | UnreadLine>, readonly Issue[]> {
  if (format === 'csv') return readPhoneTable(text, tenant.name);
  return ok(
    (function* () {
      for (const row of readMacList(text)) yield 'mac' in row ? { ...row, key: row.mac, fields: {} } : row;
    })(),
  );
}

/** The models chosen for whole makers, or what is wrong with the choice. */
function readChoices(models: ImportInput['models'], catalogue: Catalogue): Result<ModelChoices, readonly Issue[]> {
  const choices = new Map<string, Model>();
  const issues: Issue[] = [];
  for (const [vendor, name] of Object.entries(models)) {
    const driver = driverOf(catalogue, vendor);
    const model = driver === undefined ? undefined : modelByName(driver, name);
    if (model !== undefined) choices.set(vendor, model);
    else if (driver === undefined) issues.push(issue(['models', vendor], 'is not the id of a maker in the catalogue'));
    else issues.push(issue(['models', vendor], `${driver.name} has no such model in the catalogue`, name));
  }
  return issues.length > 0 ? err(issues) : ok(choices);
}

function countRows(rows: readonly ImportRow[]): Imported {
  const counts: Record<RowOutcome, number> = { ready: 0, created: 0, present: 0, refused: 0 };
  for (const { outcome } of rows) counts[outcome] += 1;
  return { rows, counts };
}

/** One line that says how many, beside the entry of each phone. */
async function noteImport(ports: DocumentPorts, actor: Actor, tenant: Tenant, { counts }: Imported): Promise<void> {
  if (counts.created === 0) return;
  const detail = `${counts.created} created, ${counts.present} here already, ${counts.refused} refused`;
  await inTenant(ports)(actor, tenant.id, (scope) => noteAudit(scope, actor, 'phones.imported', tenant.name, detail));
}

/**
 * Makes phones of a list of MACs or of a table. Every row ends as made, present or refused with its reason; what is present is not
 * touched, so the same list again changes nothing, and one that was interrupted is simply sent again.
 */
export const importPhones =
  (ports: DocumentPorts) =>
  async (actor: Actor, tenant: Tenant, input: ImportInput): Promise<ImportOutcome> => {
    const choices = readChoices(input.models, ports.catalogue);
    const wanted = readRows(input, tenant);
    if (!choices.ok || !wanted.ok)
      return { kind: 'invalid', issues: [choices, wanted].flatMap((read) => (read.ok ? [] : read.error)) };
    const { store, catalogue } = ports;
    const context = { store, tenant, makers: makersOf(catalogue), choices: choices.value };
    const most = input.strict ? MAX_STRICT_ROWS : MAX_ROWS;
    const judged = await judgeRows(wanted.value, context, most);
    if (judged === undefined) return { kind: 'too_many', most };
    const { rows, good } = judged;
    if (input.dryRun) {
      await checkRows(good, openTenant(openPlatform(ports, store.platform, actor), tenant, store.tenant(tenant.id)));
      return { kind: 'imported', ...countRows(rows) };
    }
    const { strict } = input;
    if (strict && rows.some(({ outcome }) => outcome === 'refused')) return { kind: 'refused', ...countRows(rows) };
    const end = await writeRows(ports, good, { actor, tenant: tenant.id, strict });
    if (end === 'absent') return { kind: 'absent' };
    const imported = countRows(rows);
    if (end === 'nothing_kept') return { kind: 'refused', ...imported };
    await noteImport(ports, actor, tenant, imported);
    return { kind: 'imported', ...imported };
  };
