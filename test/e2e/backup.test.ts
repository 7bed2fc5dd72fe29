import { mkdtemp, readFile, readdir, rm, copyFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import { CLEARED } from '../../src/store/sql/clear.ts';
import { runOffhook } from '../kit/cli.ts';
import { hasPostgres, startPostgres, type TestPostgres } from '../kit/postgres.ts';
import { ask, startTestProduct, testConfig, type TestProduct } from '../kit/product.ts';

const there = await hasPostgres();
const EXAMPLE = new URL('../../examples/acme.yaml', import.meta.url);
const LOG = 'log of the phone';
const PHONE = '805ec0000001';
const ROM = Buffer.alloc(200_000, 'rom');
/** Removed before the backup was made; made after it. */
const [LEFT, LATER] = ['805ec0000901', '805ec0000902'];

let directory: string;
let postgres: TestPostgres | undefined;
/** The company that was backed up; closed when the tests begin. */
let company: TestProduct;
let known: Readonly<Record<string, string>>;
let before: object;
let secrets: readonly string[];
const backupFile = (name: 'load' | 'rest'): string => join(directory, `${name}.gz`);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offhook-backup-'));
  company = await startTestProduct({ dataDir: join(directory, 'company') });
  try {
    await fill(company);
    await writeWhile(company, async () => {
      expect(await runOffhook(company, 'backup', backupFile('load'))).toMatchObject({ exitCode: 0, stderr: '' });
    });
    expect(await runOffhook(company, 'backup', '--with-firmware', backupFile('rest'))).toMatchObject({ exitCode: 0 });
    known = await rendered(company);
    before = await shown(company);
    const { token, httpPassword } = await credentials(company, `/tenants/acme/phones/${PHONE}`);
    secrets = [token, httpPassword, 'Acme-4dmin-2026', company.login.password, 'BEGIN PRIVATE KEY', LOG];
  } finally {
    await company.close();
  }
  postgres = there ? await startPostgres() : undefined;
}, 120_000);
afterAll(async () => {
  await postgres?.stop();
  await rm(directory, { recursive: true });
});

const phonesOf = async (offhook: TestProduct): Promise<readonly string[]> => {
  const { items } = (await offhook.must('GET', '/tenants/acme/phones?limit=100')) as { items: { name: string }[] };
  return items.map(({ name }) => name);
};

/** Every file of every phone, as the phone would get it. */
async function rendered(offhook: TestProduct): Promise<Readonly<Record<string, string>>> {
  const all: [string, string][] = [];
  for (const phone of await phonesOf(offhook)) {
    const place = `/tenants/acme/phones/${phone}/files`;
    const { files } = (await offhook.must('GET', place)) as { files: { name: string }[] };
    for (const { name } of files) {
      const file = await offhook.api('GET', `${place}/${name}?reveal=true`);
      expect(file.status).toBe(200);
      all.push([`${phone}/${name}`, file.bytes.toString('base64')]);
    }
  }
  expect(all.length).toBeGreaterThan(30);
  return Object.fromEntries(all);
}

const credentials = async (
  offhook: TestProduct,
  path: string,
): Promise<{ readonly token: string; readonly httpPassword: string }> =>
  (await offhook.must('GET', `${path}/credentials`)) as { token: string; httpPassword: string };

/** What people see of it, and may write again if they have seen it. */
async function shown(offhook: TestProduct): Promise<object> {
  const things = ['phones', 'extensions', 'people', 'groups', 'profiles', 'templates', 'mappings'];
  const paths = ['/users', '/platform', '/firmware', ...things.map((thing) => `/tenants/acme/${thing}?limit=100`)];
  const lists = await Promise.all(paths.map((path) => offhook.must('GET', path)));
  const phone = PHONE;
  const one = await offhook.api('GET', `/tenants/acme/phones/${phone}`);
  return { lists: lists as unknown[], etag: one.headers.etag, phone: one.json as unknown };
}

