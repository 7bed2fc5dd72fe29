import type { Model } from '../../domain/model.ts';
import type { Profile, Template } from '../../domain/phone.ts';
import type { Group, Person } from '../../domain/tenant.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import { issue, type Issue } from './issue.ts';
import { lookUp } from './kind.ts';
import type { PhoneDocument } from './phone-document.ts';
import { driverOf, type TenantScope } from './scope.ts';

/** What a phone's document refers to; undefined where it does not, or where there is none. */
export interface FoundParts {
  readonly driver: VendorDriver | undefined;
  readonly model: Model | undefined;
  readonly group: Group | undefined;
  readonly person: Person | undefined;
  readonly profile: Profile | undefined;
  readonly template: Template | undefined;
}

const GLOBAL = 'global/';

/** A tenant's own template beats the global one of the same name; `global/name` says the global one. */
export async function findTemplate(
  name: string,
  scope: TenantScope,
): ReturnType<TenantScope['own']['templates']['byKey']> {
  if (name.startsWith(GLOBAL)) return scope.platform.templates.byKey(name.slice(GLOBAL.length));
  return (await scope.own.templates.byKey(name)) ?? (await scope.platform.templates.byKey(name));
}

/** How a phone's document names a template. */
export const templateReference = (template: Template): string =>
  template.tenant === undefined ? `${GLOBAL}${template.name}` : template.name;

function findModel(document: PhoneDocument, scope: TenantScope, issues: Issue[]): Pick<FoundParts, 'driver' | 'model'> {
  const driver = driverOf(scope.catalogue, document.vendor);
  const model = driver?.models.find((one) => one.id === document.model);
  if (driver === undefined) {
    const known = scope.catalogue.vendors.map((one) => one.id).join(', ');
    issues.push(issue(['vendor'], `is not in the catalogue: ${known}`, document.vendor));
  } else if (model === undefined) {
    issues.push(issue(['model'], `${driver.name} has no such model in the catalogue`, document.model));
  }
  return { driver, model };
}

/** A template is for models of one maker: others would get parameters that mean something else to them (S4.72). */
function checkTemplate(template: Template | undefined, document: PhoneDocument, issues: Issue[]): void {
  if (template === undefined) return;
  if (template.vendor === document.vendor && template.models.some((id) => id === document.model)) return;
  issues.push(
    issue(
      ['template'],
      `is for ${template.vendor} ${template.models.join(', ')}, not for ${document.vendor} ${document.model}`,
      document.template,
    ),
  );
}

/** Finds all that the document refers to, and notes what is not there. */
export async function findParts(document: PhoneDocument, scope: TenantScope, issues: Issue[]): Promise<FoundParts> {
  const { own } = scope;
  const template = await lookUp(
    (name) => findTemplate(name, scope),
    document.template,
    ['template'],
    'template',
    issues,
  );
  checkTemplate(template, document, issues);
  return {
    ...findModel(document, scope, issues),
    template,
    group: await lookUp((key) => own.groups.byKey(key), document.group, ['group'], 'group', issues),
    person: await lookUp((key) => own.people.byKey(key), document.person, ['person'], 'person', issues),
    profile: await lookUp((key) => own.profiles.byKey(key), document.profile, ['profile'], 'profile', issues),
  };
}
