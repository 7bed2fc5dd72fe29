import { afterAll, beforeAll, expect, test } from 'vitest';
import type { List, Phone, Setting, Template, Vendor } from '../../src/api/contract.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { fetchTftp } from '../kit/tftp-client.ts';
import { openWorkbench, pick, refusal, type Workbench } from '../kit/workbench.ts';

let offhook: TestProduct;
let acme: Workbench;
let other: Workbench;
beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' } });
  acme = await openWorkbench(offhook, 'acme');
  other = await openWorkbench(offhook, 'other');
});
afterAll(() => offhook.close());

const T46U = { vendor: 'yealink', models: ['T46U'] };

const settingsOf = async (): Promise<readonly Setting[]> =>
  ((await offhook.must('GET', '/settings')) as { items: Setting[] }).items;

const settingOf = async (id: string): Promise<Setting> => {
  const found = (await settingsOf()).find((setting) => setting.id === id);
  if (found === undefined) throw new Error(`no setting ${id}`);
  return found;
};

const choicesOf = async (tenant: string, model = 'T46U'): Promise<readonly string[]> => {
  const path = `/tenants/${tenant}/template-choices?vendor=yealink&model=${model}`;
  const { items } = (await offhook.must('GET', path)) as { items: { reference: string }[] };
  return items.map(({ reference }) => reference);
};

test('S4.32 a template belongs to all tenants or to one', async () => {
  const global = (await offhook.must('PUT', '/templates/t432-all', T46U)) as Template;
  const own = await acme.template('t432-own', T46U);
  expect([global.global, own.global]).toEqual([true, false]);

  expect(await choicesOf('acme')).toEqual(expect.arrayContaining(['global/t432-all', 't432-own']));
  const elsewhere = await choicesOf('other');
  expect(elsewhere).toContain('global/t432-all');
  expect(elsewhere).not.toContain('t432-own');
  expect((await offhook.api('GET', '/tenants/other/templates/t432-own')).status).toBe(404);
  expect((await offhook.api('GET', '/templates/t432-own')).status).toBe(404);

  const phone = { vendor: 'yealink', model: 'T46U', lines: [] };
  const one = await other.phone('805ec0432001', { ...phone, template: 't432-all' });
  expect(one.template).toBe('global/t432-all');
  expect(
    (await refusal(offhook, 'PUT', other.path('/phones/805ec0432002'), { ...phone, template: 't432-own' })).fields,
  ).toEqual(['template']);
});

test('S4.33 the phone model of a template is chosen from a list', async () => {
  const { items: makers } = (await offhook.must('GET', '/catalogue')) as { items: Vendor[] };
  for (const id of ['yealink', 'snom', 'polycom', 'cisco-spa']) {
    const listed = makers.find((maker) => maker.id === id)?.models.map((model) => model.id) ?? [];
    const template = await acme.template(`t433-${id}`, { vendor: id, models: listed });
    expect(template.models).toEqual(listed);
    expect(listed.length).toBeGreaterThan(5);
  }
  const path = acme.path('/templates/t433-none');
  const wrongModel = { vendor: 'yealink', models: ['T46U', 'D785'] };
  expect(await refusal(offhook, 'PUT', path, wrongModel)).toMatchObject({ status: 422, fields: ['models[1]'] });
  expect((await refusal(offhook, 'PUT', path, { vendor: 'nobody', models: ['T46U'] })).fields).toEqual(['vendor']);
  expect((await refusal(offhook, 'PUT', path, { vendor: 'yealink', models: [] })).fields).toEqual(['models']);
});