/** Two things that stand far from each other in a backup. */
async function writtenOf(offhook: TestProduct): Promise<readonly [string, string]> {
  const profile = (await offhook.must('GET', '/tenants/acme/profiles/office')) as { title: string };
  const mapping = (await offhook.must('GET', '/tenants/acme/mappings/1.1.1.1')) as { note: string };
  return [profile.title, mapping.note];
}

/** Writes both in one transaction, again and again until `work` is done. */
async function writeWhile(offhook: TestProduct, work: () => Promise<void>): Promise<void> {
  let [n, going] = [0, true];
  const writeOnce = async (): Promise<void> => {
    const written = `written ${String(++n)}`;
    const profiles = [{ name: 'office', title: written, settings: { 'features.callWaiting': true } }];
    const mappings = [{ from: '1.1.1.1', to: 'pbx.acme.example', note: written }];
    await offhook.must('POST', '/apply', { tenants: [{ name: 'acme', profiles, mappings }] });
  };
  await writeOnce();
  const writing = (async () => {
    while (going) await writeOnce();
  })();
  await work();
  going = false;
  await writing;
  expect(n).toBeGreaterThan(2);
}

/** The same doors on the same ports: they stand in every file. */
const portsOf = ({ product }: TestProduct): Record<string, string> =>
  Object.fromEntries(
    product.reports
      .filter(({ name, open }) => open && name !== 'admin')
      .map(({ name, port }) => [`OFFHOOK_DOORS_${name.toUpperCase()}_PORT`, String(port)]),
  );

/** A company with everything in it that there is. */
async function fill(offhook: TestProduct): Promise<void> {
  const applied = await offhook.api('POST', '/apply', await readFile(EXAMPLE), { 'content-type': 'application/yaml' });
  expect(applied.status).toBe(200);
  const rom = await offhook.api(
    'PUT',
    '/firmware/T46U-108.86.0.20.rom?vendor=yealink&models=T46U&version=108.86.0.20',
    ROM,
    { 'content-type': 'application/octet-stream' },
  );
  expect(rom.status).toBe(201);
  await offhook.must('PUT', '/platform', { settings: { 'time.ntp2': 'ntp.example.com' } });
  await offhook.must('PUT', '/users/eve', { role: 'operator', oidcName: 'eve@example.com' });
  const oidc = { issuer: 'https://login.example.com', subject: '1001', roleFromProvider: true };
  await offhook.must('PUT', '/users/fay', { role: 'csr', tenant: 'acme', oidc });
  await offhook.must('PUT', '/users/ada', { role: 'admin', tenant: 'acme', password: 'correct horse battery' });
  const phone = PHONE;
  const { url } = (await offhook.must('GET', `/tenants/acme/phones/${phone}/url`)) as { url: string };
  expect((await ask(`${url}${phone}.cfg`)).status).toBe(200);
  expect((await ask(`${url}${phone}-sip.log`, { method: 'PUT', body: LOG })).status).toBeLessThan(300);
  await offhook.product.settle();
  await holdSomething(offhook, LEFT);
  expect((await offhook.api('DELETE', `/tenants/acme/phones/${LEFT}`)).status).toBe(204);
}

const HELD = 'account.1.ringtone.ring_type';

/** Makes a phone that is given a parameter, and fetches it. */
async function holdSomething(offhook: TestProduct, phone: string): Promise<void> {
  const path = `/tenants/acme/phones/${phone}`;
  await offhook.must('PUT', path, { vendor: 'yealink', model: 'T46U', raw: { [HELD]: 'Ring5.wav' } });
  expect(await fetchedLine(offhook, phone)).toBe(`${HELD} = Ring5.wav`);
}

/** What the phone's own file says of that parameter. */
async function fetchedLine(offhook: TestProduct, phone: string): Promise<string | undefined> {
  const { url } = (await offhook.must('GET', `/tenants/acme/phones/${phone}/url`)) as { url: string };
  const file = await ask(`${url}${phone}.cfg`);
  expect(file.status).toBe(200);
  await offhook.product.settle();
  return file.text.split('\n').find((line) => line.startsWith(HELD));
}

