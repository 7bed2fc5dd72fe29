import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config.ts';
import { openStore } from '../src/main/open-store.ts';
import { startProduct } from '../src/main/product.ts';
import { company } from './company.ts';

// The product as it runs, with `phones` phones of one tenant that allows full content on the legacy and TFTP doors.
export interface ProductReady {
  readonly http: number;
  readonly tftp: number;
  /** Path of each phone's file, with its token. */
  readonly paths: readonly string[];
}

const { phones } = JSON.parse(process.argv[2] ?? '{}') as { readonly phones: number };
const dataDir = await mkdtemp(join(tmpdir(), 'offhook-bench-'));
const doors = Object.fromEntries(
  ['ADMIN', 'SECURE', 'SPA', 'BOOTSTRAP', 'LEGACY', 'TFTP'].flatMap((door) => [
    [`OFFHOOK_DOORS_${door}_PORT`, '0'],
    [`OFFHOOK_DOORS_${door}_ADDRESS`, '127.0.0.1'],
  ]),
);
const config = readConfig(undefined, {
  OFFHOOK_DATADIR: dataDir,
  OFFHOOK_HOST: '127.0.0.1',
  OFFHOOK_DOORS_LEGACY_OPEN: 'true',
  ...doors,
});
if (!config.ok) throw new Error(config.error.problems.join('; '));
const silent = (): void => undefined;
const open = await openStore(config.value);
const product = await startProduct(config.value, open, { info: silent, warn: silent, error: silent });

const { tenant, create } = company(phones, open.keyring.crypto);
await product.store.transaction(create);
const paths: string[] = [];
for (let after: string | undefined; paths.length < phones;) {
  const page = await product.store
    .tenant(tenant)
    .phones.list({ limit: 1000, ...(after === undefined ? {} : { after }) });
  for (const phone of page) paths.push(`/tftpboot/p/${phone.token.reveal()}/${phone.mac ?? ''}.cfg`);
  after = page.at(-1)?.name;
  if (page.length === 0) break;
}
const portOf = (name: string): number => product.reports.find((report) => report.name === name)?.port ?? 0;
process.send?.({ http: portOf('legacy'), tftp: portOf('tftp'), paths } satisfies ProductReady);
process.once('SIGTERM', () => {
  void product
    .close()
    .then(() => rm(dataDir, { recursive: true, force: true }))
    .then(() => process.exit(0));
});
