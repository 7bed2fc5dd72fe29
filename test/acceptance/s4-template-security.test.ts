import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Explanation, Phone, Template } from '../../src/api/contract.ts';
import type { Maker } from '../kit/office.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { openWorkbench, pick, readAfterRestart, refusal, withDataDir, type Workbench } from '../kit/workbench.ts';

let offhook: TestProduct;
let acme: Workbench;
beforeAll(async () => {
  offhook = await startTestProduct();
  acme = await openWorkbench(offhook, 'acme');
});
afterAll(() => offhook.close());

const T46U = { vendor: 'yealink', models: ['T46U'] };

/** Fields that a template for a T46U with these settings is refused for. */
const refusedFields = async (settings: Readonly<Record<string, unknown>>): Promise<readonly string[]> =>
  (await refusal(offhook, 'PUT', acme.path('/templates/refused'), { ...T46U, settings })).fields;

const gapsOf = async (maker: Maker, name: string): Promise<Explanation['gaps']> =>
  ((await offhook.must('GET', acme.path(`/phones/${acme.macOf(maker, name)}/explain`))) as Explanation).gaps;

const warned = ({ warnings = [] }: Template | Phone, code: string): readonly string[] =>
  warnings.filter((warning) => warning.code === code).map(({ field }) => field);

test('S4.60 an admin password left as the factory has it raises a warning', async () => {
  const code = 'default-admin-password';
  const field = 'settings.security.adminPassword';
  const warnedWith = async (settings: object): Promise<readonly string[]> =>
    warned(await acme.template('t460', { ...T46U, settings }), code);
  expect(await warnedWith({})).toEqual([field]);
  expect(await warnedWith({ 'security.adminPassword': 'admin' })).toEqual([field]);
  expect(await warnedWith({ 'security.adminPassword': 'Adm1n-secret' })).toEqual([]);
  // 456 is the factory's for one maker and an ordinary, if weak, word for another.
  const polycom = { vendor: 'polycom', models: ['VVX411'], settings: { 'security.adminPassword': '456' } };
  expect(warned(await acme.template('t460-polycom', polycom), code)).toEqual([field]);

  const phone = { vendor: 'yealink', model: 'T46U' };
  expect(warned(await acme.phone('805ec0460001', phone), code)).toEqual([field]);
  expect(warned(await acme.phone('805ec0460001', { ...phone, template: 't460' }), code)).toEqual([]);
  // Changing it changes the phone.
  const params = await acme.fetch('yealink', '805ec0460001');
  expect(params.get('static.security.user_password')).toBe('admin:Adm1n-secret');
});

test('S4.61 direct IP calls can be disallowed', async () => {
  const values = async (on: boolean): Promise<readonly unknown[]> => {
    const settings = { 'security.directIpCalls': on };
    return [
      (await acme.serve('yealink', 't461', { settings })).get('features.direct_ip_call_enable'),
      (await acme.serve('snom', 't461', { settings })).get('block_url_dialing'),
      (await acme.serve('polycom', 't461', { settings })).get('feature.urlDialing.enabled'),
      (await acme.serve('cisco-spa', 't461', { settings })).get('Enable_IP_Dialing_1_'),
    ];
  };
  expect(await values(false)).toEqual(['0', 'on', '0', 'No']);
  expect(await values(true)).toEqual(['1', 'off', '1', 'Yes']);
});

test('S4.62 SIP can be accepted from trusted servers only', async () => {
  const validation = 'voIpProt.SIP.requestValidation.1.method';
  const values = async (on: boolean): Promise<readonly unknown[]> => {
    const settings = { 'security.trustedServersOnly': on };
    return [
      (await acme.serve('yealink', 't462', { settings })).get('sip.trust_ctrl'),
      (await acme.serve('snom', 't462', { settings })).get('filter_registrar'),
      (await acme.serve('polycom', 't462', { settings })).get(validation),
    ];
  };
  expect(await values(true)).toEqual(['1', 'on', 'source']);
  expect(await values(false)).toEqual(['0', 'off', '']);
  // Whose phones cannot, are not silently left open.
  await acme.serve('cisco-spa', 't462', { settings: { 'security.trustedServersOnly': true } });
  expect((await gapsOf('cisco-spa', 't462')).map(({ wanted }) => wanted)).toContain('security.trustedServersOnly');
});

test('S4.63 the local SIP port of a line can be set from 10000 to 20000', async () => {
  const written = async (port: number): Promise<readonly unknown[]> => {
    const line = { 'line.localSipPort': port };
    return [
      (await acme.serve('yealink', 't463', { line })).get('account.1.sip_listen_port'),
      (await acme.serve('snom', 't463', { line })).get('network_id_port'),
      (await acme.serve('polycom', 't463', { line })).get('voIpProt.SIP.local.port'),
      (await acme.serve('cisco-spa', 't463', { line })).get('SIP_Port_1_'),
    ];
  };
  expect(await written(10000)).toEqual(['10000', '10000', '10000', '10000']);
  expect(await written(15062)).toEqual(['15062', '15062', '15062', '15062']);
  expect(await written(20000)).toEqual(['20000', '20000', '20000', '20000']);
  const path = acme.path(`/phones/${acme.macOf('yealink', 't463')}`);
  const lines = [{ extension: 't463-yealink', settings: { 'line.localSipPort': 5060 } }];
  expect((await refusal(offhook, 'PATCH', path, { lines })).fields).toEqual(['lines[0].settings.line.localSipPort']);
});