test('S4.34 what is created as a template is a template, and no device', async () => {
  const settings = { 'ui.language': 'de' };
  const phones = async (): Promise<readonly string[]> =>
    ((await offhook.must('GET', acme.path('/phones'))) as List<Phone>).items.map((phone) => phone.name);
  const before = await phones();
  await acme.template('t434', { ...T46U, settings });
  expect(await phones()).toEqual(before);
  expect(await choicesOf('acme')).toContain('t434');
  const withMac = { ...T46U, name: 't434-mac', mac: '805ec0434001', lines: ['201'] };
  expect((await refusal(offhook, 'POST', acme.path('/templates'), withMac)).fields).toEqual(['mac', 'lines']);

  await acme.phone('805ec0434001', { vendor: 'yealink', model: 'T46U', settings });
  expect(await phones()).toEqual([...before, '805ec0434001'].toSorted());
  expect(await choicesOf('acme')).not.toContain('805ec0434001');
  expect((await acme.fetch('yealink', '805ec0434001')).get('lang.gui')).toBe('German');
});

test('S4.35 a template has a name, which nobody else in the tenant has', async () => {
  const path = acme.path('/templates');
  expect(await refusal(offhook, 'POST', path, T46U)).toMatchObject({ status: 422, fields: ['name'] });
  const body = { ...T46U, name: 't435' };
  expect((await offhook.api('POST', path, body)).status).toBe(201);
  expect(await refusal(offhook, 'POST', path, body)).toMatchObject({ status: 409, type: 'taken', fields: ['name'] });
  expect((await offhook.api('POST', other.path('/templates'), body)).status).toBe(201);
  expect((await offhook.api('POST', '/templates', body)).status).toBe(201);
  expect(await refusal(offhook, 'POST', '/templates', body)).toMatchObject({ status: 409, type: 'taken' });
});

// What stands on each tab of the original, by our ids; keys have a layout of their own.
const TABS: Readonly<Record<string, readonly string[]>> = {
  'provisioning/general': [
    'provisioning.url',
    'provisioning.firmwareUrl',
    'provisioning.firmwarePolicy',
    'provisioning.syncMethods',
    'provisioning.resyncEveryMinutes',
    'provisioning.resyncAt',
  ],
  server: ['line.serverHost', 'line.serverPort', 'line.backupServerHost', 'line.transport', 'line.outboundProxyHost'],
  network: ['network.rport', 'network.stunServer', 'network.lldp', 'network.cdp', 'network.vlanId', 'network.dscpSip'],
  'date and time': ['time.ntp1', 'time.zone', 'time.dateFormat', 'time.hours24'],
  'phone options': ['ui.language', 'ui.toneCountry', 'ui.customTones', 'features.callWaiting', 'features.dnd'],
  security: ['security.adminPassword', 'security.directIpCalls', 'security.trustedServersOnly', 'security.webUi'],
  'multicast paging': ['services.multicastListen'],
  'PBX services': ['services.directoryLookupUrl', 'services.phonebooks'],
  LDAP: ['services.ldapServer', 'services.ldapBase', 'services.ldapNameFilter', 'services.ldapNameAttributes'],
};

test('S4.36 a template holds what stands on every tab', async () => {
  const known = new Map((await settingsOf()).map((setting) => [setting.id, setting]));
  const valueOf = (id: string): unknown => {
    const setting = known.get(id);
    return setting?.secret === true ? 'Adm1n-secret' : setting?.example;
  };
  const ids = Object.values(TABS).flat();
  expect(ids.filter((id) => !known.has(id))).toEqual([]);
  const wanted = Object.fromEntries(ids.map((id) => [id, valueOf(id)]));
  const keys = {
    'key/2': { key: { type: 'blf', line: 1, watch: '202', label: 'Bob' } },
    'soft/1': { key: { type: 'dnd', label: 'DND' } },
  };
  const template = await acme.template('t436', { ...T46U, settings: wanted, keys });
  expect(template.keys).toEqual(keys);
  for (const [tab, ofTab] of Object.entries(TABS))
    for (const id of ofTab) {
      const shown = known.get(id)?.secret === true ? '***' : wanted[id];
      expect(template.settings[id]?.value, `${tab}: ${id}`).toEqual(shown);
    }
  expect(
    (await refusal(offhook, 'PUT', acme.path('/templates/t436'), { ...T46U, settings: { 'x.y': 1 } })).fields,
  ).toEqual(['settings.x.y']);
});

