import { Agent } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServerCertificate } from '../../src/api/contract.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';
import { certificateAt } from '../kit/tls.ts';

const HOST = 'localhost';
let offhook: TestProduct;
let company: TestCa;

beforeAll(async () => {
  // Bound elsewhere than at loopback the admin door speaks HTTPS.
  offhook = await startTestProduct({ environment: { OFFHOOK_HOST: HOST, OFFHOOK_DOORS_ADMIN_ADDRESS: '0.0.0.0' } });
  company = await createTestCa('Company CA', { keyType: 'ec' });
});
afterAll(() => offhook.close());

async function importFor(host: string, keyType: 'rsa' | 'ec', sniOnly: boolean): Promise<void> {
  const { csr = '' } = (await offhook.must('POST', '/certificates', {
    door: 'admin',
    host,
    keyType,
    ...(sniOnly ? { sniOnly } : {}),
  })) as ServerCertificate;
  const chain = (await company.answer(csr, { hosts: [host] })) + company.certificate;
  await offhook.must('PUT', `/certificates/admin/${host}/${keyType}/chain`, { chain });
}

const localPorts = (agent: Agent): readonly unknown[] =>
  Object.values(agent.freeSockets).flatMap((sockets = []) => sockets.map(({ localPort }) => localPort));

test('a new certificate of the admin door is shown to the next connection, and those that are open go on', async () => {
  const port = offhook.port('admin');
  const own = await certificateAt(port, company.certificate);
  expect(own.believed).toBe(false);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const session = () =>
    ask(`${offhook.door('admin')}/api/v1/sessions/current`, { headers: offhook.bearer, agent }).then(
      ({ status }) => status,
    );
  try {
    expect(await session()).toBe(200);
    const used = localPorts(agent);
    await importFor(HOST, 'ec', false);
    const bought = await certificateAt(port, company.certificate);
    expect(bought.believed).toBe(true);
    expect(bought.certificate.fingerprint256).not.toBe(own.certificate.fingerprint256);
    expect(await session()).toBe(200);
    expect(localPorts(agent)).toEqual(used);
  } finally {
    agent.destroy();
  }
  await offhook.must('DELETE', `/certificates/admin/${HOST}/ec`);
  const back = await certificateAt(port, company.certificate);
  expect(back.certificate.fingerprint256).toBe(own.certificate.fingerprint256);
});

test('a certificate for one name at the admin door is shown to those who ask for that name alone', async () => {
  const port = offhook.port('admin');
  const own = await certificateAt(port, company.certificate);
  await importFor('admin.example.com', 'ec', true);
  expect((await certificateAt(port, company.certificate, 'admin.example.com')).believed).toBe(true);
  expect((await certificateAt(port, company.certificate)).certificate.fingerprint256).toBe(
    own.certificate.fingerprint256,
  );
});