test('S4.64 the local SIP port is refused in a template and taken on the line of a MAC object only', async () => {
  const settings = { 'line.localSipPort': 15060 };
  const field = ['settings.line.localSipPort'];
  expect(await refusedFields(settings)).toEqual(field);
  expect((await refusal(offhook, 'PUT', '/templates/t464', { ...T46U, settings })).fields).toEqual(field);
  await acme.template('t464', T46U);
  expect((await refusal(offhook, 'PATCH', acme.path('/templates/t464'), { settings })).fields).toEqual(field);
  for (const path of [acme.path('/profiles/t464'), '/tenants/t464'])
    expect((await refusal(offhook, 'PUT', path, { settings })).fields, path).toEqual(field);
  const phone = { vendor: 'yealink', model: 'T46U', template: 't464' };
  const path = acme.path('/phones/805ec0464001');
  expect((await refusal(offhook, 'PUT', path, { ...phone, settings })).fields).toEqual(field);

  const lines = [{ extension: await acme.extension('464'), settings }];
  const saved = await acme.phone('805ec0464001', { ...phone, lines });
  expect(saved.lines[0]?.settings['line.localSipPort']?.value).toBe(15060);
});

test('S4.65 one action hardens a phone against ghost calls, with a port drawn for each device', async () => {
  const portOf = ({ lines }: Phone): unknown => lines[0]?.settings['line.localSipPort']?.value;
  const harden = async (mac: string): Promise<Phone> =>
    (await offhook.must('POST', acme.path(`/phones/${mac}/harden`))) as Phone;
  const ports = new Set<unknown>();
  for (let index = 1; index <= 6; index++) {
    await acme.serve('yealink', `t465-${String(index)}`);
    const hardened = await harden(acme.macOf('yealink', `t465-${String(index)}`));
    expect(hardened.settings['security.directIpCalls']?.value).toBe(false);
    expect(hardened.settings['security.trustedServersOnly']?.value).toBe(true);
    expect(portOf(hardened)).toBeGreaterThanOrEqual(10000);
    expect(portOf(hardened)).toBeLessThanOrEqual(20000);
    ports.add(portOf(hardened));
  }
  // Six alike in a row would be one chance in 10^20; two alike among six happen once in 670 runs.
  expect(ports.size).toBeGreaterThanOrEqual(5);

  const mac = acme.macOf('yealink', 't465-1');
  const port = portOf((await offhook.must('GET', acme.path(`/phones/${mac}`))) as Phone);
  const params = await acme.fetch('yealink', mac);
  expect(pick(params, 'features.direct_ip_call_enable', 'sip.trust_ctrl', 'account.1.sip_listen_port')).toEqual({
    'features.direct_ip_call_enable': '0',
    'sip.trust_ctrl': '1',
    'account.1.sip_listen_port': String(port),
  });
  expect(portOf(await harden(mac)), 'the port stays when it is done again').toBe(port);

  await acme.serve('snom', 't465');
  const snom = await harden(acme.macOf('snom', 't465'));
  const hardened = await acme.fetch('snom', acme.macOf('snom', 't465'));
  expect(pick(hardened, 'block_url_dialing', 'filter_registrar', 'network_id_port')).toEqual({
    block_url_dialing: 'on',
    filter_registrar: 'on',
    network_id_port: String(portOf(snom)),
  });
});

test('S4.66 addresses and ports of multicast paging can be set', async () => {
  const settings = {
    'services.multicastListen': [
      { address: '224.0.1.116', port: 5001, label: 'All' },
      { address: '239.1.2.3', port: 10010, label: 'Depot' },
    ],
  };
  const yealink = await acme.serve('yealink', 't466', { settings });
  const slot = (number: number, field: string): string => `multicast.listen_address.${String(number)}.${field}`;
  expect(pick(yealink, slot(1, 'ip_address'), slot(1, 'label'), slot(2, 'ip_address'), slot(2, 'label'))).toEqual({
    [slot(1, 'ip_address')]: '224.0.1.116:5001',
    [slot(1, 'label')]: 'All',
    [slot(2, 'ip_address')]: '239.1.2.3:10010',
    [slot(2, 'label')]: 'Depot',
  });
  const snom = await acme.serve('snom', 't466', { settings });
  expect(pick(snom, 'multicast_listen', 'mc_address[1]', 'mc_address[2]')).toEqual({
    multicast_listen: 'on',
    'mc_address[1]': '224.0.1.116:5001',
    'mc_address[2]': '239.1.2.3:10010',
  });
  const one = 'services.multicastListen';
  for (const [wrong, field] of [
    [{ address: 'all-phones', port: 5001 }, 'address'],
    [{ address: '192.0.2.1', port: 5001 }, 'address'],
    [{ address: '224.0.1.116', port: 70000 }, 'port'],
  ] as const)
    expect(await refusedFields({ [one]: [wrong] })).toEqual([`settings.${one}[0].${field}`]);
});

