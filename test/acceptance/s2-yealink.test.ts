import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Instructions, Phone, Vendor } from '../../src/api/contract.ts';
import { bootPhone } from '../../src/simulate/boot.ts';
import { runOffhook } from '../kit/cli.ts';
import { factoryCertificate, factoryPhone, shown, writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';

// A Yealink phone between its maker's redirect service and us.
let offhook: TestProduct;
let factory: TestCa;
let ownCa: string;
let rps: Server | undefined;

beforeAll(async () => {
  offhook = await startTestProduct();
  factory = await createTestCa('Test Yealink CA', { keyType: 'ec' });
  await offhook.must('POST', '/authorities', { vendor: 'yealink', pem: factory.certificate });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  ownCa = (await ask(`${offhook.door('bootstrap')}/ca.pem`)).text;
});
afterAll(async () => {
  rps?.close();
  await offhook.close();
});

const write = (mac: string, extension: string): Promise<void> =>
  writePhone(offhook, {
    tenant: 'acme',
    vendor: 'yealink',
    model: 'T46U',
    mac,
    extension,
    password: `sip-${extension}-secret`,
  });

/** Stands for `https://rps.yealink.com`: sends the phones that it was told of, by the MAC that they say, to another URL. */
async function startRps(ca: TestCa, targets: ReadonlyMap<string, string>): Promise<string> {
  const { key, chain } = await ca.issue({ subject: [['CN', 'localhost']], hosts: ['localhost', '127.0.0.1'] });
  const redirect: RequestListener = (request, response) => {
    const mac = request.headers['user-agent']?.replaceAll(':', '').slice(-12) ?? '';
    const target = targets.get(mac);
    if (target === undefined) response.writeHead(404).end();
    else response.writeHead(302, { location: `${target}${request.url?.slice(1) ?? ''}` }).end();
  };
  const server = createServer({ key, cert: chain }, redirect);
  rps = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `https://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}/`;
}

test('S2.19 a factory-reset Yealink asks its maker’s redirect service, which sends it to our URL by its MAC', async () => {
  const mac = '805ec0001901';
  await write(mac, '1901');
  const known = await createTestCa('Test Public Root');
  const server = await startRps(known, new Map([[mac, `${offhook.door('bootstrap')}/`]]));
  // What the phone has from its factory, and what our first step adds.
  const trusts = known.certificate + ownCa;
  const certificate = shown(await factoryCertificate(factory, 'yealink', mac));
  const booted = await bootPhone(factoryPhone('yealink', 'T46U', mac, { certificate, trusts }), server);
  expect(booted.settled).toBe(true);
  expect(booted.params.get('account.1.password')).toBe('sip-1901-secret');
  expect(booted.steps.filter(({ round }) => round === 1).every(({ url }) => url.startsWith(server))).toBe(true);
  expect(booted.home.startsWith(`${offhook.door('secure')}/`)).toBe(true);
  const stranger = await bootPhone(factoryPhone('yealink', 'T46U', '805ec0001902', { trusts }), server);
  expect(stranger).toMatchObject({ settled: false, home: server });
});

test('S2.31 for old Yealink firmware the steps are shown: the hidden page, the login, Redirect Active, Confirm, power', async () => {
  const mac = '805ec0003101';
  await write(mac, '3101');
  const { enableProvisioning, defaultLogin } = (await offhook.must(
    'GET',
    `/tenants/acme/phones/${mac}/instructions`,
  )) as Instructions;
  const STEPS = [
    /Old firmware: .*http:\/\/<[^>]+>\/servlet\?p=hidden&q=load/,
    /admin .*password admin\b/,
    /Redirect Active.*Enabled.*Confirm/,
    /Unplug .*plug it in again/,
  ];
  const found = STEPS.map((step) => enableProvisioning.findIndex((line) => step.test(line)));
  expect(found).not.toContain(-1);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(defaultLogin).toContainEqual(expect.objectContaining({ user: 'admin', password: 'admin' }));
  const printed = await runOffhook(offhook, 'phone', 'instructions', mac);
  expect(printed.exitCode).toBe(0);
  for (const step of STEPS) expect(printed.stdout).toMatch(step);
});

test('S2.32 for newer firmware nothing is to be done but creating the phone with its MAC', async () => {
  const mac = '805ec0003201';
  const certificate = shown(await factoryCertificate(factory, 'yealink', mac));
  const phone = factoryPhone('yealink', 'T46U', mac, { certificate, trusts: ownCa });
  expect((await bootPhone(phone, `${offhook.door('bootstrap')}/`)).settled).toBe(false);
  await offhook.must('PUT', `/tenants/acme/phones/${mac}`, { vendor: 'yealink', model: 'T46U' });
  expect((await bootPhone(phone, `${offhook.door('bootstrap')}/`)).settled).toBe(true);
  await offhook.product.settle();
  expect((await offhook.must('GET', `/tenants/acme/phones/${mac}`)) as Phone).toMatchObject({ state: 'served' });
});

test('S2.33 later resyncs go as for Cisco: the plan names the SIP event, through the registrar, with the line’s credentials', async () => {
  const yealink = (await offhook.must('GET', '/catalogue/yealink')) as Vendor;
  const cisco = (await offhook.must('GET', '/catalogue/cisco-spa')) as Vendor;
  expect(yealink.resync).toMatchObject({
    events: { refetch: 'check-sync;reboot=false', refetchAndReboot: 'check-sync;reboot=true' },
    challengedByDefault: false,
    through: 'registrar',
    http: true,
  });
  expect(cisco.resync).toMatchObject({
    events: { refetch: 'check-sync' },
    challengedByDefault: true,
    through: 'registrar',
    http: true,
  });
  // The phone is configured to heed it: a check-sync makes it fetch, not restart.
  const mac = '805ec0003301';
  await write(mac, '3301');
  const file = async (): Promise<string> =>
    (await offhook.api('GET', `/tenants/acme/phones/${mac}/files/${mac}.cfg`)).text;
  expect(await file()).toMatch(/^sip\.notify_reboot_enable = 0$/m);
  await offhook.must('PATCH', `/tenants/acme/phones/${mac}`, {
    settings: { 'provisioning.syncMethods': ['power_on'] },
  });
  expect(await file()).toMatch(/^sip\.notify_reboot_enable = 2$/m);
});