/** Made again with nothing of its own, as somebody would who knows nothing of its past. */
async function madeAgain(offhook: TestProduct, phone: string): Promise<string | undefined> {
  await offhook.must('PUT', `/tenants/acme/phones/${phone}`, { vendor: 'yealink', model: 'T46U' });
  return fetchedLine(offhook, phone);
}

async function expectFirmware(offhook: TestProduct): Promise<void> {
  const rom = await ask(`${offhook.door('bootstrap')}/T46U-108.86.0.20.rom`);
  expect(rom.status).toBe(200);
  expect(rom.bytes.equals(ROM)).toBe(true);
}

/** What lies in the database is all there is then. */
async function emptyCopies(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'firmware');
  for (const name of await readdir(folder)) await rm(join(folder, name));
}

/** A new data directory with nothing but the master key, and a configuration for it. */
async function elsewhere(
  { dataDir }: TestProduct,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly config: Config; readonly dataDir: string }> {
  const place = await mkdtemp(join(directory, 'restored-'));
  await copyFile(join(dataDir, 'master.key'), join(place, 'master.key'));
  return { config: testConfig(place, environment), dataDir: place };
}

const STORES = ['sqlite', ...(there ? ['postgres'] : [])] as const;

for (const kind of STORES) {
  test(`a backup made under load is one moment, and restored on ${kind} every phone gets the same bytes`, async () => {
    const environment = {
      ...portsOf(company),
      ...(kind === 'postgres'
        ? { OFFHOOK_STORE_KIND: kind, OFFHOOK_STORE_URL: (await postgres?.createDatabase()) ?? '' }
        : {}),
    };
    const place = await elsewhere(company, environment);
    const done = await runOffhook(place, 'restore', backupFile('load'));
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(done.stdout).toContain('The content of 1 firmware file is not here');
    const again = await runOffhook(place, 'restore', backupFile('rest'));
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--replace') as string });
    // Both were written together, again and again: a backup that reads one now and one later would tear them.
    const { login } = company;
    const first = await startTestProduct({ dataDir: place.dataDir, environment, login });
    try {
      const [one, other] = await writtenOf(first);
      expect(one).toMatch(/^written \d+$/);
      expect(other).toBe(one);
      const refused = await runOffhook(first, 'restore', '--replace', backupFile('rest'));
      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/in use by another/) as string });
    } finally {
      await first.close();
    }
    const replaced = await runOffhook(place, 'restore', '--replace', backupFile('rest'));
    expect(replaced).toMatchObject({ exitCode: 0, stderr: '' });
    const second = await startTestProduct({ dataDir: place.dataDir, environment, login });
    try {
      expect(await rendered(second)).toEqual(known);
      expect(await shown(second)).toEqual(before);
      if (kind === 'postgres') await emptyCopies(place.dataDir);
      await expectFirmware(second);
      const audit = (await second.must('GET', '/audit?limit=500')) as { items: { what: string }[] };
      expect(audit.items.map(({ what }) => what)).toEqual(
        expect.arrayContaining(['backup.restored', 'backup.made', 'firmware.created']),
      );
    } finally {
      await second.close();
    }
  }, 120_000);
}

