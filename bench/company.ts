import type { Crypto, Store, TenantStore, WriteResult } from '../src/app/ports.ts';
import type { ExtensionId, ModelId, PhoneId, TemplateId, TenantId, VendorId } from '../src/domain/ids.ts';
import type { KeyLayout } from '../src/domain/key.ts';
import type { Line } from '../src/domain/phone.ts';
import type { LoweredRule, TenantPolicy } from '../src/domain/tenant.ts';
import type { Mac } from '../src/domain/mac.ts';
import { Secret } from '../src/domain/secret.ts';

/** The one tenant's name. */
export const TENANT = 'bench';

const VENDOR = 'yealink' as VendorId;
const MODEL = 'T46U' as ModelId;

/** Two lines and eighteen watched colleagues: a usual desk. */
export const DESK_KEYS: KeyLayout = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => {
    const position = index + 1;
    const key =
      position <= 2
        ? ({ type: 'line', line: position, label: '' } as const)
        : ({ type: 'blf', line: 1, watch: String(200 + position), label: `Colleague ${position}` } as const);
    return [`key/${position}`, { key }];
  }),
);

function kept<T>(result: WriteResult<T>): void {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
}

interface Names {
  readonly tenant: TenantId;
  readonly template: TemplateId;
}

export const LOWERED: readonly LoweredRule[] = (['legacy', 'tftp'] as const).map((door) => ({
  door,
  networks: ['127.0.0.0/8'],
  content: 'full',
  level: 3,
}));

async function createTenant(store: Store, crypto: Crypto, { tenant, template }: Names): Promise<void> {
  const settings = {
    'time.zone': { value: 'Europe/Berlin' },
    'ui.language': { value: 'de' },
    'ui.toneCountry': { value: 'DE' },
  };
  const policy: TenantPolicy = { httpAuth: 'off', lowered: [...LOWERED] };
  const credentials = {
    token: new Secret(crypto.token(160)),
    httpUser: 'bench',
    httpPassword: new Secret(crypto.token(100)),
  };
  kept(
    await store.platform.tenants.create({
      id: tenant,
      name: TENANT,
      title: 'Bench',
      domains: [],
      networks: [],
      policy,
      settings,
      ...credentials,
    }),
  );
  const desk = {
    'line.transport': { value: 'udp' },
    'line.codecs': { value: ['g722', 'pcma', 'pcmu'] },
    'security.directIpCalls': { value: false },
    'security.adminPassword': { value: new Secret('Adm1n-secret') },
  };
  kept(
    await store.tenant(tenant).templates.create({
      id: template,
      tenant,
      name: 'desk',
      title: 'Desk',
      vendor: VENDOR,
      models: [MODEL],
      settings: desk,
      keys: DESK_KEYS,
      raw: {},
    }),
  );
}

async function createLine(own: TenantStore, crypto: Crypto, position: number, number: string): Promise<Line> {
  const id = crypto.id() as ExtensionId;
  kept(
    await own.extensions.create({
      id,
      number,
      displayName: `Person ${number}`,
      user: number,
      password: new Secret(`sip-${number}`),
      serverHost: 'pbx.example.com',
      shared: false,
    }),
  );
  return { position, extension: id, settings: {} };
}

/** The extension of the n-th phone's line. */
export const numberOf = (n: number, position: number): string => String(1_000_000 + n * 2 + position);

// `as`: twelve digits by construction.
export const macOf = (n: number): Mac => `805ec0${n.toString(16).padStart(6, '0')}` as Mac;

async function createPhone(own: TenantStore, crypto: Crypto, { tenant, template }: Names, n: number): Promise<void> {
  const lines = [];
  for (const position of [1, 2]) lines.push(await createLine(own, crypto, position, numberOf(n, position)));
  const mac = macOf(n);
  const credentials = {
    token: new Secret(crypto.token(160)),
    httpUser: `phone-${mac}`,
    httpPassword: new Secret(crypto.token(100)),
  };
  kept(
    await own.phones.create({
      id: crypto.id() as PhoneId,
      tenant,
      mac,
      name: mac,
      vendor: VENDOR,
      model: MODEL,
      template,
      settings: {},
      keys: {},
      raw: {},
      lines,
      ...credentials,
      blocked: false,
    }),
  );
}

/** Objects that are written in one transaction. */
const BATCH = 2_000;

async function inBatches(store: Store, count: number, write: (store: Store, n: number) => Promise<unknown>) {
  for (let first = 0; first < count; first += BATCH)
    await store.transaction(async (batch) => {
      for (let n = first; n < Math.min(first + BATCH, count); n++) await write(batch, n);
    });
}

/** A tenant with desk phones of two lines and twenty keys, each different from every other, and with extensions that no phone has: the answer. */
export async function company(
  store: Store,
  crypto: Crypto,
  { phones, spares }: { readonly phones: number; readonly spares: number },
): Promise<readonly string[]> {
  const names: Names = { tenant: crypto.id() as TenantId, template: crypto.id() as TemplateId };
  await store.transaction((first) => createTenant(first, crypto, names));
  await inBatches(store, phones, (batch, n) => createPhone(batch.tenant(names.tenant), crypto, names, n));
  const numbers = Array.from({ length: spares }, (_, n) => String(9_000_000 + n));
  await inBatches(store, spares, (batch, n) => createLine(batch.tenant(names.tenant), crypto, 1, numbers[n] ?? ''));
  return numbers;
}
