import { given } from '../../domain/fields.ts';
import { z } from 'zod';
import type {
  ExtensionId,
  FirmwareId,
  GroupId,
  MappingId,
  ModelId,
  PersonId,
  PhoneId,
  ProfileId,
  TemplateId,
  TenantId,
  VendorId,
} from '../../domain/ids.ts';
import { keyLayout } from '../../domain/key.ts';
import { parseMac, type Mac } from '../../domain/mac.ts';
import type {
  Extension,
  FirmwareImage,
  Line,
  Mapping,
  Phone,
  PhoneState,
  Profile,
  RawEntries,
  RawEntry,
  ServedFile,
  Template,
} from '../../domain/phone.ts';
import { USER_ACCESS, type Entry, type SettingEntries } from '../../domain/resolve/layers.ts';
import { ROLES, TOKEN_SCOPES } from '../../domain/role.ts';
import { Secret } from '../../domain/secret.ts';
import { RESYNC_KINDS, RESYNC_STEPS, type ResyncAttempt, type ResyncFailure } from '../../domain/resync/attempt.ts';
import type { SipCredentials, SipServer } from '../../domain/resync/notify.ts';
import type { TenantSip } from '../../domain/resync/plan.ts';
import { transport } from '../../domain/settings/line.ts';
import { isSettingId, settingOf, type SettingId } from '../../domain/settings/registry.ts';
import { CONTENT_CLASSES, slug, tenantPolicy, type Group, type Person, type Tenant } from '../../domain/tenant.ts';
import type { Decoy } from '../../domain/trust/decoy.ts';
import type {
  AccessToken,
  AuditEntry,
  Authority,
  Intermediate,
  Leftover,
  OidcTie,
  PlatformDocument,
  Revocation,
  ServerCertificate,
  User,
} from '../ports.ts';

// What a backup may hold of each kind of object. A backup is bytes from elsewhere: nothing of it is believed because we may
// have written it. Each schema names every field of its object, so that a new field must be thought of here.
type FieldsOf<T> = { readonly [F in keyof T]-?: z.ZodType<T[F] | undefined> };

/** `as`: zod says `field?: T | undefined` where our types say `field?: T`; JSON has no undefined. */
const kept = <T>(fields: FieldsOf<T>): z.ZodType<T> => z.strictObject(fields) as unknown as z.ZodType<T>;

const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Ids are random text; `as` makes the brand. */
const idOf = <T extends string>(): z.ZodType<T> => z.string().regex(ID, 'must be an id') as unknown as z.ZodType<T>;
/** A maker or model; `as` makes the brand. */
const nameOf = <T extends string>(): z.ZodType<T> =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,63}$/, 'must be a name') as unknown as z.ZodType<T>;

const [tenantId, groupId, personId] = [idOf<TenantId>(), idOf<GroupId>(), idOf<PersonId>()];
const [extensionId, phoneId, profileId] = [idOf<ExtensionId>(), idOf<PhoneId>(), idOf<ProfileId>()];
const [templateId, mappingId, firmwareId] = [idOf<TemplateId>(), idOf<MappingId>(), idOf<FirmwareId>()];
const [vendorId, modelId] = [nameOf<VendorId>(), nameOf<ModelId>()];

const text = z.string().max(4096);
const word = z.string().min(1).max(256);
const moment = z.iso.datetime();
const secret = z.instanceof(Secret, { error: 'must be a secret' });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256');
const userAccess = z.enum(USER_ACCESS);
const sidecars = z.strictObject({ type: word, count: z.int().min(1).max(9) });
const pem = z.string().max(100_000);

const mac: z.ZodType<Mac> = z.string().transform((typed, ctx) => {
  const read = parseMac(typed);
  if (read.ok && read.value === typed) return read.value;
  ctx.addIssue({ code: 'custom', message: 'must be a MAC address in lower case without separators' });
  return z.NEVER;
});

const stamp = { by: word.optional(), at: moment.optional() };
const entry = z.union([
  z.strictObject({
    value: z.unknown(),
    access: userAccess.optional(),
    locked: z.literal(true).optional(),
    ...stamp,
  }),
  z.strictObject({
    clear: z.literal(true),
    access: userAccess.optional(),
    locked: z.literal(true).optional(),
    ...stamp,
  }),
  z.strictObject({ access: userAccess, ...stamp }),
]);

