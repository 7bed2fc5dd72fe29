import type { SettingEntries } from '../../domain/resolve/layers.ts';
import type { Actor } from '../access/actor.ts';
import { isOperator, maySee } from '../access/actor.ts';
import { domainFacts, domainIssues } from '../documents/domain-checks.ts';
import { extensionKind } from '../documents/extension-document.ts';
import { groupKind, type GroupDocument } from '../documents/group-document.ts';
import { issue, issuesOf, type FieldPath, type Issue } from '../documents/issue.ts';
import { mappingKind } from '../documents/mapping-document.ts';
import { openPlatform, openTenant, type DocumentPorts } from '../documents/open-scope.ts';
import { personKind } from '../documents/person-document.ts';
import { profileKind } from '../documents/profile-document.ts';
import { same } from '../documents/same.ts';
import { noteAudit } from '../documents/save-document.ts';
import type { PlatformScope, TenantScope } from '../documents/scope.ts';
import { readSettings } from '../documents/settings-document.ts';
import { templateKind } from '../documents/template-document.ts';
import { tenantKind } from '../documents/tenant-document.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { Store } from '../ports.ts';
import { applyOutline, TENANT_PARTS, type ApplyOutline } from './apply-document.ts';
import { applyPhones } from './apply-phones.ts';
import { applyItem, newLedger, readItems, type Applied, type Item, type Ledger } from './applying.ts';
import { cachePlatform, cacheTenant } from './cached-store.ts';

export interface ApplyResult {
  readonly created: readonly Applied[];
  readonly changed: readonly Applied[];
  readonly unchanged: readonly Applied[];
}

export type ApplyOutcome =
  | { readonly kind: 'applied' | 'would_apply'; readonly result: ApplyResult }
  | { readonly kind: 'invalid'; readonly issues: readonly Issue[] };

/** Ends the transaction without keeping anything of it. */
class NothingKept extends Error {
  override readonly name = 'NothingKept';
  readonly outcome: ApplyOutcome;

  constructor(outcome: ApplyOutcome) {
    super('nothing of this document was kept');
    this.outcome = outcome;
  }
}

/** Writes the platform's own layer of settings. */
export async function applyPlatformSettings(
  written: NonNullable<ApplyOutline['platform']>,
  scope: PlatformScope,
): Promise<{ readonly changed: boolean; readonly settings: SettingEntries; readonly issues: readonly Issue[] }> {
  const { settings: before } = await scope.platform.document();
  const read = readSettings(written.settings, before, scope, { path: ['settings'], onLine: false });
  const domains = await domainIssues(domainFacts(before), domainFacts(read.entries), written.confirm, scope);
  const issues = [...read.issues, ...domains];
  const changed = !same(before, read.entries);
  if (issues.length === 0 && changed) await scope.platform.saveDocument({ settings: read.entries });
  return { changed, settings: read.entries, issues };
}

async function applyPlatform(outline: ApplyOutline, scope: PlatformScope, ledger: Ledger): Promise<void> {
  if (outline.platform !== undefined) {
    const { changed, issues } = await applyPlatformSettings(outline.platform, scope);
    ledger.issues.push(...issues.map((found) => ({ ...found, path: ['platform', ...found.path] })));
    if (issues.length === 0) (changed ? ledger.changed : ledger.unchanged).push({ kind: 'platform', name: 'settings' });
  }
  for (const item of readItems(mappingKind, outline.mappings, ['mappings'], (one) => one.from, ledger))
    await applyItem(mappingKind, item, scope, ledger);
  for (const item of readItems(templateKind, outline.templates, ['templates'], (one) => one.name, ledger))
    await applyItem(templateKind, item, scope, ledger);
}

/** Groups so that every one comes after the one around it, wherever that stands in the document. */
function outerFirst(items: readonly Item<GroupDocument>[]): readonly Item<GroupDocument>[] {
  const waiting = new Map(items.map((item) => [item.key, item]));
  const ordered: Item<GroupDocument>[] = [];
  const place = (item: Item<GroupDocument>): void => {
    if (!waiting.delete(item.key)) return;
    const parent = item.document.parent === undefined ? undefined : waiting.get(item.document.parent);
    if (parent !== undefined) place(parent);
    ordered.push(item);
  };
  for (const item of items) place(item);
  return ordered;
}

type TenantEntry = ApplyOutline['tenants'][number];

/** Everything within one tenant, in the order in which one thing may name another. */
async function applyParts(entry: TenantEntry, path: FieldPath, scope: TenantScope, ledger: Ledger): Promise<void> {
  const at = (part: (typeof TENANT_PARTS)[number]): FieldPath => [...path, part];
  for (const item of readItems(mappingKind, entry.mappings, at('mappings'), (one) => one.from, ledger))
    await applyItem(mappingKind, item, scope, ledger);
  for (const item of readItems(profileKind, entry.profiles, at('profiles'), (one) => one.name, ledger))
    await applyItem(profileKind, item, scope, ledger);
  for (const item of outerFirst(readItems(groupKind, entry.groups, at('groups'), (one) => one.name, ledger)))
    await applyItem(groupKind, item, scope, ledger);
  for (const item of readItems(personKind, entry.people, at('people'), (one) => one.name, ledger))
    await applyItem(personKind, item, scope, ledger);
  for (const item of readItems(extensionKind, entry.extensions, at('extensions'), (one) => one.number, ledger))
    await applyItem(extensionKind, item, scope, ledger);
  for (const item of readItems(templateKind, entry.templates, at('templates'), (one) => one.name, ledger))
    await applyItem(templateKind, item, scope, ledger);
  await applyPhones(entry.phones, at('phones'), scope, ledger);
}

