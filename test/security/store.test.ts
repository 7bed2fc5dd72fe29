import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, fetchOwn, type KnownPhone } from '../kit/attack.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { fetchTftp } from '../kit/tftp-client.ts';

let offhook: TestProduct;
let phone: KnownPhone;
let unserved: KnownPhone;
beforeAll(async () => {
  offhook = await startTestProduct();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0061');
  unserved = await addPhone(offhook, 'acme', 'snom', 'aa0062');
});
afterAll(() => offhook.close());

const relabel = (label: string): Promise<Answer> =>
  offhook.api(
    'PATCH',
    `/tenants/acme/phones/${phone.mac}`,
    { label },
    { 'content-type': 'application/merge-patch+json' },
  );

/**
 * From now on the kernel refuses every write of this process to a file (EFBIG), as it would on a full disk; Node ignores the
 * signal that comes with it. Sockets are no files.
 */
function forbidFileWrites(bytes: '0' | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

test('where the store can be read but not written, fetches go on from the last good state, and writes say 503', async () => {
  const before = await fetchOwn(offhook, phone);
  expect(before.text).toContain(phone.sipPassword);
  await offhook.product.settle();
  const etag = before.headers.etag ?? '';
  forbidFileWrites('0');
  try {
    // What it is given is on record already: the file goes out whole, and unchanged.
    const again = await fetchOwn(offhook, phone);
    expect({ status: again.status, text: again.text, etag: again.headers.etag }).toEqual({
      status: 200,
      text: before.text,
      etag,
    });
    expect((await fetchOwn(offhook, phone, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await ask(`${offhook.door('secure')}/${phone.file}`)).status).toBe(404);
    expect((await fetchTftp({ port: offhook.port('tftp') }, 'spa942.cfg')).error).toBeUndefined();
    // A first fetch would have to be noted before it goes out.
    const first = await fetchOwn(offhook, unserved);
    expect(first.status).toBe(503);
    expect(Number(first.headers['retry-after'])).toBeGreaterThan(0);
    expect(first.text).toBe('Try again later\n');
    const refused = await relabel('not written');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json).toMatchObject({ type: '/api/v1/problems/unavailable' });
    await offhook.product.settle();
  } finally {
    forbidFileWrites('unlimited');
  }
  // The administrator sees why; nobody else does.
  expect(offhook.log.filter((line) => line.includes('"event":"journal_failed"')).length).toBeGreaterThan(0);
  expect(offhook.log.filter((line) => line.includes('"event":"serve_failed"')).join()).toMatch(/offhook\.db.*SQLITE_/);
  expect(JSON.stringify(offhook.log)).not.toContain(phone.token);
  // It recovers by itself, and has lost no record.
  expect((await fetchOwn(offhook, unserved)).status).toBe(200);
  expect((await relabel('written')).status).toBe(200);
  await offhook.product.settle();
  const log = (await offhook.must('GET', `/tenants/acme/phones/${phone.mac}/log`)) as {
    readonly items: readonly object[];
  };
  expect(log.items).toHaveLength(4);
});

test('where the store cannot be read, a phone gets what is remembered of it, a file for all phones goes out, and everybody else is to come back later', async () => {
  const stranger = await addPhone(offhook, 'acme', 'yealink', 'ac0077');
  const before = await fetchOwn(offhook, phone);
  const bootstrap = await ask(`${offhook.door('bootstrap')}/y000000000108.cfg`);
  expect([before.status, bootstrap.status]).toEqual([200, 200]);
  await offhook.product.settle();
  const file = join(offhook.dataDir, 'offhook.db');
  const disk = new Database(file);
  disk.pragma('wal_checkpoint(TRUNCATE)');
  const good = readFileSync(file);
  const pageSize = disk.pragma('page_size', { simple: true }) as number;
  // Every page but the first comes back from the disk as noise; a commit makes readers drop the pages they remember.
  const overwrite = (bytes: Buffer): void => {
    writeFileSync(file, Buffer.concat([good.subarray(0, pageSize), bytes.subarray(pageSize)]), { flag: 'r+' });
    disk.pragma(`user_version = ${String((disk.pragma('user_version', { simple: true }) as number) + 1)}`);
  };
  overwrite(Buffer.alloc(good.length, 0xa5));
  try {
    expect((await fetchOwn(offhook, phone)).text).toBe(before.text);
    // Names nobody, so nobody has to be looked up for it.
    expect((await ask(`${offhook.door('bootstrap')}/y000000000108.cfg`)).text).toBe(bootstrap.text);
    for (const url of [
      `${offhook.door('secure')}/p/${stranger.token}/${stranger.file}`,
      `${offhook.door('secure')}/${phone.file}`,
      `${offhook.door('bootstrap')}/${phone.file}`,
    ]) {
      const answer = await ask(url);
      expect(answer.status).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.text).toBe('Try again later\n');
      expect(answer.headers.etag).toBeUndefined();
    }
    const overTftp = await fetchTftp({ port: offhook.port('tftp') }, phone.file);
    expect(overTftp.error).toBe(0);
    expect(overTftp.bytes).toHaveLength(0);
    const read = await offhook.api('GET', '/tenants/acme/phones');
    expect(read.status).toBe(503);
    expect(Number(read.headers['retry-after'])).toBeGreaterThan(0);
    expect(read.text).not.toMatch(/SQL|offhook\.db/i);
    expect(offhook.log.filter((line) => line.includes('"event":"serve_failed"')).join()).toMatch(/SQLITE_CORRUPT/);
  } finally {
    overwrite(good);
    disk.close();
  }
  const after = await fetchOwn(offhook, phone, { headers: { 'if-none-match': before.headers.etag ?? '' } });
  expect(after.status).toBe(304);
  expect((await fetchOwn(offhook, phone)).text).toBe(before.text);
});