test('S4.67 the URL of the PBX service for directory look-ups can be set', async () => {
  const url = 'https://pbx.example.com/lookup?q=#SEARCH';
  const settings = { 'services.directoryLookupUrl': url };
  const yealink = await acme.serve('yealink', 't467', { settings });
  expect(pick(yealink, 'remote_phonebook.data.1.url', 'features.remote_phonebook.enable')).toEqual({
    'remote_phonebook.data.1.url': url,
    'features.remote_phonebook.enable': '1',
  });
  const spa = await acme.serve('cisco-spa', 't467', { settings });
  expect(spa.get('XML_Directory_Service_URL')).toBe(url);
  await acme.serve('snom', 't467', { settings });
  expect((await gapsOf('snom', 't467')).map(({ wanted }) => wanted)).toContain('services.directoryLookupUrl');
  for (const wrong of ['pbx.example.com/lookup', 'ldap://pbx.example.com/', 'https://pbx.example.com/look up'])
    expect(await refusedFields({ 'services.directoryLookupUrl': wrong })).toContain(
      'settings.services.directoryLookupUrl',
    );
});

test('S4.68 LDAP can be set: server, base, filters, attributes', async () => {
  const settings = {
    'services.ldapServer': 'ldap.example.com',
    'services.ldapPort': 636,
    'services.ldapTls': true,
    'services.ldapBase': 'ou=people,dc=example,dc=com',
    'services.ldapUser': 'cn=phones,dc=example,dc=com',
    'services.ldapPassword': 'ldap-secret',
    'services.ldapNameFilter': '(|(cn=%)(sn=%))',
    'services.ldapNumberFilter': '(|(telephoneNumber=%)(mobile=%))',
    'services.ldapNameAttributes': ['cn', 'sn'],
    'services.ldapNumberAttributes': ['telephoneNumber', 'mobile'],
    'services.ldapDisplay': '%cn',
    'services.ldapMaxHits': 40,
  };
  const yealink = {
    'ldap.enable': '1',
    'ldap.host': 'ldap.example.com',
    'ldap.port': '636',
    'ldap.tls_mode': '2',
    'ldap.base': 'ou=people,dc=example,dc=com',
    'ldap.user': 'cn=phones,dc=example,dc=com',
    'ldap.password': 'ldap-secret',
    'ldap.name_filter': '(|(cn=%)(sn=%))',
    'ldap.number_filter': '(|(telephoneNumber=%)(mobile=%))',
    'ldap.name_attr': 'cn sn',
    'ldap.numb_attr': 'telephoneNumber mobile',
    'ldap.display_name': '%cn',
    'ldap.max_hits': '40',
  };
  const snom = {
    ldap_server: 'ldap.example.com',
    ldap_port: '636',
    ldap_over_tls: 'on',
    ldap_base: 'ou=people,dc=example,dc=com',
    ldap_username: 'cn=phones,dc=example,dc=com',
    ldap_password: 'ldap-secret',
    ldap_search_filter: '(|(cn=%)(sn=%))',
    ldap_number_filter: '(|(telephoneNumber=%)(mobile=%))',
    ldap_name_attributes: 'cn sn',
    ldap_number_attributes: 'telephoneNumber mobile',
    ldap_display_name: '%cn',
    ldap_max_hits: '40',
  };
  expect(pick(await acme.serve('yealink', 't468', { settings }), ...Object.keys(yealink))).toEqual(yealink);
  expect(pick(await acme.serve('snom', 't468', { settings }), ...Object.keys(snom))).toEqual(snom);
  expect(await refusedFields({ 'services.ldapServer': 'ldap://x', 'services.ldapNameAttributes': ['c n'] })).toEqual([
    'settings.services.ldapServer',
    'settings.services.ldapNameAttributes[0]',
  ]);
});

test('S4.69 “Add” stores the template', async () => {
  const body = { ...T46U, name: 't469', title: 'Reception', settings: { 'ui.language': 'de' } };
  const added = await offhook.api('POST', acme.path('/templates'), body);
  expect(added.status).toBe(201);
  // Nothing is stored of one that was refused.
  await refusal(offhook, 'POST', acme.path('/templates'), { ...body, name: 't469-bad', models: ['T99'] });
  expect((await offhook.api('GET', acme.path('/templates/t469-bad'))).status).toBe(404);

  // It is there when the product has been stopped and started again.
  await withDataDir(async (dataDir) => {
    const own = await startTestProduct({ dataDir });
    const bench = await openWorkbench(own, 'acme');
    await own.must('POST', bench.path('/templates'), body);
    await own.close();
    const kept = await readAfterRestart<Template>(own, bench.path('/templates/t469'));
    expect([kept.name, kept.title, kept.models]).toEqual(['t469', 'Reception', ['T46U']]);
    expect(kept.settings['ui.language']?.value).toBe('de');
  });
});
