import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, fetchOwn, sendRaw, statusOf, type KnownPhone } from '../kit/attack.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
let phone: KnownPhone;
const DOORS = ['secure', 'spa', 'bootstrap', 'legacy'] as const;
const FIRMWARE = Buffer.from('firmware '.repeat(1000));

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const stored = (): Promise<string[]> => readdir(join(offhook.dataDir, 'firmware'));

const FACTS = 'vendor=yealink&models=T46U&version=108.86.0.20';
const upload = (
  path: string,
  bytes: Buffer,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  offhook.api('PUT', `${path}?${FACTS}${query}`, bytes, { 'content-type': 'application/octet-stream', ...headers });

beforeAll(async () => {
  offhook = await startTestProduct({
    environment: {
      OFFHOOK_DOORS_LEGACY_OPEN: 'true',
      OFFHOOK_FIRMWARE_FILEMEGABYTES: '2',
      OFFHOOK_FIRMWARE_QUOTAMEGABYTES: '3',
    },
  });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0081');
  expect((await upload('/firmware/t46.rom', FIRMWARE)).status).toBe(201);
});
afterAll(() => offhook.close());

test('P6 a thousand ranges are answered with the whole file once, and one beyond the end with 416', async () => {
  const ranges = Array.from({ length: 1000 }, (_, n) => `${String(n)}-${String(n)}`).join(',');
  for (const door of DOORS) {
    const at = `${offhook.door(door)}/t46.rom`;
    const many = await ask(at, { headers: { range: `bytes=${ranges}` } });
    expect(many.status).toBe(200);
    expect(many.bytes.equals(FIRMWARE)).toBe(true);
    const beyond = await ask(at, { headers: { range: 'bytes=9999999999-' } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers['content-range']).toBe(`bytes */${String(FIRMWARE.length)}`);
    expect((await ask(at, { headers: { range: 'bytes=0-8' } })).text).toBe('firmware ');
  }
  // A configuration is written for each request, and whole.
  for (const range of [`bytes=${ranges}`, 'bytes=9999999999-']) {
    const own = await fetchOwn(offhook, phone, { headers: { range } });
    expect(own.status).toBe(200);
    expect(own.text).toContain(phone.sipPassword);
  }
});

test('P6 a megabyte of If-None-Match is refused before anybody compares it', async () => {
  for (const door of DOORS) {
    const asking = `GET /t46.rom HTTP/1.1\r\nHost: x\r\nIf-None-Match: ${'"a", '.repeat(200_000)}\r\n\r\n`;
    expect(statusOf(await sendRaw(offhook.door(door), asking))).toBe(431);
  }
  const long = await fetchOwn(offhook, phone, { headers: { 'if-none-match': '"a", '.repeat(2000) } });
  expect(long.status).toBe(200);
});

test('P7 content of another checksum than the declared one is refused and leaves nothing behind', async () => {
  const before = await stored();
  const wrong = await upload('/firmware/wrong.rom', Buffer.from('wrong'), `&sha256=${'0'.repeat(64)}`);
  expect(wrong.status).toBe(422);
  expect(wrong.json.type).toBe('/api/v1/problems/checksum-mismatch');
  expect(await stored()).toEqual(before);
  expect((await ask(`${offhook.door('bootstrap')}/wrong.rom`)).status).toBe(404);
});

test('P7 ten gigabytes are refused when they are declared, and as soon as they are too many when they are not', async () => {
  const before = await stored();
  const start = (headers: string): string =>
    `PUT /api/v1/firmware/big.rom?${FACTS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
    `Authorization: ${offhook.bearer.authorization}\r\nContent-Type: application/octet-stream\r\n${headers}\r\n`;
  const declared = await sendRaw(
    offhook.door('admin'),
    `${start('Content-Length: 10737418240\r\n')}${'a'.repeat(1000)}`,
  );
  expect(statusOf(declared)).toBe(413);
  const chunk = `${(3 * 1024 * 1024).toString(16)}\r\n${'a'.repeat(3 * 1024 * 1024)}\r\n`;
  const silent = await sendRaw(offhook.door('admin'), start('Transfer-Encoding: chunked\r\n') + chunk);
  expect(statusOf(silent)).toBe(413);
  expect(await stored()).toEqual(before);
});

test('P7 what is packed is never unpacked: it is kept and served byte by byte as it came', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  expect((await upload('/firmware/bomb.rom', bomb, '', { 'content-encoding': 'gzip' })).json).toMatchObject({
    size: bomb.length,
    sha256: sha256Of(bomb),
  });
  expect((await readFile(join(offhook.dataDir, 'firmware', sha256Of(bomb)))).equals(bomb)).toBe(true);
  const served = await ask(`${offhook.door('bootstrap')}/bomb.rom`, { headers: { 'accept-encoding': 'gzip' } });
  expect(served.bytes.equals(bomb)).toBe(true);
  expect(served.headers).not.toHaveProperty('content-encoding');
  expect((await offhook.api('DELETE', '/firmware/bomb.rom')).status).toBe(204);
});

test('P7 a file that is a page as well is never served as one', async () => {
  const polyglot = Buffer.from('GIF89a/*<html><script>alert(1)</script>*/=1;%PDF-1.4 PK\x03\x04');
  for (const name of ['page.html', 'picture.svg', 'page.rom']) {
    expect((await upload(`/firmware/${name}`, polyglot)).status, name).toBe(201);
    for (const door of DOORS) {
      const { status, headers } = await ask(`${offhook.door(door)}/${name}`);
      expect(status, name).toBe(200);
      expect(headers, name).toMatchObject({
        'content-type': 'application/octet-stream',
        'x-content-type-options': 'nosniff',
      });
    }
    await offhook.must('DELETE', `/firmware/${name}`);
  }
});

test('P7 the quota of the disk is kept, also by uploads that come at the same time', async () => {
  const megabyte = (fill: number): Buffer => Buffer.alloc(1024 * 1024, fill);
  const path = '/tenants/acme/firmware';
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => upload(`${path}/q${String(n)}.rom`, megabyte(n))));
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, 201, 201, 413, 413, 413]);
  // What was refused is gone from the disk: three files, and the first one of all.
  expect(await stored()).toHaveLength(4);
  expect((await upload(`${path}/one-more.rom`, Buffer.from('x'))).status).toBe(413);
  // Content that somebody else has already may not be lost with a refusal.
  const again = await upload(`${path}/same.rom`, megabyte(answers.findIndex(({ status }) => status === 201) + 1));
  expect(again.status).toBe(413);
  expect(await stored()).toHaveLength(4);
});
