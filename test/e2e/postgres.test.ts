import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPostgres, startPostgres, type TestPostgres } from '../kit/postgres.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';

const there = await hasPostgres();

// The product as it runs, on the other store: the same use cases, one setting apart.
describe.skipIf(!there)(`on PostgreSQL${there ? '' : ' (skipped: this machine has no PostgreSQL server)'}`, () => {
  let postgres: TestPostgres;
  let offhook: TestProduct;
  beforeAll(async () => {
    postgres = await startPostgres();
    offhook = await startTestProduct({
      environment: { OFFHOOK_STORE_KIND: 'postgres', OFFHOOK_STORE_URL: await postgres.createDatabase() },
    });
  });
  afterAll(async () => {
    await offhook.close();
    await postgres.stop();
  });

  test('a phone is created, served over HTTPS with its own URL, and known as served', async () => {
    const { must } = offhook;
    await must('PUT', '/tenants/acme', { title: 'Acme' });
    await must('PUT', '/tenants/acme/extensions/201', {
      displayName: 'Alice',
      password: 'sip-secret-201',
      serverHost: 'pbx.example.com',
    });
    await must('PUT', '/tenants/acme/phones/805ec0000001', {
      vendor: 'yealink',
      model: 'T46U',
      lines: [{ position: 1, extension: '201' }],
    });
    const { url } = await must('GET', '/tenants/acme/phones/805ec0000001/url');
    const file = await ask(`${String(url)}805ec0000001.cfg`);
    expect(file.status).toBe(200);
    expect(file.text).toContain('account.1.password = sip-secret-201');
    await offhook.product.settle();
    expect(await must('GET', '/tenants/acme/phones/805ec0000001')).toMatchObject({ state: 'served' });
    await must('PATCH', '/tenants/acme/extensions/201', { displayName: 'Alice Changed' });
    expect(await must('GET', '/tenants/acme/phones/805ec0000001')).toMatchObject({ state: 'outdated' });
    expect((await ask(`${String(url)}805ec0000001.cfg`)).text).toContain('account.1.display_name = Alice Changed');
  });
});