/** The value as the registry makes it of what an administrator would have typed. */
function readValue(id: SettingId, value: unknown): { readonly value: unknown } | undefined {
  const { schema, secret: isSecret } = settingOf(id);
  if (value instanceof Secret !== (isSecret === true)) return undefined;
  const parsed = schema.safeParse(value instanceof Secret ? value.reveal() : value);
  return parsed.success ? { value: parsed.data } : undefined;
}

/** `as`: the keys were found in the registry, the values made by it. */
const settings = z.record(z.string(), entry).transform((entries, ctx): SettingEntries => {
  const read: [string, Entry][] = [];
  for (const [id, one] of Object.entries(entries)) {
    const known = isSettingId(id);
    const value = known && 'value' in one ? readValue(id, one.value) : undefined;
    if (!known) ctx.addIssue({ code: 'custom', path: [id], message: 'is no setting of this version' });
    else if ('value' in one && value === undefined)
      ctx.addIssue({ code: 'custom', path: [id], message: 'has a value that this setting cannot have' });
    else read.push([id, { ...one, ...value } as Entry]);
  }
  return Object.fromEntries(read);
});

const raw: z.ZodType<RawEntries> = z.record(
  z.string().min(1).max(200),
  kept<RawEntry>({ value: z.union([text, secret]), access: userAccess.optional(), ...stamp }),
);

const keptSip = kept<TenantSip>({
  proxy: kept<SipServer>({ host: word, port: z.int().optional(), transport: transport.optional() }).optional(),
  account: kept<SipCredentials>({ user: word, password: secret }).optional(),
  realms: z.array(word),
});

export const keptTenant = kept<Tenant>({
  id: tenantId,
  name: slug,
  title: text,
  domains: z.array(text),
  networks: z.array(z.union([z.cidrv4(), z.cidrv6()])),
  policy: tenantPolicy,
  settings,
  sip: keptSip.optional(),
  token: secret,
  httpUser: text,
  httpPassword: secret,
});

export const keptGroup = kept<Group>({
  id: groupId,
  name: word,
  title: text,
  parent: groupId.optional(),
  profile: profileId.optional(),
  forProvisioning: z.boolean(),
});

export const keptPerson = kept<Person>({
  id: personId,
  name: word,
  displayName: text,
  email: text.optional(),
  groups: z.array(groupId),
  profile: profileId.optional(),
});

export const keptExtension = kept<Extension>({
  id: extensionId,
  number: word,
  displayName: text,
  user: text,
  authUser: text.optional(),
  password: secret,
  serverHost: text,
  serverPort: z.int().min(1).max(65535).optional(),
  transport: transport.optional(),
  shared: z.boolean(),
});

export const keptTemplate = kept<Template>({
  id: templateId,
  tenant: tenantId.optional(),
  name: word,
  title: text,
  vendor: vendorId,
  models: z.array(modelId).min(1),
  firmware: text.optional(),
  sidecars: sidecars.optional(),
  settings,
  keys: keyLayout,
  raw,
});

export const keptProfile = kept<Profile>({ id: profileId, name: word, title: text, settings, keys: keyLayout });

export const keptMapping = kept<Mapping>({
  id: mappingId,
  tenant: tenantId.optional(),
  from: word,
  to: word,
  note: text.optional(),
});

const line = kept<Line>({ position: z.int().min(1).max(1000), extension: extensionId, settings });

export const keptPhone = kept<Phone>({
  id: phoneId,
  tenant: tenantId,
  mac: mac.optional(),
  serial: word.optional(),
  name: word,
  vendor: vendorId,
  model: modelId,
  label: text.optional(),
  group: groupId.optional(),
  person: personId.optional(),
  template: templateId.optional(),
  profile: profileId.optional(),
  sidecars: sidecars.optional(),
  firmware: text.optional(),
  settings,
  keys: keyLayout,
  raw,
  lines: z.array(line),
  token: secret,
  httpUser: text,
  httpPassword: secret,
  blocked: z.boolean(),
  window: z.strictObject({ content: z.enum(CONTENT_CLASSES), until: moment, by: word }).optional(),
});

const fileName = z.string().min(1).max(512);

const keptResync = kept<ResyncAttempt>({
  id: word,
  kind: z.enum(RESYNC_KINDS),
  at: moment,
  by: word,
  event: text,
  extension: text,
  server: text,
  answers: z.array(z.int()),
  done: z.partialRecord(z.enum(RESYNC_STEPS), moment),
  failure: kept<ResyncFailure>({ step: z.enum(RESYNC_STEPS), at: moment, why: text, next: text }).optional(),
});

