import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueToken } from '../src/app/access/log-in.ts';
import type { Store } from '../src/app/ports.ts';
import { openStore, type OpenStore } from '../src/main/open-store.ts';
import { startProduct } from '../src/main/product.ts';
import { fetchOwn } from './clients/phone.ts';
import { company, numberOf, TENANT } from './company.ts';
import { benchConfig } from './configuration.ts';
import { runRound } from './measure.ts';
import { freePorts } from './ports.ts';
import { SECRETS_FILE, type KeyAndChain, type PhoneAccess, type Secrets } from './secrets.ts';

/** What a company is to have. */
export interface Preparing {
  readonly dataDir: string;
  readonly phones: number;
  readonly spares: number;
}

const AT_ONCE = 32;

async function readPhones(store: Store, count: number): Promise<readonly PhoneAccess[]> {
  const tenant = await store.platform.tenants.byKey(TENANT);
  if (tenant === undefined) throw new Error('there is no tenant');
  const { phones } = store.tenant(tenant.id);
  const found: PhoneAccess[] = [];
  for (let after: string | undefined; found.length < count;) {
    const page = await phones.list({ limit: 1000, ...(after === undefined ? {} : { after }) });
    if (page.length === 0) break;
    for (const { mac = '', token, httpUser, httpPassword } of page)
      found.push({
        mac,
        token: token.reveal(),
        user: httpUser,
        password: httpPassword.reveal(),
        line: numberOf(found.length, 1),
      });
    after = page.at(-1)?.name;
  }
  return found;
}

async function readCertificates(store: Store): Promise<readonly KeyAndChain[]> {
  const kept = await store.platform.certificates.list({ limit: 100 });
  return kept
    .filter(({ door, chain }) => door === 'secure' && chain !== undefined)
    .map(({ privateKey, chain = '' }) => ({ key: privateKey.reveal(), chain }));
}

async function makeApiToken(store: Store, { keyring }: OpenStore): Promise<string> {
  const operator = await store.platform.users.byKey('admin');
  if (operator === undefined) throw new Error('there is no operator');
  const ports = { crypto: keyring.crypto, clock: { now: () => new Date() } };
  const issued = await issueToken(ports, store, { user: operator.id, name: 'bench', scopes: ['write'] }, undefined);
  return issued.text;
}

/** Makes a data directory of a company whose phones have all fetched what they should have. */
async function prepare({ dataDir, phones, spares }: Preparing): Promise<void> {
  const ports = await freePorts();
  const config = benchConfig(dataDir, ports);
  const open = await openStore(config);
  const silent = (): void => undefined;
  const product = await startProduct(config, open, { info: silent, warn: silent, error: silent });
  const { store } = product;
  const spareNumbers = await company(store, open.keyring.crypto, { phones, spares });
  const secrets: Secrets = {
    ports,
    phones: await readPhones(store, phones),
    spares: spareNumbers,
    apiToken: await makeApiToken(store, open),
    certificates: await readCertificates(store),
  };
  await runRound(phones, AT_ONCE, async (index) => {
    const phone = secrets.phones[index];
    if (phone !== undefined) await fetchOwn(ports.LEGACY, phone);
  });
  await product.settle();
  await product.close();
  await writeFile(join(dataDir, SECRETS_FILE), JSON.stringify(secrets), { mode: 0o600 });
}

// `as`: what our own parent process wrote.
await prepare(JSON.parse(process.argv[2] ?? '') as Preparing);
process.exit(0);
