import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchOwn, MAKER_NAMES, nextMac, openOffice, placeOf, read, type Office } from '../kit/office.ts';
import { writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';

// A mapping puts a name in the place of a dummy address. Every test has dummy addresses of its own.

let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
});
afterAll(() => offhook.close());

const PBX_PARAMETER = {
  yealink: 'account.1.sip_server.1.address',
  snom: 'user_host[1]',
  polycom: 'reg.1.server.1.address',
  'cisco-spa': 'Proxy_1_',
} as const;

/** The registrar that each maker's phone is told. */
async function registrarsOf(office: Office): Promise<readonly (string | undefined)[]> {
  const files = await office.fetch();
  return MAKER_NAMES.map((maker) => files[maker].params.get(PBX_PARAMETER[maker]));
}
const four = (host: string): readonly string[] => MAKER_NAMES.map(() => host);

test('S4.24 a mapping puts a name in the place of an address, and takes nothing but an address to replace', async () => {
  const office = await openOffice(offhook, 's4-24', { extension: { serverHost: '1.24.1.1' } });
  expect(await registrarsOf(office)).toEqual(four('1.24.1.1'));
  await offhook.must('PUT', '/tenants/s4-24/mappings/1.24.1.1', { to: 'master24.example.com' });
  expect(await registrarsOf(office)).toEqual(four('master24.example.com'));
  // A static address of a real server is replaced just as well.
  await office.write({ extension: { serverHost: '192.0.2.24' } });
  await offhook.must('PUT', '/tenants/s4-24/mappings/192.0.2.24', { to: 'pbx24.example.com' });
  expect(await registrarsOf(office)).toEqual(four('pbx24.example.com'));

  for (const from of ['pbx.example.com', '1.24.1', '1.24.1.300']) {
    const refused = await offhook.api('POST', '/tenants/s4-24/mappings', { from, to: 'pbx24.example.com' });
    expect([refused.status, (refused.json as { errors: { field: string }[] }).errors[0]?.field]).toEqual([422, 'from']);
  }
  const url = await offhook.api('POST', '/tenants/s4-24/mappings', {
    from: '1.24.1.9',
    to: 'https://pbx24.example.com',
  });
  expect(url.status).toBe(422);
  await offhook.must('DELETE', '/tenants/s4-24/mappings/192.0.2.24');
  expect(await registrarsOf(office)).toEqual(four('192.0.2.24'));
});

test('S4.25 it acts on every occurrence in templates and phones, also in free text, and on whole addresses only', async () => {
  await offhook.must('PUT', '/tenants/s4-25', {
    settings: { 'logging.syslogServer': '1.1.1.1' },
  });
  await offhook.must('PUT', '/tenants/s4-25/mappings/1.1.1.1', { to: 'master88.commzilla.net' });
  await offhook.must('PUT', '/tenants/s4-25/profiles/desk', { settings: { 'services.ldapServer': '1.1.1.1' } });
  await offhook.must('PUT', '/tenants/s4-25/templates/desk', {
    vendor: 'yealink',
    models: ['T46U'],
    settings: {
      'provisioning.url': 'http://1.1.1.1:5555/tftpboot/',
      'time.ntp1': '1.1.1.1',
      'time.ntp2': '11.1.1.1',
      'services.phonebooks': [
        { name: 'Ours', url: 'http://1.1.1.1:8080/books/1.1.1.1.xml?host=1.1.1.1&near=1.1.1.10' },
        { name: 'Theirs', url: 'http://1.1.1.10/book.xml' },
      ],
      'line.outboundProxyHost': '1.1.1.10',
    },
    keys: {
      'key/1': { key: { type: 'line', line: 1 } },
      'key/2': { key: { type: 'xml_browser', url: 'http://1.1.1.1/menu.xml', label: 'Menu 1.1.1.1' } },
    },
    raw: {
      'custom.text': 'a=1.1.1.1;b=11.1.1.1;c=1.1.1.10;d=1.1.1.1.5;e=(1.1.1.1)',
      'custom.open': { value: '1.1.1.1', public: true },
    },
  });
  const mac = nextMac('yealink');
  const password = 'pass-1.1.1.10';
  const phone = { tenant: 's4-25', vendor: 'yealink', model: 'T46U', mac, extension: '201', password } as const;
  const raw = { 'custom.own': 'sip:1.1.1.1:5060' };
  await writePhone(offhook, { ...phone, more: { template: 'desk', profile: 'desk', raw } });
  await offhook.must('PATCH', '/tenants/s4-25/extensions/201', { serverHost: '1.1.1.1' });

  const { params, answer } = await fetchOwn(offhook, 's4-25', 'yealink', mac);
  const fqdn = 'master88.commzilla.net';
  expect(Object.fromEntries(params)).toMatchObject({
    'static.syslog.server': fqdn,
    'ldap.host': fqdn,
    'static.auto_provision.server.url': `http://${fqdn}:5555/tftpboot/`,
    'local_time.ntp_server1': fqdn,
    'local_time.ntp_server2': '11.1.1.1',
    'remote_phonebook.data.1.url': `http://${fqdn}:8080/books/${fqdn}.xml?host=${fqdn}&near=1.1.1.10`,
    'remote_phonebook.data.2.url': 'http://1.1.1.10/book.xml',
    'account.1.outbound_proxy.1.address': '1.1.1.10',
    'account.1.sip_server.1.address': fqdn,
    'account.1.password': password,
    'linekey.2.value': `http://${fqdn}/menu.xml`,
    'linekey.2.label': `Menu ${fqdn}`,
    'custom.text': `a=${fqdn};b=11.1.1.1;c=1.1.1.10;d=1.1.1.1.5;e=(${fqdn})`,
    'custom.open': fqdn,
    'custom.own': `sip:${fqdn}:5060`,
  });
  expect(answer.text).not.toMatch(/(?<![\d.])1\.1\.1\.1(?![\d.])/);
});