export const keptState = kept<PhoneState>({
  seen: kept<NonNullable<PhoneState['seen']>>({
    at: moment,
    address: text,
    door: word,
    firmware: text.optional(),
    model: text.optional(),
  }).optional(),
  given: z.array(text),
  served: z.record(fileName, kept<ServedFile>({ hash: word, at: moment })),
  desired: z.strictObject({ fingerprint: word, hashes: z.record(fileName, word) }).optional(),
  resync: keptResync.optional(),
});

/** Names by which phones send files; they are no paths. */
const uploadName = z.string().regex(/^[^/\\]{1,512}$/, 'must be a file name');

export interface KeptUpload {
  readonly name: string;
  readonly at: string;
  /** In base64. */
  readonly bytes: Secret;
}
export const keptUpload = kept<KeptUpload>({ name: uploadName, at: moment, bytes: secret });

/** The file name as firmware is uploaded under: no path, no dot file. */
const firmwareFile = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+()-]{0,127}$/, 'must be a file name')
  .refine((name) => !name.includes('..'), 'must be a file name');

export const keptImage = kept<FirmwareImage>({
  id: firmwareId,
  tenant: tenantId.optional(),
  fileName: firmwareFile,
  vendor: vendorId,
  models: z.array(modelId),
  firmware: text,
  hardware: text.optional(),
  fromVersion: text.optional(),
  sha256,
  size: z.int().min(0),
});

export const keptUser = kept<User>({
  id: idOf<string>(),
  name: word,
  role: z.enum(ROLES),
  tenant: tenantId.optional(),
  person: personId.optional(),
  mayReveal: z.literal(true).optional(),
  passwordHash: text.optional(),
  oidc: kept<OidcTie>({ issuer: word, subject: word, roleFromProvider: z.literal(true).optional() }).optional(),
  oidcName: word.optional(),
});

export const keptToken = kept<AccessToken>({
  id: idOf<string>(),
  hash: word,
  user: idOf<string>(),
  name: text,
  createdAt: moment,
  expiresAt: moment.optional(),
  session: z.literal(true).optional(),
  scopes: z.array(z.enum(TOKEN_SCOPES)).optional(),
  onlyTenant: tenantId.optional(),
});

export const keptAuthority = kept<Authority>({
  id: idOf<string>(),
  vendor: vendorId,
  fingerprint: sha256,
  subject: text,
  notAfter: moment,
  pem,
});

export const keptIntermediate = kept<Intermediate>({ id: idOf<string>(), fingerprint: sha256, pem });

export const keptRevocation = kept<Revocation>({
  id: idOf<string>(),
  fingerprint: sha256,
  at: moment,
  by: word,
  note: text.optional(),
});

export const keptDecoy = kept<Decoy>({
  id: idOf<string>(),
  key: word,
  kind: z.enum(['mac', 'token']),
  mac: mac.optional(),
  note: text.optional(),
  by: word,
  at: moment,
});

export const keptCertificate = kept<ServerCertificate>({
  id: idOf<string>(),
  name: z.string().min(1).max(512),
  door: z.enum(['secure', 'spa', 'admin', 'ca']),
  host: word,
  keyType: z.enum(['rsa', 'ec']),
  privateKey: secret,
  csr: pem.optional(),
  chain: pem.optional(),
  notAfter: moment.optional(),
  sniOnly: z.boolean(),
  selfSigned: z.boolean(),
});

const auditValue = z.union([z.string().max(1000), z.number(), z.boolean()]);

export const keptAudit = kept<AuditEntry>({
  at: moment,
  who: text,
  from: text,
  what: word,
  object: text,
  tenant: tenantId.optional(),
  detail: z.string().max(100_000).optional(),
  changes: z
    .array(z.strictObject({ field: text, before: auditValue.optional(), after: auditValue.optional() }))
    .max(1000)
    .transform((changes) => changes.map((change) => given(change)))
    .optional(),
});

export const keptLeftover = kept<Leftover>({
  identity: z.string().regex(/^(?:mac\/[0-9a-f]{12}|serial\/[^/]{1,64}\/.{1,256})$/, 'must name a device'),
  given: z.array(text),
});

export const keptPlatform = kept<PlatformDocument>({ settings });