test('an apply with one bad row changes nothing, and says which row it is and why', async () => {
  const rows = (bad: string): string => `tenants:
  - name: harbour
    title: Harbour
    extensions:
      - { number: '301', password: sip-secret-301, serverHost: pbx.example.com }
      - { number: '302', password: sip-secret-302, serverHost: pbx.example.com }
    phones:
      - { mac: '80:5e:c0:aa:00:63', vendor: yealink, model: T46U, lines: ['301'] }
${bad}
`;
  const apply = (document: string): Promise<Answer> =>
    offhook.api('POST', '/apply', document, { 'content-type': 'application/yaml' });
  const bad: readonly (readonly [string, string, RegExp])[] = [
    [`      - { mac: 'not-a-mac', vendor: yealink, model: T46U }`, 'mac', /MAC/],
    [`      - { mac: '805ec0aa0064', vendor: yealink, model: T99X }`, 'model', /T99X|catalogue|model/],
    [`      - { mac: '805ec0aa0064', vendor: yealink, model: T46U, lines: ['399'] }`, 'lines', /399|extension/],
    [
      `      - { mac: '805ec0aa0064', vendor: yealink, model: T46U, lines: ['301'] }`,
      'lines',
      /805ec0aa0063|taken|already/,
    ],
    [
      `      - { mac: '805ec0aa0064', vendor: yealink, model: T46U, settings: { network.vlanId: 5000 } }`,
      'network.vlanId',
      /4094/,
    ],
    [`      - { mac: '805ec0aa0064', vendor: yealink, model: T46U, colour: red }`, 'colour', /./],
  ];
  for (const [row, field, why] of bad) {
    const refused = await apply(rows(row));
    expect(refused.status).toBe(422);
    const { errors } = refused.json as {
      readonly errors: readonly { field: string; message: string; line?: number; value?: unknown }[];
    };
    expect(errors).toHaveLength(1);
    expect(errors[0]?.field).toContain('tenants[0].phones[1]');
    expect(errors[0]?.field).toContain(field);
    expect(JSON.stringify(errors[0])).toMatch(why);
    expect(errors[0]?.line).toBe(9);
    expect((await offhook.api('GET', '/tenants/harbour')).status).toBe(404);
    expect((await offhook.api('GET', '/tenants/harbour/phones/805ec0aa0063')).status).toBe(404);
  }
  expect((await apply(rows(''))).status).toBe(200);
  expect((await offhook.api('GET', '/tenants/harbour/phones/805ec0aa0063')).status).toBe(200);
});
