import { createServer } from 'node:net';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runOffhook } from '../kit/cli.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_METRICS_OPEN: 'true', OFFHOOK_METRICS_PORT: '0' } });
});
afterAll(() => offhook.close());

const atBoth = async (product: TestProduct, path: string): Promise<readonly number[]> => [
  (await ask(`${product.door('admin')}${path}`)).status,
  (await ask(`${product.door('metrics')}${path}`)).status,
];

const asOperator = (product: TestProduct): Promise<Answer> =>
  ask(`${product.door('admin')}/ready`, { headers: product.bearer });

test('a process that serves is healthy and ready, and says so without a login', async () => {
  expect(await atBoth(offhook, '/health')).toEqual([200, 200]);
  expect(await atBoth(offhook, '/ready')).toEqual([200, 200]);
  expect((await asOperator(offhook)).json).toEqual({ status: 'ready' });
  expect(await runOffhook(offhook, 'health')).toMatchObject({ exitCode: 0, stdout: 'ready\n' });
});

test('a door that cannot be opened makes it unready; why is told to the operator only', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const product = await startTestProduct({
    environment: { OFFHOOK_METRICS_OPEN: 'true', OFFHOOK_METRICS_PORT: '0', OFFHOOK_DOORS_SECURE_PORT: port },
  });
  try {
    expect(await atBoth(product, '/health')).toEqual([200, 200]);
    expect(await atBoth(product, '/ready')).toEqual([503, 503]);
    const health = await runOffhook(product, 'health');
    expect([health.exitCode, health.stdout]).toEqual([1, expect.stringContaining('  door secure is closed')]);
    expect((await asOperator(product)).json).toEqual({
      status: 'not ready',
      reasons: [
        'door secure is closed: the port is taken by another program; set doors.secure.port or doors.secure.address, or doors.secure.open: false',
      ],
    });
    for (const door of ['admin', 'metrics'] as const)
      expect((await ask(`${product.door(door)}/ready`)).text).not.toMatch(/secure|port|closed/);
  } finally {
    await product.close();
    taken.close();
  }
});

test('a store that cannot be read makes it unready, and it becomes ready again by itself', async () => {
  const product = await startTestProduct();
  const file = new Database(join(product.dataDir, 'offhook.db'));
  try {
    const { bearer } = product;
    file.exec('alter table tenants rename to gone');
    // The answer of before is kept for a second.
    await expect.poll(async () => (await ask(`${product.door('admin')}/ready`)).status, { timeout: 5_000 }).toBe(503);
    file.exec('alter table gone rename to tenants');
    await expect
      .poll(async () => (await ask(`${product.door('admin')}/ready`, { headers: bearer })).json, { timeout: 5_000 })
      .toEqual({ status: 'ready' });
  } finally {
    file.close();
    await product.close();
  }
});

test('P4 no phone door knows of health, readiness or metrics: they are refused like any other name', async () => {
  for (const door of ['secure', 'spa', 'bootstrap'] as const) {
    const nobody = await ask(`${offhook.door(door)}/nobody`);
    for (const path of ['/health', '/ready', '/metrics']) {
      const answer = await ask(`${offhook.door(door)}${path}`);
      expect([answer.status, answer.text]).toEqual([nobody.status, nobody.text]);
      expect(answer.status).toBe(404);
    }
  }
});

test('every answer of the administration carries the id by which its lines are found in the log', async () => {
  const ids = new Set<unknown>();
  for (const path of ['/health', '/api/v1/tenants', '/nothing', '/%c0%ae']) {
    const { headers } = await ask(`${offhook.door('admin')}${path}`);
    expect(headers['x-request-id'], path).toMatch(/^[a-z0-9]{8,}$/i);
    ids.add(headers['x-request-id']);
  }
  expect(ids.size).toBe(4);
});

test('an id that comes with a request counts from a trusted proxy only, and only where it looks like one', async () => {
  const own = 'abcdef01-2345';
  const given = (product: TestProduct, id: string): Promise<Answer> =>
    ask(`${product.door('admin')}/health`, { headers: { 'x-request-id': id } });
  expect((await given(offhook, own)).headers['x-request-id']).not.toBe(own);
  const behind = await startTestProduct({ environment: { OFFHOOK_TRUSTEDPROXIES: '["127.0.0.0/8"]' } });
  try {
    expect((await given(behind, own)).headers['x-request-id']).toBe(own);
    for (const bad of ['short', 'x'.repeat(65), 'two words here', '"quoted"-12345'])
      expect((await given(behind, bad)).headers['x-request-id']).not.toBe(bad);
  } finally {
    await behind.close();
  }
});
