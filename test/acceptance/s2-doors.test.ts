import { createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import type { ServerCertificate } from '../../src/api/contract.ts';
import { bootPhone } from '../../src/simulate/boot.ts';
import { readParams } from '../../src/simulate/readers.ts';
import { factoryCertificate, factoryPhone, shown, writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { createTestCa } from '../kit/test-ca.ts';
import { helloOf } from '../kit/tls.ts';

// The two ports, each test with a product of its own.
const running: TestProduct[] = [];
async function start(environment: Readonly<Record<string, string | undefined>>): Promise<TestProduct> {
  const offhook = await startTestProduct({ environment });
  running.push(offhook);
  return offhook;
}
afterAll(async () => {
  for (const offhook of running) await offhook.close();
});

/** On an address of this test alone the default ports are free. */
const AT_DEFAULTS = (address: string, door: string): Readonly<Record<string, string | undefined>> => ({
  [`OFFHOOK_DOORS_${door}_PORT`]: undefined,
  [`OFFHOOK_DOORS_${door}_ADDRESS`]: address,
});

test('S2.21 the secure provisioning port speaks TLS and is 1444 unless it is changed; the one for SPA phones is 1447', async () => {
  const address = '127.21.14.44';
  const offhook = await start({ ...AT_DEFAULTS(address, 'SECURE'), ...AT_DEFAULTS(address, 'SPA') });
  expect(offhook.port('secure')).toBe(1444);
  expect(offhook.port('spa')).toBe(1447);
  for (const port of [1444, 1447]) {
    expect((await ask(`https://${address}:${String(port)}/ca.pem`)).status).toBe(200);
    // Who speaks plain HTTP there gets no answer in it.
    await expect(ask(`http://${address}:${String(port)}/ca.pem`)).rejects.toThrow(
      /socket hang up|ECONNRESET|Parse Error/,
    );
  }
});

test('S2.22 the bootstrap port speaks plain HTTP and is 1445 unless it is changed', async () => {
  const address = '127.22.14.45';
  const offhook = await start(AT_DEFAULTS(address, 'BOOTSTRAP'));
  expect(offhook.port('bootstrap')).toBe(1445);
  const answer = await ask(`http://${address}:1445/y000000000108.cfg`);
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/^#!version:1\.0\.0\.1\n/);
  await expect(ask(`https://${address}:1445/y000000000108.cfg`)).rejects.toThrow();
});

/** A port that nobody uses just now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

test('S2.23 both ports can be changed, and phones are sent to the changed ones', async () => {
  const [secure, bootstrap] = [await freePort(), await freePort()];
  const offhook = await start({
    OFFHOOK_DOORS_SECURE_PORT: String(secure),
    OFFHOOK_DOORS_BOOTSTRAP_PORT: String(bootstrap),
  });
  const first = await ask(`http://127.0.0.1:${String(bootstrap)}/805ec0002301.cfg`);
  expect(first.status).toBe(200);
  const params = readParams('ini', first.text);
  expect(params.get('static.auto_provision.server.url')).toBe(`https://127.0.0.1:${String(secure)}/`);
  expect(params.get('static.trusted_certificates.url')).toBe(`http://127.0.0.1:${String(bootstrap)}/ca.pem`);
  expect((await ask(`https://127.0.0.1:${String(secure)}/ca.pem`)).status).toBe(200);
});

test('S2.29 with a server certificate that the phone trusts, its check stays on and one step is enough', async () => {
  const offhook = await start({ OFFHOOK_HOST: 'localhost' });
  const known = await createTestCa('Test Public Root');
  const factory = await createTestCa('Test Yealink CA', { keyType: 'ec' });
  await offhook.must('POST', '/authorities', { vendor: 'yealink', pem: factory.certificate });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  const mac = '805ec0002901';
  await writePhone(offhook, {
    tenant: 'acme',
    vendor: 'yealink',
    model: 'T46U',
    mac,
    extension: '2901',
    password: 'sip-2901-secret',
  });
  // The phone believes the well-known authorities only, and has nobody switch that off.
  const certificate = shown(await factoryCertificate(factory, 'yealink', mac));
  const phone = factoryPhone('yealink', 'T46U', mac, { certificate, trusts: known.certificate });
  const secure = `https://localhost:${String(offhook.port('secure'))}/`;
  const bootstrap = async (): Promise<ReadonlyMap<string, string>> =>
    readParams('ini', (await ask(`${offhook.door('bootstrap')}/${mac}.cfg`)).text);
  const TRUST = /trust_certificates|ca_cert|trusted_certificates/;

  // Our own CA is none of those: two steps, and the first one brings it.
  await expect(bootPhone(phone, secure)).rejects.toThrow(/certificate/);
  expect(Array.from((await bootstrap()).keys()).some((name) => TRUST.test(name))).toBe(true);

  const place = { door: 'secure', host: 'localhost', keyType: 'rsa' };
  const { csr = '' } = (await offhook.must('POST', '/certificates', place)) as ServerCertificate;
  const chain = (await known.answer(csr)) + known.certificate;
  await offhook.must('PUT', '/certificates/secure/localhost/rsa/chain', { chain });

  expect(Array.from((await bootstrap()).keys()).filter((name) => TRUST.test(name))).toEqual([]);
  const booted = await bootPhone(phone, secure);
  expect(booted.settled).toBe(true);
  expect(booted.params.get('account.1.password')).toBe('sip-2901-secret');
  expect(booted.params.get('static.security.trust_certificates')).not.toBe('0');
  expect(booted.steps.every(({ url }) => url.startsWith(secure))).toBe(true);
  expect(booted.steps.find(({ status }) => status === 200)?.round).toBe(1);
  expect(await helloOf(offhook.port('secure'))).toContain(13);
});
