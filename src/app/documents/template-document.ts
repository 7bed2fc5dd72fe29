import { z } from 'zod';
import type { TemplateId } from '../../domain/ids.ts';
import { keyLayout } from '../../domain/key.ts';
import type { Model } from '../../domain/model.ts';
import type { Template } from '../../domain/phone.ts';
import type { SettingEntries } from '../../domain/resolve/layers.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import { domainFacts, domainIssues } from './domain-checks.ts';
import {
  confirmField,
  firmwareField,
  nameField,
  rawField,
  settingsField,
  sidecarsField,
  titleField,
} from './fields.ts';
import { given } from '../../domain/fields.ts';
import { issue, type Issue } from './issue.ts';
import { defaultKeys, keyIssues, lineKeys, sidecarIssues, slotsOf } from './key-checks.ts';
import type { Kind } from './kind.ts';
import { readRaw } from './raw-document.ts';
import { driverOf, isTenantScope, type Catalogue, type PlatformScope } from './scope.ts';
import { readSettings } from './settings-document.ts';
import { valueIn } from './warnings.ts';
import { commonLayers, lockIssues } from './weaker-layers.ts';

export const templateDocument = z.strictObject({
  name: nameField,
  title: titleField.default(''),
  vendor: z.string().min(1).max(40),
  models: z.array(z.string().min(1).max(60)).min(1).max(200),
  firmware: firmwareField.optional(),
  sidecars: sidecarsField.optional(),
  settings: settingsField.default({}),
  /** Left out, key 1 is the extension's line key (S4.56). */
  keys: keyLayout.optional(),
  raw: rawField.default({}),
  confirm: confirmField.optional(),
});
export type TemplateDocument = z.output<typeof templateDocument>;

interface Found {
  readonly driver: VendorDriver | undefined;
  readonly models: readonly Model[];
}

/** The maker and models of the catalogue behind their names (S4.33). */
function findModels(document: TemplateDocument, catalogue: Catalogue, issues: Issue[]): Found {
  const driver = driverOf(catalogue, document.vendor);
  if (driver === undefined) {
    const known = catalogue.vendors.map((one) => one.id).join(', ');
    issues.push(issue(['vendor'], `is not in the catalogue: ${known}`, document.vendor));
    return { driver, models: [] };
  }
  const models: Model[] = [];
  for (const [index, id] of document.models.entries()) {
    const model = driver.models.find((one) => one.id === id);
    if (model === undefined) issues.push(issue(['models', index], `${driver.name} has no such model`, id));
    else models.push(model);
  }
  return { driver, models };
}

/** How many lines a phone with this template may have: one for each line key, where the template lays out any (S4.74). */
export function lineLimit(template: Template | undefined): number | undefined {
  const count = template === undefined ? 0 : lineKeys(template.keys).length;
  return count === 0 ? undefined : count;
}

/** Whether keys may use features of the PBX (S4.53). */
export const hasEnhancedKeys = (settings: SettingEntries): boolean =>
  valueIn(settings, 'features.enhancedKeys') === true;

/** Everything of a template that is checked against the maker's models. */
function keyAndModuleIssues(
  document: TemplateDocument,
  { driver, models }: Found,
  slots: ReadonlySet<string>,
  enhanced: boolean,
): readonly Issue[] {
  if (driver === undefined || models.length === 0) return [];
  const about = {
    slots,
    models: `${driver.name} ${models.map((model) => model.id).join(', ')}`,
    maxLines: Math.max(...models.map((model) => model.lines)),
    enhanced,
  };
  return [...sidecarIssues(models, document.sidecars), ...keyIssues(document.keys ?? {}, about)];
}

async function readTemplate(
  document: TemplateDocument,
  before: Template | undefined,
  scope: PlatformScope,
): Promise<Result<Template, readonly Issue[]>> {
  const issues: Issue[] = [];
  const found = findModels(document, scope.catalogue, issues);
  const { driver, models } = found;
  const old = before?.settings ?? {};
  const settings = readSettings(document.settings, old, scope, { path: ['settings'], onLine: false });
  const raw = readRaw(document.raw, before?.raw ?? {}, scope, driver);
  const slots = slotsOf(driver, models, document.sidecars);
  const enhanced = hasEnhancedKeys(settings.entries);
  issues.push(
    ...settings.issues,
    ...raw.issues,
    ...keyAndModuleIssues(document, found, slots, enhanced),
    ...lockIssues(old, settings.entries, await commonLayers(scope), 'template', ['settings']),
    ...(await domainIssues(before && domainFacts(old), domainFacts(settings.entries), document.confirm, scope)),
  );
  if (issues.length > 0 || driver === undefined) return err(issues);
  return ok(
    given({
      // `as`: the constructor of the id.
      id: before?.id ?? (scope.crypto.id() as TemplateId),
      tenant: isTenantScope(scope) ? scope.tenant.id : undefined,
      name: document.name,
      title: document.title,
      vendor: driver.id,
      models: models.map((model) => model.id),
      firmware: document.firmware,
      sidecars: document.sidecars,
      settings: settings.entries,
      keys: document.keys ?? defaultKeys(slots),
      raw: raw.raw,
    }),
  );
}

export const templateKind: Kind<TemplateDocument, Template, PlatformScope> = {
  name: 'template',
  document: templateDocument,
  keyField: 'name',
  keyOf: (template) => template.name,
  repository: (scope) => (isTenantScope(scope) ? scope.own.templates : scope.platform.templates),
  read: readTemplate,
};
