import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { memoryFiles, testApi, type Answer, type TestApi } from '../../../test/kit/api.ts';

let api: TestApi;
let files: ReturnType<typeof memoryFiles>;
const FACTS = 'vendor=testphone&models=T4,T1&version=2.1.0';

const upload = (path: string, bytes: Buffer, query = FACTS): Promise<Answer> =>
  api.ask('PUT', `${path}?${query}`, bytes, { 'content-type': 'application/octet-stream' });

beforeEach(async () => {
  files = memoryFiles();
  api = await testApi({ files });
  await api.ask('PUT', '/tenants/acme', {});
});

test('a firmware file is kept with its checksum, for one tenant or for all', async () => {
  const bytes = Buffer.from('firmware');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const made = await upload('/tenants/acme/firmware/t4.rom', bytes, `${FACTS}&sha256=${sha256.toUpperCase()}`);
  expect(made.status).toBe(201);
  expect(made.body).toEqual({
    fileName: 't4.rom',
    vendor: 'testphone',
    models: ['T4', 'T1'],
    version: '2.1.0',
    sha256,
    size: 8,
  });
  expect((await upload('/firmware/t4.rom', bytes)).status).toBe(201);
  expect((await upload('/tenants/acme/firmware/t4.rom', bytes)).status).toBe(200);
  expect((await api.ask('GET', '/tenants/acme/firmware')).body['items']).toHaveLength(1);
  expect((await api.ask('DELETE', '/tenants/acme/firmware/t4.rom')).status).toBe(204);
  expect(files.contents.size).toBe(1);
  await api.ask('DELETE', '/firmware/t4.rom');
  expect(files.contents.size).toBe(0);
});

test('P7 a wrong checksum, an empty file and one beyond the quota are refused before anything is published', async () => {
  const wrong = await upload('/firmware/t4.rom', Buffer.from('x'), `${FACTS}&sha256=${'0'.repeat(64)}`);
  expect(wrong.body).toMatchObject({ status: 422, type: '/api/v1/problems/checksum-mismatch' });
  expect(files.contents.size).toBe(0);
  expect((await upload('/firmware/t4.rom', Buffer.alloc(1001))).status).toBe(413);
  await upload('/firmware/a.rom', Buffer.alloc(1000, 1));
  await upload('/firmware/b.rom', Buffer.alloc(900, 2));
  expect((await upload('/firmware/c.rom', Buffer.alloc(200, 3))).status).toBe(413);
  expect((await upload('/firmware/b.rom', Buffer.alloc(1000, 4))).status).toBe(200);
  expect((await api.ask('GET', '/firmware/t4.rom')).status).toBe(404);
});

test('P3 a name that is a path, a dot file or another file of the phones is refused', async () => {
  for (const name of ['..%2Fx', '.htaccess', 'x%00.rom', 'a%2Fb', 'a..b', '02ee00000001.cfg', 'e100.cfg'])
    expect((await upload(`/firmware/${name}`, Buffer.from('x'))).status, name).toBeGreaterThanOrEqual(400);
  expect(files.contents.size).toBe(0);
  await upload('/firmware/T4.rom', Buffer.from('x'));
  expect((await upload('/firmware/t4.rom', Buffer.from('x'))).body['errors']).toMatchObject([
    { field: 'fileName', message: 'differs from T4.rom in case only' },
  ]);
});

test('maker and models must be in the catalogue', async () => {
  const answer = await upload('/firmware/t4.rom', Buffer.from('x'), 'vendor=testphone&models=T9&version=1');
  expect(answer.body['errors']).toMatchObject([{ field: 'models[0]', value: 'T9' }]);
  expect((await upload('/firmware/t4.rom', Buffer.from('x'), 'vendor=testphone')).status).toBe(400);
});
