import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServerCertificate } from '../../src/api/contract.ts';
import { bootPhone } from '../../src/simulate/boot.ts';
import { readParams } from '../../src/simulate/readers.ts';
import { factoryCertificate, factoryPhone, shown, writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { createTestCa } from '../kit/test-ca.ts';
import { helloOf } from '../kit/tls.ts';

/** A port of this address that nobody uses just now: the one that is wished for, or with 0 any; undefined where it is taken. */
function freePort(wished: number, address: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer().on('error', () => {
      resolve(undefined);
    });
    server.listen(wished, address, () => {
      const bound = server.address();
      server.close(() => {
        resolve(typeof bound === 'object' && bound !== null ? bound.port : undefined);
      });
    });
  });
}

/** An address of this machine where the default ports are free, whatever else runs on it. */
async function addressFor(ports: readonly number[]): Promise<string> {
  for (const address of ['127.0.0.1', '::1', '127.21.14.44']) {
    const free = await Promise.all(ports.map((port) => freePort(port, address)));
    if (!free.includes(undefined)) return address;
  }
  throw new Error(`ports ${ports.join(', ')} are taken on every address of this machine`);
}

const urlOf = (scheme: string, address: string, port: number, file: string): string =>
  `${scheme}://${address.includes(':') ? `[${address}]` : address}:${String(port)}/${file}`;

/** Left to its own defaults, but for the address. */
const atDefaults = (address: string, ...doors: readonly string[]): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    doors.flatMap((door) => [
      [`OFFHOOK_DOORS_${door}_PORT`, undefined],
      [`OFFHOOK_DOORS_${door}_ADDRESS`, address],
    ]),
  );

/** An address with the default ports, and a product that has them. */
let address: string;
let usual: TestProduct;
/** A product with other ports, told by its name. */
let moved: TestProduct;
let ports: { readonly secure: number; readonly bootstrap: number };

beforeAll(async () => {
  address = await addressFor([1444, 1445, 1447]);
  usual = await startTestProduct({ environment: atDefaults(address, 'SECURE', 'SPA', 'BOOTSTRAP') });
  ports = {
    secure: (await freePort(0, '127.0.0.1')) ?? 0,
    bootstrap: (await freePort(0, '127.0.0.1')) ?? 0,
  };
  moved = await startTestProduct({
    environment: {
      OFFHOOK_HOST: 'localhost',
      OFFHOOK_DOORS_SECURE_PORT: String(ports.secure),
      OFFHOOK_DOORS_BOOTSTRAP_PORT: String(ports.bootstrap),
    },
  });
});
afterAll(async () => {
  await usual.close();
  await moved.close();
});

test('S2.21 the secure provisioning port speaks TLS and is 1444 unless it is changed; the one for SPA phones is 1447', async () => {
  expect(usual.port('secure')).toBe(1444);
  expect(usual.port('spa')).toBe(1447);
  for (const port of [1444, 1447]) {
    expect((await ask(urlOf('https', address, port, 'ca.pem'))).status).toBe(200);
    // Who speaks plain HTTP there gets no answer in it.
    await expect(ask(urlOf('http', address, port, 'ca.pem'))).rejects.toThrow(/hang up|ECONNRESET|Parse Error/);
  }
});

test('S2.22 the bootstrap port speaks plain HTTP and is 1445 unless it is changed', async () => {
  expect(usual.port('bootstrap')).toBe(1445);
  const answer = await ask(urlOf('http', address, 1445, 'y000000000108.cfg'));
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/^#!version:1\.0\.0\.1\n/);
  await expect(ask(urlOf('https', address, 1445, 'y000000000108.cfg'))).rejects.toThrow();
});

test('S2.23 both ports can be changed, and phones are sent to the changed ones', async () => {
  const { secure, bootstrap } = ports;
  expect([secure, bootstrap]).not.toContain(0);
  const first = await ask(urlOf('http', '127.0.0.1', bootstrap, '805ec0002301.cfg'));
  expect(first.status).toBe(200);
  const params = readParams('ini', first.text);
  expect(params.get('static.auto_provision.server.url')).toBe(`https://localhost:${String(secure)}/`);
  expect(params.get('static.trusted_certificates.url')).toBe(`http://localhost:${String(bootstrap)}/ca.pem`);
  expect((await ask(urlOf('https', '127.0.0.1', secure, 'ca.pem'))).status).toBe(200);
  expect(moved.product.reports).toContainEqual(expect.objectContaining({ name: 'secure', port: secure, open: true }));
});

test('S2.29 with a server certificate that the phone trusts, its check stays on and one step is enough', async () => {
  const offhook = moved;
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