test('S4.26 the name shows in the files: as served to the phone, as shown to a person, as explained', async () => {
  const office = await openOffice(offhook, 's4-26', { extension: { serverHost: '1.26.1.1' } });
  await offhook.must('PUT', '/tenants/s4-26/mappings/1.26.1.1', { to: 'master26.example.com' });
  for (const maker of MAKER_NAMES) {
    const phone = `/tenants/s4-26/phones/${office.macs[maker]}`;
    const { files } = await placeOf(offhook, 's4-26', office.macs[maker]);
    const texts = [
      (await fetchOwn(offhook, 's4-26', maker, office.macs[maker])).answer,
      await offhook.api('GET', `${phone}/files/${files[0] ?? ''}`),
      await offhook.api('GET', `${phone}/explain`),
    ];
    for (const { status, text } of texts) {
      expect([maker, status, text.includes('master26.example.com')]).toEqual([maker, 200, true]);
      expect(text).not.toContain('1.26.1.1');
    }
  }
  // What was written down keeps the address: the mapping acts on what goes out.
  expect(await read(offhook, '/tenants/s4-26/extensions/201')).toMatchObject({ serverHost: '1.26.1.1' });
});

test('S4.27 a global mapping holds for all tenants, a tenant’s own for itself alone, and there before the global one', async () => {
  const [one, other] = [
    await openOffice(offhook, 's4-27a', { extension: { serverHost: '1.27.1.1' } }),
    await openOffice(offhook, 's4-27b', { extension: { serverHost: '1.27.1.1' } }),
  ];
  await offhook.must('PUT', '/mappings/1.27.1.1', { to: 'global27.example.com' });
  expect(await registrarsOf(one)).toEqual(four('global27.example.com'));
  expect(await registrarsOf(other)).toEqual(four('global27.example.com'));

  await offhook.must('PUT', '/tenants/s4-27a/mappings/1.27.1.1', { to: 'own27.example.com' });
  expect(await registrarsOf(one)).toEqual(four('own27.example.com'));
  expect(await registrarsOf(other)).toEqual(four('global27.example.com'));
  const { items } = await read<{ items: readonly unknown[] }>(offhook, '/tenants/s4-27b/mappings');
  expect(items).toEqual([]);

  await offhook.must('DELETE', '/mappings/1.27.1.1');
  expect(await registrarsOf(one)).toEqual(four('own27.example.com'));
  expect(await registrarsOf(other)).toEqual(four('1.27.1.1'));
});

