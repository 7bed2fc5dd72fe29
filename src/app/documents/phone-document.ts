import { z } from 'zod';
import type { PhoneId } from '../../domain/ids.ts';
import { keyLayout } from '../../domain/key.ts';
import { parseMac } from '../../domain/mac.ts';
import type { Phone } from '../../domain/phone.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { Secret } from '../../domain/secret.ts';
import {
  confirmField,
  firmwareField,
  httpUserField,
  macField,
  nameField,
  numberField,
  personName,
  rawField,
  secretField,
  serialField,
  settingsField,
  sidecarsField,
} from './fields.ts';
import { given } from '../../domain/fields.ts';
import { issue, type Issue } from './issue.ts';
import type { Kind } from './kind.ts';
import { readLines } from './phone-lines.ts';
import { findParts, type FoundParts } from './phone-parts.ts';
import { checkPhone } from './phone-checks.ts';
import { readRaw } from './raw-document.ts';
import type { TenantScope } from './scope.ts';
import { readSettings } from './settings-document.ts';
import { PASSWORD_BITS, secretOf, TOKEN_BITS } from './tenant-document.ts';

export const lineDocument = z.strictObject({
  /** Left out, its place in the list. */
  position: z.int().min(1).max(1000).optional(),
  extension: numberField,
  settings: settingsField.default({}),
});

export const phoneDocument = z.strictObject({
  mac: macField.optional(),
  serial: serialField.optional(),
  /** Of a soft client, which has neither; otherwise it follows from them, and alone it is a serial number. */
  name: serialField.optional(),
  vendor: z.string().min(1).max(40),
  model: z.string().min(1).max(60),
  label: z.string().max(64).optional(),
  group: nameField.optional(),
  person: personName.optional(),
  /** Of the tenant, or else global; `global/name` says the global one. */
  template: z
    .string()
    .regex(/^(?:global\/)?[a-z0-9-]{1,40}$/, 'must be the name of a template, or global/ and the name')
    .optional(),
  profile: nameField.optional(),
  sidecars: sidecarsField.optional(),
  firmware: firmwareField.optional(),
  settings: settingsField.default({}),
  keys: keyLayout.default({}),
  raw: rawField.default({}),
  /** An extension's number alone is a line without settings. */
  lines: z
    .array(z.union([numberField.transform((extension) => ({ extension, settings: {} })), lineDocument]))
    .max(1000)
    .default([]),
  blocked: z.boolean().default(false),
  httpUser: httpUserField.optional(),
  httpPassword: secretField.optional(),
  confirm: confirmField.optional(),
});
export type PhoneDocument = z.output<typeof phoneDocument>;

/** What a path names a phone by: a MAC in any notation, else a serial number or name as it is written. */
export function phoneKey(text: string): string {
  const mac = parseMac(text);
  return mac.ok ? mac.value : text;
}

type Identity = Pick<Phone, 'mac' | 'serial' | 'name'>;

/** The natural key follows from the MAC, else from the serial number; only a soft client has a name that is neither. */
function identityOf(document: PhoneDocument, { model }: FoundParts): Result<Identity, readonly Issue[]> {
  const { mac } = document;
  const software = model?.features.includes('software') === true;
  const serial = document.serial ?? (mac === undefined && !software ? document.name : undefined);
  const name = mac ?? serial ?? document.name;
  if (name === undefined) return err([issue(['mac'], 'must be given, or a serial number (a name for a soft client)')]);
  return ok({ ...(mac === undefined ? {} : { mac }), ...(serial === undefined ? {} : { serial }), name });
}

/** What never comes from a document: drawn at first, then kept. */
const credentials = (
  document: PhoneDocument,
  before: Phone | undefined,
  name: string,
  { crypto }: TenantScope,
): Pick<Phone, 'token' | 'httpUser' | 'httpPassword'> => ({
  token: before?.token ?? new Secret(crypto.token(TOKEN_BITS)),
  httpUser: document.httpUser ?? before?.httpUser ?? `phone-${name.toLowerCase()}`,
  httpPassword: secretOf(document.httpPassword, before?.httpPassword, () => crypto.token(PASSWORD_BITS)),
});

const idsOf = ({
  group,
  person,
  template,
  profile,
}: FoundParts): Pick<Phone, 'group' | 'person' | 'template' | 'profile'> =>
  given({ group: group?.id, person: person?.id, template: template?.id, profile: profile?.id });

/** The phone's own settings and raw parameters. */
function readOwnLayer(document: PhoneDocument, before: Phone | undefined, { driver }: FoundParts, scope: TenantScope) {
  const place = { path: ['settings'], onLine: false };
  return {
    settings: readSettings(document.settings, before?.settings ?? {}, scope, place),
    raw: readRaw(document.raw, before?.raw ?? {}, scope, driver),
  };
}

async function readPhone(
  document: PhoneDocument,
  before: Phone | undefined,
  scope: TenantScope,
): Promise<Result<Phone, readonly Issue[]>> {
  const issues: Issue[] = [];
  const parts = await findParts(document, scope, issues);
  const identity = identityOf(document, parts);
  if (!identity.ok) issues.push(...identity.error);
  const { settings, raw } = readOwnLayer(document, before, parts, scope);
  const lines = await readLines(document.lines, before, parts, scope);
  issues.push(...settings.issues, ...raw.issues, ...lines.issues);
  if (!identity.ok || parts.driver === undefined || parts.model === undefined) return err(issues);
  const phone: Phone = given({
    // `as`: the constructor of the id.
    id: before?.id ?? (scope.crypto.id() as PhoneId),
    tenant: scope.tenant.id,
    ...identity.value,
    ...idsOf(parts),
    vendor: parts.driver.id,
    model: parts.model.id,
    label: document.label,
    sidecars: document.sidecars,
    firmware: document.firmware,
    settings: settings.entries,
    keys: document.keys,
    raw: raw.raw,
    lines: lines.lines,
    ...credentials(document, before, identity.value.name, scope),
    blocked: document.blocked,
    window: before?.window,
  });
  issues.push(...(await checkPhone(phone, before, parts, { document, lines, scope })));
  return issues.length > 0 ? err(issues) : ok(phone);
}

export const phoneKind: Kind<PhoneDocument, Phone, TenantScope> = {
  name: 'phone',
  document: phoneDocument,
  keyField: 'mac',
  keyOf: (phone) => phone.name,
  repository: (scope) => scope.own.phones,
  read: readPhone,
};
