import { z } from 'zod';
import type { TenantId } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import type { SettingEntries } from '../../domain/resolve/layers.ts';
import { MASKED, Secret } from '../../domain/secret.ts';
import type { TenantSip } from '../../domain/resync/plan.ts';
import { host, port } from '../../domain/settings/common.ts';
import { transport } from '../../domain/settings/line.ts';
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

/** A realm stands between quotes in a header: no control characters. */
const realm = z.string().regex(/^[^\p{Cc}]{1,128}$/u, 'must be 1 to 128 characters on one line');

/** Where a NOTIFY goes that brings a phone back, and with what challenges are answered. */
const sipField = z.strictObject({
  proxy: z.strictObject({ host, port: port.optional(), transport: transport.optional() }).optional(),
  account: z.strictObject({ user: z.string().min(1).max(128), password: secretField }).optional(),
  realms: z.array(realm).max(64).default([]),
});

export const tenantDocument = z.strictObject({
  name: nameField.refine((name) => !RESERVED.includes(name), 'stands for all tenants and cannot be the name of one'),
  title: titleField.default(''),
  domains: z.array(host).max(64).default([]),
  networks: z.array(cidr).max(256).default([]),
  policy: tenantPolicy.prefault({}),
  settings: settingsField.default({}),
  sip: sipField.optional(),
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

/** `***` where nothing is kept that it could stand for. */
function nothingToKeep(document: TenantDocument, before: Tenant | undefined): readonly Issue[] {
  const secrets = [
    { path: ['httpPassword'], written: document.httpPassword, kept: before?.httpPassword },
    { path: ['sip', 'account', 'password'], written: document.sip?.account?.password, kept: before?.sip?.account },
  ];
  return secrets
    .filter(({ written, kept }) => written === MASKED && kept === undefined)
    .map(({ path }) => issue(path, 'there is no stored value that *** could keep'));
}

/** The account's password is kept where `***` stands for it. */
function sipOf(written: TenantDocument['sip'], before: TenantSip | undefined): TenantSip | undefined {
  if (written === undefined) return undefined;
  const { proxy, account, realms } = written;
  const password = (typed: string): Secret => secretOf(typed, before?.account?.password, () => typed);
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(account === undefined ? {} : { account: { user: account.user, password: password(account.password) } }),
    realms,
  };
}

export const tenantKind: Kind<TenantDocument, Tenant, PlatformScope> = {
  name: 'tenant',
  document: tenantDocument,
  keyField: 'name',
  keyOf: (tenant) => tenant.name,
  repository: (scope) => scope.platform.tenants,
  read: async (document, before, scope) => {
    const { entries, issues } = await readTenantSettings(document, before, scope);
    issues.push(...nothingToKeep(document, before));
    if (issues.length > 0) return err(issues);
    const sip = sipOf(document.sip, before?.sip);
    return ok({
      // `as`: the constructor of the id.
      id: before?.id ?? (scope.crypto.id() as TenantId),
      name: document.name,
      title: document.title,
      domains: document.domains,
      networks: document.networks,
      policy: document.policy,
      settings: entries,
      ...(sip === undefined ? {} : { sip }),
      ...credentials(document, before, scope),
    });
  },
};
