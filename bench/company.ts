import type { Crypto, Store, TenantStore, WriteResult } from '../src/app/ports.ts';
import type { ExtensionId, ModelId, PhoneId, TemplateId, TenantId, VendorId } from '../src/domain/ids.ts';
import type { KeyLayout } from '../src/domain/key.ts';
import type { Line } from '../src/domain/phone.ts';
import type { LoweredRule, TenantPolicy } from '../src/domain/tenant.ts';
import type { Mac } from '../src/domain/mac.ts';
import { Secret } from '../src/domain/secret.ts';

const VENDOR = 'yealink' as VendorId;
const MODEL = 'T46U' as ModelId;

/** Two lines and eighteen watched colleagues: a usual desk. */
const keys: KeyLayout = Object.fromEntries(
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

const LOWERED: readonly LoweredRule[] = (['legacy', 'tftp'] as const).map((door) => ({
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
      name: 'bench',
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
      keys,
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

async function createPhone(own: TenantStore, crypto: Crypto, { tenant, template }: Names, n: number): Promise<void> {
  const lines = [];
  for (const position of [1, 2])
    lines.push(await createLine(own, crypto, position, String(1_000_000 + n * 2 + position)));
  const mac = `805ec0${n.toString(16).padStart(6, '0')}` as Mac;
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

/** A tenant with `count` desk phones of two lines and twenty keys; every phone differs from every other. */
export function company(
  count: number,
  crypto: Crypto,
): { readonly tenant: TenantId; readonly create: (store: Store) => Promise<void> } {
  const names: Names = { tenant: crypto.id() as TenantId, template: crypto.id() as TemplateId };
  const create = async (store: Store): Promise<void> => {
    await createTenant(store, crypto, names);
    const own = store.tenant(names.tenant);
    for (let n = 0; n < count; n++) await createPhone(own, crypto, names, n);
  };
  return { tenant: names.tenant, create };
}