test('S4.28 changing one mapping changes what all phones get and marks them outdated, and nobody edits a phone', async () => {
  const office = await openOffice(offhook, 's4-28', { extension: { serverHost: '1.28.1.1' } });
  const bystander = nextMac('yealink');
  const phone = {
    tenant: 's4-28',
    vendor: 'yealink',
    model: 'T46U',
    extension: '209',
    password: 'sip-secret',
  } as const;
  await writePhone(offhook, { ...phone, mac: bystander });
  await offhook.must('PUT', '/tenants/s4-28/mappings/1.28.1.1', { to: 'before28.example.com' });

  const path = (mac: string): string => `/tenants/s4-28/phones/${mac}`;
  const stateOf = async (mac: string): Promise<string> => {
    await offhook.product.settle();
    return (await read<{ state: string }>(offhook, path(mac))).state;
  };
  const states = async (): Promise<readonly string[]> =>
    Promise.all([...MAKER_NAMES.map((maker) => stateOf(office.macs[maker])), stateOf(bystander)]);
  const documentsOf = async (): Promise<readonly unknown[]> =>
    Promise.all(
      MAKER_NAMES.map(async (maker) => {
        const { headers, json } = await offhook.api('GET', path(office.macs[maker]));
        const { lines, settings, keys, raw } = json as Record<string, unknown>;
        return { lines, settings, keys, raw, etag: headers.etag };
      }),
    );

  expect(await registrarsOf(office)).toEqual(four('before28.example.com'));
  await fetchOwn(offhook, 's4-28', 'yealink', bystander);
  expect(await states()).toEqual(['served', 'served', 'served', 'served', 'served']);
  const before = await documentsOf();

  await offhook.must('PATCH', '/tenants/s4-28/mappings/1.28.1.1', { to: 'after28.example.com' });
  // The phone whose files the mapping does not touch has what it should have.
  expect(await states()).toEqual(['outdated', 'outdated', 'outdated', 'outdated', 'served']);
  expect(await documentsOf()).toEqual(before);
  expect(await registrarsOf(office)).toEqual(four('after28.example.com'));
  expect(await states()).toEqual(['served', 'served', 'served', 'served', 'served']);

  await offhook.must('PUT', '/mappings/1.28.1.1', { to: 'global28.example.com' });
  expect(await states()).toEqual(['served', 'served', 'served', 'served', 'served']);
  await offhook.must('DELETE', '/tenants/s4-28/mappings/1.28.1.1');
  expect(await states()).toEqual(['outdated', 'outdated', 'outdated', 'outdated', 'served']);
});

test('S4.29 a name with one address inside and another outside is supported: the phone holds the same name in both places', async () => {
  const office = await openOffice(offhook, 's4-29', { extension: { serverHost: '1.29.1.1' } });
  const note = 'A 10.29.0.1 inside, A 203.0.113.29 outside';
  // A name that this machine cannot look up is taken: which record holds is decided where the phone is.
  const mapping = { to: 'master29.example.invalid', note };
  await offhook.must('PUT', '/tenants/s4-29/mappings/1.29.1.1', mapping);
  expect(await read(offhook, '/tenants/s4-29/mappings/1.29.1.1')).toEqual({ from: '1.29.1.1', ...mapping });

  for (const maker of MAKER_NAMES) {
    const { url, answer: inside, params } = await fetchOwn(offhook, 's4-29', maker, office.macs[maker]);
    const outside = await ask(url, { localAddress: '127.0.0.29', headers: { host: 'master29.example.invalid' } });
    expect(outside.status).toBe(200);
    expect(outside.bytes.equals(inside.bytes)).toBe(true);
    expect(params.get(PBX_PARAMETER[maker])).toBe('master29.example.invalid');
    expect(inside.text).not.toMatch(/10\.29\.0\.1|203\.0\.113\.29/);
  }
});

test('S4.30 when the address of the server changes, only the name server has to know: nothing is edited, phones get the same files', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'offhook-moves-'));
  const host = 'prov.example.com';
  const at = (address: string, ports: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
    OFFHOOK_HOST: host,
    OFFHOOK_DOORS_SECURE_ADDRESS: address,
    OFFHOOK_DOORS_SPA_ADDRESS: address,
    ...ports,
  });
  /** As a phone does whose name server says this address. */
  const fetchAt = (address: string, urls: readonly string[]): Promise<readonly string[]> =>
    Promise.all(
      urls.map(async (url) => {
        const answer = await ask(url.replace(host, address), { headers: { host: new URL(url).host } });
        expect(answer.status, url).toBe(200);
        return answer.text;
      }),
    );

  const before = await startTestProduct({ dataDir, environment: at('127.0.0.31', {}) });
  const office = await openOffice(before, 's4-30', { extension: { serverHost: '1.30.1.1' } });
  await before.must('PUT', '/mappings/1.30.1.1', { to: 'pbx30.example.com' });
  const urls: string[] = [];
  for (const maker of MAKER_NAMES) {
    const { directory, files } = await placeOf(before, 's4-30', office.macs[maker]);
    urls.push(`${directory}${files[0] ?? ''}`);
  }
  const ports = {
    OFFHOOK_DOORS_SECURE_PORT: String(before.port('secure')),
    OFFHOOK_DOORS_SPA_PORT: String(before.port('spa')),
    OFFHOOK_DOORS_BOOTSTRAP_PORT: String(before.port('bootstrap')),
  };
  const served = await fetchAt('127.0.0.31', urls);
  expect(served.join('')).not.toMatch(/127\.0\.0\.|1\.30\.1\.1/);
  expect(served.filter((text) => text.includes(host))).toHaveLength(4);
  await before.close();

  const after = await startTestProduct({ dataDir, environment: at('127.0.0.32', ports) });
  try {
    expect(await fetchAt('127.0.0.32', urls)).toEqual(served);
    await expect(ask(urls[0]?.replace(host, '127.0.0.31') ?? '')).rejects.toThrow('ECONNREFUSED');
  } finally {
    await after.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 120_000);
