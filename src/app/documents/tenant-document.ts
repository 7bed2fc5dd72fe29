import { z } from 'zod';
import type { TenantId } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import type { SettingEntries } from '../../domain/resolve/layers.ts';
import { MASKED, Secret } from '../../domain/secret.ts';
import { host } from '../../domain/settings/common.ts';
import { cidr, tenantPolicy, type Tenant } from '../../domain/tenant.ts';
import { domainFacts, domainIssues } from './domain-checks.ts';
import { confirmField, httpUserField, nameField, secretField, settingsField, titleField } from './fields.ts';
import { issue, type Issue } from './issue.ts';
import type { Kind } from './kind.ts';
import type { PlatformScope } from './scope.ts';
import { readSettings } from './settings-document.ts';
import { commonLayers, lockIssues } from './weaker-layers.ts';

/** Words that stand for everybody; a phone belongs to one tenant, never to all (S4.70). */
const RESERVED = ['all', 'global', 'platform'];

export const tenantDocument = z.strictObject({
  name: nameField.refine((name) => !RESERVED.includes(name), 'stands for all tenants and cannot be the name of one'),
  title: titleField.default(''),
  domains: z.array(host).max(64).default([]),
  networks: z.array(cidr).max(256).default([]),
  policy: tenantPolicy.prefault({}),
  settings: settingsField.default({}),
  httpUser: httpUserField.optional(),
  httpPassword: secretField.optional(),
  confirm: confirmField.optional(),
});
export type TenantDocument = z.output<typeof tenantDocument>;

/** Bits of a token in a URL: as many as nobody can try. */
export const TOKEN_BITS = 160;
export const PASSWORD_BITS = 120;

/** The secret a document states: drawn when there is none, kept when it says `***` or nothing. */
export const secretOf = (written: string | undefined, before: Secret | undefined, draw: () => string): Secret =>
  written === undefined || written === MASKED ? (before ?? new Secret(draw())) : new Secret(written);

async function readTenantSettings(
  document: TenantDocument,
  before: Tenant | undefined,
  scope: PlatformScope,
): Promise<{ readonly entries: SettingEntries; readonly issues: Issue[] }> {
  const old = before?.settings ?? {};
  const { entries, issues } = readSettings(document.settings, old, scope, { path: ['settings'], onLine: false });
  return {
    entries,
    issues: [
      ...issues,
      ...lockIssues(old, entries, await commonLayers(scope), 'tenant', ['settings']),
      ...(await domainIssues(before && domainFacts(old), domainFacts(entries), document.confirm, scope)),
    ],
  };
}

/** Drawn at first, then kept; only the HTTP ones may be written. */
const credentials = (
  document: TenantDocument,
  before: Tenant | undefined,
  { crypto }: PlatformScope,
): Pick<Tenant, 'token' | 'httpUser' | 'httpPassword'> => ({
  token: before?.token ?? new Secret(crypto.token(TOKEN_BITS)),
  httpUser: document.httpUser ?? before?.httpUser ?? `tenant-${document.name}`,
  httpPassword: secretOf(document.httpPassword, before?.httpPassword, () => crypto.token(PASSWORD_BITS)),
});

export const tenantKind: Kind<TenantDocument, Tenant, PlatformScope> = {
  name: 'tenant',
  document: tenantDocument,
  keyField: 'name',
  keyOf: (tenant) => tenant.name,
  repository: (scope) => scope.platform.tenants,
  read: async (document, before, scope) => {
    const { entries, issues } = await readTenantSettings(document, before, scope);
    if (before === undefined && document.httpPassword === MASKED)
      issues.push(issue(['httpPassword'], 'there is no stored value that *** could keep'));
    if (issues.length > 0) return err(issues);
    return ok({
      // `as`: the constructor of the id.
      id: before?.id ?? (scope.crypto.id() as TenantId),
      name: document.name,
      title: document.title,
      domains: document.domains,
      networks: document.networks,
      policy: document.policy,
      settings: entries,
      ...credentials(document, before, scope),
    });
  },
};