test('S4.37 the installed firmware that a template states decides how the file is written', async () => {
  const line = { 'line.callerIdSource': 'pai_from' };
  const v73 = await acme.serve('yealink', 't437-old', { model: 'T46G', firmware: '28.73.0.50' });
  const v83 = await acme.serve('yealink', 't437-new', { model: 'T46G', firmware: '28.83.0.50' });
  const names = ['auto_provision.repeat.minutes', 'static.auto_provision.repeat.minutes'] as const;
  expect(pick(v73, ...names)).toEqual({ [names[0]]: '1440', [names[1]]: undefined });
  expect(pick(v83, ...names)).toEqual({ [names[0]]: undefined, [names[1]]: '1440' });

  const snom8 = await acme.serve('snom', 't437-old', { firmware: '8.9.3.80', line });
  const snom10 = await acme.serve('snom', 't437-new', { firmware: '10.1.64.14', line });
  const sources = ['ignore_asserted_in_gui', 'contact_source_sip_priority'] as const;
  expect(pick(snom8, ...sources)).toEqual({ [sources[0]]: 'off', [sources[1]]: undefined });
  expect(pick(snom10, ...sources)).toEqual({ [sources[0]]: undefined, [sources[1]]: 'PAI FROM' });
});

test('S4.38 the sync method is chosen from a list, none among it', async () => {
  const { schema } = await settingOf('provisioning.syncMethods');
  expect(schema).toMatchObject({ items: { enum: ['power_on', 'periodic', 'at_time', 'sip_notify'] } });
  const wrong = { ...T46U, settings: { 'provisioning.syncMethods': ['by_pigeon'] } };
  expect((await refusal(offhook, 'PUT', acme.path('/templates/t438'), wrong)).fields).toEqual([
    'settings.provisioning.syncMethods[0]',
  ]);

  const names = ['power_on', 'repeat.enable', 'weekly.enable'].map((name) => `static.auto_provision.${name}`);
  const switches = async (methods: readonly string[]): Promise<readonly (string | undefined)[]> => {
    const settings = { 'provisioning.syncMethods': methods, 'provisioning.resyncAt': '03:00' };
    const params = await acme.serve('yealink', 't438', { settings });
    return [...names, 'sip.notify_reboot_enable'].map((name) => params.get(name));
  };
  expect(await switches([])).toEqual(['0', '0', '0', '2']);
  expect(await switches(['power_on'])).toEqual(['1', '0', '0', '2']);
  expect(await switches(['periodic'])).toEqual(['0', '1', '0', '2']);
  expect(await switches(['at_time'])).toEqual(['0', '0', '1', '2']);
  expect(await switches(['sip_notify'])).toEqual(['0', '0', '0', '0']);

  const polling = async (methods: readonly string[]): Promise<unknown> =>
    pick(
      await acme.serve('polycom', 't438', { settings: { 'provisioning.syncMethods': methods } }),
      'prov.polling.enabled',
      'prov.polling.mode',
    );
  expect(await polling(['periodic'])).toEqual({ 'prov.polling.enabled': '1', 'prov.polling.mode': 'rel' });
  expect(await polling(['at_time'])).toEqual({ 'prov.polling.enabled': '1', 'prov.polling.mode': 'abs' });
  expect(await polling([])).toMatchObject({ 'prov.polling.enabled': '0' });
});

const DIRECTORY = 'http://master88.commzilla.net:5555/tftpboot/';
const FIRMWARE = `${DIRECTORY}T48-35.83.0.50.rom`;

/** What an administrator may mistype. */
const NO_URLS = [
  'master88.commzilla.net:5555/tftpboot/',
  'ftp://master88.commzilla.net:5555/tftpboot/',
  'http:master88.commzilla.net/tftpboot/',
  'http:///tftpboot/',
  'http://:5555/tftpboot/',
  'http://master88.commzilla.net:99999/tftpboot/',
  'http://master88 commzilla.net:5555/tftpboot/',
  'http://master88.commzilla.net:5555/tftp boot/',
  'http://master88.commzilla.net:5555/tftpboot/\nlang.gui = French',
  '',
];

