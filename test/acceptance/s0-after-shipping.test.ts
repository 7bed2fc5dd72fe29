import { createHook } from 'node:async_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JournalPage, Phone, Setting, Vendor } from '../../src/api/contract.ts';
import { bootPhone } from '../../src/simulate/boot.ts';
import { readParams } from '../../src/simulate/readers.ts';
import { factoryCertificate, factoryPhone, shown, writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';
import { fetchTftp } from '../kit/tftp-client.ts';

// SPA phones at a customer's: they come by themselves, with the certificate of their factory.
let offhook: TestProduct;
let factory: TestCa;

beforeAll(async () => {
  offhook = await startTestProduct();
  factory = await createTestCa('Test Client Root', { keyType: 'ec' });
  await offhook.must('POST', '/authorities', { vendor: 'cisco-spa', pem: factory.certificate });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
});
afterAll(() => offhook.close());

const write = (mac: string, extension: string, settings: object = {}): Promise<void> =>
  writePhone(offhook, {
    tenant: 'acme',
    vendor: 'cisco-spa',
    model: 'SPA942',
    mac,
    extension,
    password: `sip-${extension}-secret`,
    more: { settings },
  });

const change = (mac: string, settings: object): Promise<Phone> =>
  offhook.must('PATCH', `/tenants/acme/phones/${mac}`, { settings }) as Promise<Phone>;

/** The unit fetches its file at the SPA door, with the certificate of its factory. */
async function fetchOwn(
  mac: string,
): Promise<{ readonly answer: Answer; readonly params: ReadonlyMap<string, string> }> {
  const certificate = shown(await factoryCertificate(factory, 'cisco-spa', mac));
  const answer = await ask(`${offhook.door('spa')}/${mac}.xml`, { certificate });
  return { answer, params: readParams('xml_elements', answer.text) };
}

test('S0.12 after shipping the unit asks the server that its preprovisioning file named, and gets its own configuration there', async () => {
  const mac = '000e08001201';
  // In the stock room, before anybody knows whose it will be:
  const stored = await fetchTftp({ port: offhook.port('tftp') }, '/spa942.cfg');
  const rule = readParams('xml_elements', stored.bytes.toString('utf8')).get('Profile_Rule') ?? '';
  // Sold and shipped; the customer only plugs it in.
  await write(mac, '1201');
  const certificate = shown(await factoryCertificate(factory, 'cisco-spa', mac));
  const first = await ask(rule.replace('$MA', mac), { certificate });
  expect(first.status).toBe(200);
  const params = readParams('xml_elements', first.text);
  expect(params.get('User_ID_1_')).toBe('1201');
  expect(params.get('Password_1_')).toBe('sip-1201-secret');
  const elsewhere = await ask(rule.replace('$MA', '000e08001202'), { certificate });
  expect(elsewhere.status).toBe(404);
});

test('S0.13 the configuration holds the periodic resync settings, so that the unit comes back by itself', async () => {
  const mac = '000e08001301';
  await write(mac, '1301', { 'provisioning.resyncEveryMinutes': 90 });
  expect((await fetchOwn(mac)).params.get('Resync_Periodic')).toBe('5400');
  await change(mac, { 'provisioning.resyncEveryMinutes': 15 });
  const { params } = await fetchOwn(mac);
  expect(params.get('Resync_Periodic')).toBe('900');
  expect(params.get('Provision_Enable')).toBe('Yes');
  // What nobody has set is a day, never "not at all".
  await change(mac, { 'provisioning.resyncEveryMinutes': null });
  expect((await fetchOwn(mac)).params.get('Resync_Periodic')).toBe('86400');
});

/** Ports of every TCP connection that this process opens while `work` runs: the units', and the server's, were there any. */
async function connectionsDuring(work: () => Promise<void>): Promise<readonly (number | undefined)[]> {
  const opened: { readonly port?: number }[] = [];
  const hook = createHook({
    init: (_id, type, _trigger, resource) => {
      if (type === 'TCPCONNECTWRAP') opened.push(resource);
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return opened.map(({ port }) => port);
}

test('S0.14 behind a router the units do all the asking, and several behind one address are kept apart', async () => {
  const units = await Promise.all(
    ['000e08001401', '000e08001402', '000e08001403'].map(async (mac, index) => {
      await write(mac, `140${String(index + 1)}`);
      const certificate = shown(await factoryCertificate(factory, 'cisco-spa', mac));
      return factoryPhone('cisco-spa', 'SPA942', mac, { certificate, ignoresCertificate: true });
    }),
  );
  let requests = 0;
  const ports = await connectionsDuring(async () => {
    const booted = await Promise.all(units.map((unit) => bootPhone(unit, `${offhook.door('tftp')}/`)));
    for (const [index, { settled, params, steps }] of booted.entries()) {
      expect(settled).toBe(true);
      expect(params.get('User_ID_1_')).toBe(`140${String(index + 1)}`);
      expect(params.get('Password_1_')).toBe(`sip-140${String(index + 1)}-secret`);
      requests += steps.filter(({ url }) => url.startsWith('https:')).length;
    }
  });
  // Every connection was one of the units' own requests at the SPA door.
  expect(requests).toBeGreaterThan(0);
  expect(ports).toEqual(Array.from({ length: requests }, () => offhook.port('spa')));
  await offhook.product.settle();
  for (const unit of units) {
    const log = (await offhook.must('GET', `/tenants/acme/phones/${unit.mac}/log`)) as JournalPage;
    const taken = log.items.filter(({ decision }) => decision === 'config (full)');
    expect(taken.length).toBeGreaterThan(0);
    for (const record of taken) expect(record).toMatchObject({ address: '127.0.0.1', mac: unit.mac });
  }
});

const RESYNC = [
  'Provision_Enable',
  'Resync_On_Reset',
  'Resync_Random_Delay',
  'Resync_Periodic',
  'Resync_Error_Retry_Delay',
];
const UPGRADE = ['Upgrade_Enable', 'Upgrade_Rule', 'Upgrade_Error_Retry_Delay'];

const pick = (params: ReadonlyMap<string, string>, names: readonly string[]): readonly (string | undefined)[] =>
  names.map((name) => params.get(name));

test('S0.15 what steers resync and what steers upgrade are two groups of settings, each edited apart from the other', async () => {
  const { items } = (await offhook.must('GET', '/settings')) as { items: readonly Setting[] };
  const inSection = (section: string): readonly string[] =>
    items.filter((one) => one.section === section).map(({ id }) => id.replace('provisioning.', ''));
  expect(inSection('resync')).toEqual([
    'syncMethods',
    'resyncEveryMinutes',
    'resyncAt',
    'randomDelaySeconds',
    'retryDelaySeconds',
  ]);
  expect(inSection('upgrade')).toEqual(['firmwarePolicy', 'firmwareUrl', 'firmwareRetryDelaySeconds']);

  const mac = '000e08001501';
  const firmwareUrl = 'http://firmware.example.com/spa942-6-1-5a.bin';
  await write(mac, '1501', {
    'provisioning.syncMethods': ['power_on', 'periodic'],
    'provisioning.randomDelaySeconds': 40,
    'provisioning.resyncEveryMinutes': 30,
    'provisioning.retryDelaySeconds': 300,
    'provisioning.firmwarePolicy': 'auto',
    'provisioning.firmwareUrl': firmwareUrl,
    'provisioning.firmwareRetryDelaySeconds': 7200,
  });
  const { params: first } = await fetchOwn(mac);
  expect(pick(first, RESYNC)).toEqual(['Yes', 'Yes', '2', '1800', '300']);
  expect(pick(first, UPGRADE)).toEqual(['Yes', firmwareUrl, '7200']);

  await change(mac, {
    'provisioning.syncMethods': ['periodic'],
    'provisioning.randomDelaySeconds': 200,
    'provisioning.resyncEveryMinutes': 60,
    'provisioning.retryDelaySeconds': 900,
  });
  const { params: resynced } = await fetchOwn(mac);
  expect(pick(resynced, RESYNC)).toEqual(['Yes', 'No', '10', '3600', '900']);
  expect(pick(resynced, UPGRADE)).toEqual(pick(first, UPGRADE));

  await change(mac, { 'provisioning.firmwarePolicy': 'never', 'provisioning.firmwareRetryDelaySeconds': 3600 });
  const { params: upgraded } = await fetchOwn(mac);
  expect(pick(upgraded, UPGRADE)).toEqual(['No', '', '3600']);
  expect(pick(upgraded, RESYNC)).toEqual(pick(resynced, RESYNC));

  await change(mac, { 'provisioning.syncMethods': [] });
  const { params: never } = await fetchOwn(mac);
  expect(pick(never, ['Provision_Enable', 'Resync_On_Reset', 'Resync_Periodic'])).toEqual(['No', 'No', '0']);
  expect(pick(never, UPGRADE)).toEqual(pick(upgraded, UPGRADE));
});

test('S0.16 models SPA942 and SPA962 and the SPA932 sidecar are in the catalogue', async () => {
  const { models } = (await offhook.must('GET', '/catalogue/cisco-spa')) as Vendor;
  expect(models.find(({ id }) => id === 'SPA942')).toMatchObject({ lines: 4 });
  expect(models.find(({ id }) => id === 'SPA962')).toMatchObject({
    lines: 6,
    sidecars: { types: ['SPA932'], max: 2, keysPerModule: 32 },
  });
  // And they can be had: a phone with two sidecars is taken, one with a sidecar that it cannot carry is not.
  const sidecars = { type: 'SPA932', count: 2 };
  const wanted = { vendor: 'cisco-spa', sidecars };
  expect((await offhook.api('PUT', '/tenants/acme/phones/000e08001601', { ...wanted, model: 'SPA962' })).status).toBe(
    201,
  );
  expect((await offhook.api('PUT', '/tenants/acme/phones/000e08001602', { ...wanted, model: 'SPA942' })).status).toBe(
    422,
  );
});
