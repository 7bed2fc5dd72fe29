import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Explanation, Phone, Setting, Template } from '../../src/api/contract.ts';
import { fetchOwn, read } from '../kit/office.ts';
import { writePhone } from '../kit/phones.ts';
import { startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

// Who may do what on an SPA phone itself: its accounts Admin and User, its web pages, the hosts that it may use.
let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
});
afterAll(() => offhook.close());

const phonePath = (mac: string): string => `/tenants/acme/phones/${mac}`;

async function write(mac: string, extension: string, more: object = {}): Promise<void> {
  const password = `sip-${extension}-secret`;
  await writePhone(offhook, { tenant: 'acme', vendor: 'cisco-spa', model: 'SPA962', mac, extension, password, more });
}

const change = (mac: string, settings: object): Promise<Answer> => offhook.api('PATCH', phonePath(mac), { settings });

/** An element of the phone's file: what it says, and the right of the User account. */
interface Element {
  readonly value: string | undefined;
  readonly ua: string;
}

async function fetchElements(mac: string): Promise<ReadonlyMap<string, Element>> {
  const { answer } = await fetchOwn(offhook, 'acme', 'cisco-spa', mac);
  expect(answer.status).toBe(200);
  const found = answer.text.matchAll(/<([\w.-]+) ua="(\w+)"(?:\/>|>([^<]*)<\/\1>)/g);
  return new Map(Array.from(found, ([, tag = '', ua = '', value]) => [tag, { value, ua }] as const));
}

test('S0.17 the phone has the accounts Admin and User, each with a password of its own that can be set apart from the other', async () => {
  const mac = '000e08001701';
  await write(mac, '1701', {
    settings: { 'security.adminPassword': 'adm1n-one', 'security.userPassword': 'us3r-one' },
  });
  const passwords = async (): Promise<readonly (string | undefined)[]> => {
    const elements = await fetchElements(mac);
    return [elements.get('Admin_Passwd')?.value, elements.get('User_Password')?.value];
  };
  expect(await passwords()).toEqual(['adm1n-one', 'us3r-one']);
  await change(mac, { 'security.userPassword': 'us3r-two' });
  expect(await passwords()).toEqual(['adm1n-one', 'us3r-two']);
  await change(mac, { 'security.adminPassword': 'adm1n-two' });
  expect(await passwords()).toEqual(['adm1n-two', 'us3r-two']);
});

test('S0.18 Admin’s account is the provider’s: User neither reads nor changes its password, and nobody is shown it unasked', async () => {
  const mac = '000e08001801';
  const secret = 'adm1n-of-provider';
  const settings = {
    'security.adminPassword': { value: secret, access: 'write' },
    'security.userAccess': 'write',
    'time.ntp1': 'ntp.example.com',
  };
  await write(mac, '1801', { settings });
  const elements = await fetchElements(mac);
  // User was given everything, and the template even asked for this one; the phone tells it to Admin alone.
  expect(elements.get('Primary_NTP_Server')).toEqual({ value: 'ntp.example.com', ua: 'rw' });
  expect(elements.get('Admin_Passwd')).toEqual({ value: secret, ua: 'na' });
  expect(elements.get('Profile_Rule')?.ua).toBe('na');
  const path = phonePath(mac);
  for (const view of [
    path,
    `${path}/files/${mac}.xml`,
    `${path}/explain`,
    '/tenants/acme/phones',
    '/audit?limit=1000',
  ]) {
    const { status, text } = await offhook.api('GET', view);
    expect(status, view).toBe(200);
    expect(text.includes(secret), `${view} shows it`).toBe(false);
  }
  expect((await offhook.api('GET', `${path}/files/${mac}.xml?reveal=true`)).text).toContain(secret);
});

/** Values of some settings and raw parameters, and the element that each is written in. */
const WRITTEN = {
  'time.ntp1': { value: 'ntp.example.com', tag: 'Primary_NTP_Server' },
  'time.dateFormat': { value: 'dd.mm.yyyy', tag: 'Date_Format' },
  'logging.syslogServer': { value: 'syslog.example.com', tag: 'Syslog_Server' },
  'line.voicemailNumber': { value: '*97', tag: 'Voice_Mail_Number' },
  'line.registerExpiresSeconds': { value: 600, tag: 'Register_Expires_1_' },
} as const;
/** Settings that stand in an element which another one of the list writes and gives its right. */
const IN_ANOTHERS_ELEMENT = [
  'ui.ringtone',
  'provisioning.resyncEveryMinutes',
  'services.ldapNameAttributes',
  'services.phonebooks',
  'features.keyDuringCall',
];
const RIGHTS = { none: 'na', read: 'ro', write: 'rw' } as const;