test('S4.39 the provisioning URL has the form <protocol>://<host>:<port>/<alias>/, and the field is checked', async () => {
  const settings = { 'provisioning.url': DIRECTORY };
  expect((await acme.serve('yealink', 't439', { settings })).get('static.auto_provision.server.url')).toBe(DIRECTORY);
  // A Snom asks for what stands there, so its own file is put behind the directory.
  expect((await acme.serve('snom', 't439', { settings })).get('setting_server')).toBe(`${DIRECTORY}{mac}.xml`);
  for (const url of NO_URLS) {
    const body = { ...T46U, settings: { 'provisioning.url': url } };
    const { status, fields } = await refusal(offhook, 'PUT', acme.path('/templates/t439-bad'), body);
    expect([status, ...new Set(fields)], url).toEqual([422, 'settings.provisioning.url']);
  }
});

test('S4.40 the firmware URL is the same with a file name behind it', async () => {
  const settings = { 'provisioning.firmwareUrl': FIRMWARE };
  expect((await acme.serve('yealink', 't440', { settings })).get('static.firmware.url')).toBe(FIRMWARE);
  expect((await acme.serve('snom', 't440', { settings })).get('firmware')).toBe(FIRMWARE);
  for (const url of [...NO_URLS, DIRECTORY, 'http://master88.commzilla.net:5555', `${DIRECTORY}?T48.rom`]) {
    const body = { ...T46U, settings: { 'provisioning.firmwareUrl': url } };
    const { status, fields } = await refusal(offhook, 'PUT', acme.path('/templates/t440-bad'), body);
    expect([status, ...new Set(fields)], url).toEqual([422, 'settings.provisioning.firmwareUrl']);
  }
});

test('S4.41 files under the alias are served by HTTP and by TFTP', async () => {
  const legacy = offhook.door('legacy');
  const tftp = { port: offhook.port('tftp') };
  const image = Buffer.from('firmware of a T48\n'.repeat(100));
  const upload = '/firmware/T48-35.83.0.50.rom?vendor=yealink&models=T48G&version=35.83.0.50';
  await offhook.api('PUT', upload, image, { 'content-type': 'application/octet-stream' });
  expect((await ask(`${legacy}/tftpboot/T48-35.83.0.50.rom`)).bytes).toEqual(image);
  expect((await fetchTftp(tftp, '/tftpboot/T48-35.83.0.50.rom')).bytes).toEqual(image);
  expect((await ask(`${legacy}/tftpboot/T48-35.83.0.51.rom`)).status).toBe(404);
  expect((await fetchTftp(tftp, '/tftpboot/T48-35.83.0.51.rom')).error).toBe(1);

  // A phone's own file, for tenants that give it for its token on these doors: only below the alias is this a token.
  const rule = (door: string): object => ({ door, networks: ['127.0.0.0/8'], content: 'full', level: 3 });
  const bench = await openWorkbench(offhook, 't441');
  await offhook.must('PATCH', '/tenants/t441', { policy: { lowered: [rule('legacy'), rule('tftp')] } });
  await bench.serve('yealink', 't441');
  const mac = bench.macOf('yealink', 't441');
  const { token } = (await offhook.must('GET', bench.path(`/phones/${mac}/credentials`))) as { token: string };
  const own = `p/${token}/${mac}.cfg`;
  const byHttp = await ask(`${legacy}/tftpboot/${own}`);
  expect(byHttp.text).toContain('account.1.user_name = t441-yealink\n');
  expect((await fetchTftp(tftp, `/tftpboot/${own}`)).bytes).toEqual(byHttp.bytes);
  expect((await ask(`${legacy}/elsewhere/${own}`)).text).not.toContain('account.1.user_name');
  expect((await fetchTftp(tftp, `/elsewhere/${own}`)).bytes.toString()).not.toContain('account.1.user_name');
});