test.skipIf(!there)(
  'firmware in PostgreSQL goes into its backup and comes back on SQLite; of a backup that was cut nothing stays',
  async () => {
    const url = (await postgres?.createDatabase()) ?? '';
    const environment = { OFFHOOK_STORE_KIND: 'postgres', OFFHOOK_STORE_URL: url };
    const place = await elsewhere(company, environment);
    const [whole, cut] = [backupFile('rest'), join(directory, 'cut.gz')];
    const lines = gunzipSync(await readFile(whole))
      .toString()
      .trimEnd()
      .split('\n');
    await writeFile(cut, gzipSync(lines.slice(0, -1).join('\n') + '\n'));
    expect(await runOffhook(place, 'restore', cut)).toMatchObject({ exitCode: 1 });
    const contents = async (): Promise<unknown> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query('select sha256 from contents').finally(() => client.end());
      return rows.length;
    };
    expect(await contents()).toBe(0);
    expect(await runOffhook(place, 'restore', whole)).toMatchObject({ exitCode: 0 });
    expect(await contents()).toBe(1);
    await rm(join(place.dataDir, 'firmware'), { recursive: true });
    const moved = join(directory, 'moved.gz');
    expect(await runOffhook(place, 'backup', '--with-firmware', moved)).toMatchObject({ exitCode: 0, stderr: '' });
    const home = await elsewhere(company, {});
    expect(await runOffhook(home, 'restore', moved)).toMatchObject({ exitCode: 0, stderr: '' });
    const offhook = await startTestProduct({ dataDir: home.dataDir, login: company.login });
    await expectFirmware(offhook).finally(() => offhook.close());
  },
  120_000,
);

for (const kind of STORES) {
  test(`what devices hold is cleared after a restore on ${kind}: of one removed before the backup, one made after it, one given more since`, async () => {
    const environment =
      kind === 'postgres'
        ? { OFFHOOK_STORE_KIND: kind, OFFHOOK_STORE_URL: (await postgres?.createDatabase()) ?? '' }
        : {};
    const place = await elsewhere(company, environment);
    expect(await runOffhook(place, 'restore', backupFile('load'))).toMatchObject({ exitCode: 0 });
    const { login } = company;
    const first = await startTestProduct({ dataDir: place.dataDir, environment, login });
    try {
      await holdSomething(first, LATER);
      await first.must('PATCH', `/tenants/acme/phones/${PHONE}`, { raw: { [HELD]: 'Ring5.wav' } });
      expect(await fetchedLine(first, PHONE)).toBe(`${HELD} = Ring5.wav`);
    } finally {
      await first.close();
    }
    expect(await runOffhook(place, 'restore', '--replace', backupFile('rest'))).toMatchObject({ exitCode: 0 });
    const second = await startTestProduct({ dataDir: place.dataDir, environment, login });
    try {
      const cleared = `${HELD} = %NULL%`;
      expect(await fetchedLine(second, PHONE)).toBe(cleared);
      expect(await madeAgain(second, LATER)).toBe(cleared);
      expect(await madeAgain(second, LEFT)).toBe(cleared);
    } finally {
      await second.close();
    }
  }, 120_000);
}

test('a backup is for one account only, and holds no secret and no key that can be read', async () => {
  expect((await stat(backupFile('rest'))).mode & 0o777).toBe(0o600);
  const text = gunzipSync(await readFile(backupFile('rest'))).toString();
  const key = JSON.parse(await readFile(join(company.dataDir, 'master.key'), 'utf8')) as {
    hashing: string;
    keys: { key: string }[];
  };
  for (const secret of [...secrets, key.hashing, ...key.keys.map((one) => one.key)]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''));
  }
  expect(text).toContain('alice@acme.example');
});

test('no table is left out of backups without somebody having thought of it', () => {
  const database = new Database(join(company.dataDir, 'offhook.db'), { readonly: true });
  const tables = database
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .all() as { name: string }[];
  database.close();
  const NOT_IN_A_BACKUP = [
    'schema_version',
    'platform',
    'journal',
    'nonce_uses',
    'bans',
    'guard_news',
    'proven_sources',
    'token_uses',
    'leases',
    // In a backup with firmware, as its files; removed when no image names them any more.
    'contents',
    'content_parts',
  ];
  // A restore adds to it and takes nothing away: the devices hold what they hold.
  const BEYOND_CLEARING = ['removed_phones'];
  expect(tables.map(({ name }) => name).sort()).toEqual([...CLEARED, ...BEYOND_CLEARING, ...NOT_IN_A_BACKUP].sort());
});