/** The tenant itself, without what stands inside it in the document. */
function tenantAlone(entry: TenantEntry): Readonly<Record<string, unknown>> {
  const parts: ReadonlySet<string> = new Set(TENANT_PARTS);
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !parts.has(name)));
}

async function applyTenants(
  outline: ApplyOutline,
  scope: PlatformScope,
  store: Store,
  actor: Actor,
  ledger: Ledger,
): Promise<void> {
  const alone = outline.tenants.map(tenantAlone);
  const items = readItems(tenantKind, alone, ['tenants'], (one) => one.name, ledger);
  for (const item of items) {
    const known = await scope.platform.tenants.byKey(item.key);
    if (known === undefined ? !isOperator(actor) : !maySee(actor, known.id)) {
      ledger.issues.push(issue([...item.path, 'name'], 'is not a tenant that you may write', item.key));
      continue;
    }
    await applyItem(tenantKind, item, scope, ledger);
    const tenant = await scope.platform.tenants.byKey(item.key);
    const entry = outline.tenants[Number(item.path[1])];
    if (tenant === undefined || entry === undefined) continue;
    const wanted = Object.fromEntries(TENANT_PARTS.map((part) => [part, entry[part].length]));
    const own = await cacheTenant(store.tenant(tenant.id), {
      groups: 0,
      people: 0,
      extensions: 0,
      phones: 0,
      templates: 0,
      profiles: 0,
      mappings: 0,
      ...wanted,
    });
    await applyParts(entry, item.path, openTenant(scope, tenant, own), ledger);
  }
}

/** Whose turn the writing of a document takes: of the tenants that are there already. */
async function tenantsNamed(
  { store }: DocumentPorts,
  { tenants }: ApplyOutline,
): Promise<readonly TenantId[] | undefined> {
  const found = await Promise.all(tenants.map(({ name }) => store.platform.tenants.byKey(String(name))));
  const there = found.flatMap((tenant) => (tenant === undefined ? [] : [tenant.id]));
  return there.length === 0 ? undefined : there;
}

/** What only the platform's operator may write, if the document has any of it. */
const forbiddenParts = (outline: ApplyOutline, actor: Actor): readonly Issue[] =>
  isOperator(actor)
    ? []
    : [
        ...(outline.platform === undefined ? [] : ['platform']),
        ...(outline.mappings.length === 0 ? [] : ['mappings']),
        ...(outline.templates.length === 0 ? [] : ['templates']),
      ].map((part) => issue([part], 'may be written by the operator of the platform only'));

async function applyOutlined(
  ports: DocumentPorts,
  store: Store,
  actor: Actor,
  outline: ApplyOutline,
  dryRun: boolean,
): Promise<ApplyOutcome> {
  const ledger = newLedger();
  const scope = openPlatform(ports, await cachePlatform(store.platform), actor);
  await applyPlatform(outline, scope, ledger);
  await applyTenants(outline, scope, store, actor, ledger);
  if (ledger.issues.length > 0) throw new NothingKept({ kind: 'invalid', issues: ledger.issues });
  const { created, changed, unchanged } = ledger;
  const result = { created, changed, unchanged };
  if (dryRun) throw new NothingKept({ kind: 'would_apply', result });
  if (created.length + changed.length > 0) {
    for (const { scope: place, applied, changes } of ledger.notes)
      await noteAudit(place, actor, `${applied.kind}.changed`, applied.name, 'by a document', changes);
    const counts = `${created.length} created, ${changed.length} changed, ${unchanged.length} unchanged`;
    await noteAudit(scope, actor, 'document.applied', 'document', counts);
  }
  return { kind: 'applied', result };
}

/**
 * Brings everything that a document names to the state it describes, in one transaction: all of it or, on any error, nothing.
 * What the document does not name stays as it is; the same document again changes nothing.
 */
export const applyDocument =
  (ports: DocumentPorts) =>
  async (actor: Actor, input: unknown, { dryRun }: { readonly dryRun: boolean }): Promise<ApplyOutcome> => {
    const parsed = applyOutline.safeParse(input);
    if (!parsed.success) return { kind: 'invalid', issues: issuesOf(parsed.error, input) };
    const forbidden = forbiddenParts(parsed.data, actor);
    if (forbidden.length > 0) return { kind: 'invalid', issues: forbidden };
    try {
      const about = await tenantsNamed(ports, parsed.data);
      return await ports.store.transaction((store) => applyOutlined(ports, store, actor, parsed.data, dryRun), about);
    } catch (error) {
      if (error instanceof NothingKept) return error.outcome;
      throw error;
    }
  };