test('S0.19 for every single parameter a template states what User may do, and the file carries it', async () => {
  const mac = '000e08001901';
  const template = '/tenants/acme/templates/rights';
  const { items } = await read<{ items: Setting[] }>(offhook, '/settings');
  const everySetting = items.filter(({ lineOnly }) => !lineOnly).map(({ id }) => id);
  const put = (settings: object, raw: object = {}): Promise<Template> =>
    offhook.must('PUT', template, { vendor: 'cisco-spa', models: ['SPA962'], settings, raw }) as Promise<Template>;

  await put({});
  await write(mac, '1901', { template: 'rights' });
  for (const [access, ua] of Object.entries(RIGHTS)) {
    const values = Object.entries(WRITTEN).map(([id, { value }]) => [id, { value, access }] as const);
    await put(Object.fromEntries(values), { Speed_Dial_2: { value: '201', access, public: true } });
    const elements = await fetchElements(mac);
    for (const { tag } of Object.values(WRITTEN)) expect(elements.get(tag)?.ua, `${tag} for ${access}`).toBe(ua);
    expect(elements.get('Speed_Dial_2')).toEqual({ value: '201', ua });
    expect(elements.get('User_ID_1_')?.ua).toBe('na');
  }

  // A right alone, for each setting there is: it is kept, and says nothing of the value.
  for (const [access, ua] of Object.entries(RIGHTS)) {
    const saved = await put(Object.fromEntries(everySetting.map((id) => [id, { access }])));
    for (const id of everySetting) expect(saved.settings[id], id).toMatchObject({ access });
    const { lines, gaps } = await read<Explanation>(offhook, `${phonePath(mac)}/explain`);
    const told = [
      ...lines.map(({ setting }) => setting),
      ...gaps.map(({ wanted }) => wanted.replace('access of ', '')),
    ];
    // Where the phone has no parameter for it, that is said: nothing stated is silently dropped.
    expect(everySetting.filter((id) => !told.includes(id))).toEqual(IN_ANOTHERS_ELEMENT);
    const alone = lines.filter(({ layer, text }) => layer === 'template' && text.endsWith('/>'));
    expect(alone.length).toBeGreaterThan(60);
    for (const { text } of alone) expect(text).toMatch(/Admin_Passw/.test(text) ? /ua="na"/ : new RegExp(`ua="${ua}"`));
  }
  expect(
    (
      await offhook.api('PUT', template, {
        vendor: 'cisco-spa',
        models: ['SPA962'],
        settings: { 'time.ntp1': { access: 'all' } },
      })
    ).status,
  ).toBe(422);
});

test('S0.20 User’s access to the phone’s web pages is switched off entirely, and on again', async () => {
  const mac = '000e08002001';
  await write(mac, '2001');
  const webServer = async (): Promise<string | undefined> => (await fetchElements(mac)).get('Enable_Web_Server')?.value;
  await change(mac, { 'security.userWebUi': false });
  expect(await webServer()).toBe('No');
  await change(mac, { 'security.userWebUi': true });
  expect(await webServer()).toBe('Yes');
  await change(mac, { 'security.userWebUi': false, 'security.webUi': 'http' });
  expect(await webServer()).toBe('No');
  // Taken back altogether, the phone gets its factory's state: on.
  await change(mac, { 'security.userWebUi': null, 'security.webUi': null });
  expect(await webServer()).toBe('Yes');
});

test('S0.21 the domains that the phone may use for resync, upgrade and the registration of line 1 are restricted to a list', async () => {
  const mac = '000e08002101';
  await write(mac, '2101');
  expect((await fetchElements(mac)).has('Restricted_Access_Domains')).toBe(false);
  const domains = ['127.0.0.1', 'example.com'];
  expect((await change(mac, { 'security.allowedDomains': domains })).status).toBe(200);
  expect((await fetchElements(mac)).get('Restricted_Access_Domains')?.value).toBe('127.0.0.1,example.com');
  await change(mac, { 'security.allowedDomains': [...domains, 'example.net'] });
  expect((await fetchElements(mac)).get('Restricted_Access_Domains')?.value).toBe('127.0.0.1,example.com,example.net');
  await change(mac, { 'security.allowedDomains': null });
  expect((await fetchElements(mac)).get('Restricted_Access_Domains')?.value).toBe('');
});

const FIRMWARE = 'http://firmware.example.net/spa962-6-1-5a.bin';

test('S0.22 a list that shuts out the provisioning host, the firmware host or the registrar of line 1 is refused until it is confirmed', async () => {
  const mac = '000e08002201';
  await write(mac, '2201', { settings: { 'provisioning.firmwareUrl': FIRMWARE } });
  // Own host 127.0.0.1, firmware.example.net, pbx.example.com: each is missing once.
  const complete = ['127.0.0.1', 'example.net', 'pbx.example.com'];
  const missing = {
    '127.0.0.1': /127\.0\.0\.1 \(provisioning\)/,
    'example.net': /firmware\.example\.net \(firmware\)/,
    'pbx.example.com': /pbx\.example\.com \(registrar of line 1\)/,
  };
  for (const [host, why] of Object.entries(missing)) {
    const domains = complete.filter((domain) => domain !== host);
    const refused = await change(mac, { 'security.allowedDomains': domains });
    expect(refused.status, host).toBe(422);
    const { errors } = refused.json as { errors: { field: string; message: string }[] };
    expect(errors).toHaveLength(1);
    expect(errors[0]?.field).toContain('security.allowedDomains');
    expect(errors[0]?.message).toMatch(why);
    expect((await fetchElements(mac)).has('Restricted_Access_Domains')).toBe(false);
  }
  expect((await change(mac, { 'security.allowedDomains': complete })).status).toBe(200);

  const confirmed = await offhook.api('PATCH', phonePath(mac), {
    settings: { 'security.allowedDomains': ['example.org'] },
    confirm: ['allowed-domains'],
  });
  expect(confirmed.status).toBe(200);
  expect((await fetchElements(mac)).get('Restricted_Access_Domains')?.value).toBe('example.org');

  // The phone holds only line 1 to it; with a second line that is said.
  const warnings = async (): Promise<readonly string[]> =>
    ((await read<Phone>(offhook, phonePath(mac))).warnings ?? []).map(({ code }) => code);
  expect(await warnings()).not.toContain('allowed-domains-line-1-only');
  await offhook.must('PUT', '/tenants/acme/extensions/2202', {
    password: 'sip-2202-secret',
    serverHost: 'pbx.example.org',
  });
  await offhook.must('PATCH', phonePath(mac), { lines: ['2201', '2202'] });
  expect(await warnings()).toContain('allowed-domains-line-1-only');
});
