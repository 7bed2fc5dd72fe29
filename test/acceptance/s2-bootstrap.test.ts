import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Setting } from '../../src/api/contract.ts';
import { bootPhone } from '../../src/simulate/boot.ts';
import { fetchFile } from '../../src/simulate/fetch.ts';
import { readParams } from '../../src/simulate/readers.ts';
import { MAKER_NAMES, MAKERS, nextMac, placeOf, type Maker } from '../kit/office.ts';
import { factoryCertificate, factoryPhone, shown } from '../kit/phones.ts';
import { ask, startTestProduct, type Answer, type Ask, type TestProduct } from '../kit/product.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';
import { helloOf } from '../kit/tls.ts';

// What the bootstrap port gives, and what only the secure one does.
let offhook: TestProduct;
let factory: TestCa;
let ownCa: string;

beforeAll(async () => {
  offhook = await startTestProduct();
  factory = await createTestCa('Test Factory CA', { keyType: 'ec' });
  for (const vendor of MAKER_NAMES) await offhook.must('POST', '/authorities', { vendor, pem: factory.certificate });
  ownCa = (await ask(`${offhook.door('bootstrap')}/ca.pem`)).text;
});
afterAll(() => offhook.close());

interface Known {
  readonly maker: Maker;
  readonly tenant: string;
  readonly mac: string;
  readonly number: string;
}

let extensions = 300;
async function write(maker: Maker, tenant: string, more: object = {}): Promise<Known> {
  const mac = nextMac(maker);
  const number = String(++extensions);
  const extension = {
    password: `sip-${number}-secret`,
    displayName: `Person ${number}`,
    serverHost: 'pbx.example.com',
  };
  await offhook.must('PUT', `/tenants/${tenant}/extensions/${number}`, extension);
  const phone = { vendor: maker, model: MAKERS[maker].model, lines: [number], ...more };
  await offhook.must('PUT', `/tenants/${tenant}/phones/${mac}`, phone);
  return { maker, tenant, mac, number };
}

/** Everything that a phone of this maker may ask for by name: its own files, and those of all phones of its kind. */
async function namesOf({ maker, tenant, mac }: Known): Promise<readonly string[]> {
  const { files } = await placeOf(offhook, tenant, mac);
  const booting = factoryPhone(maker, MAKERS[maker].model, mac);
  const asked = booting.driver.boot.requests.map(({ name }) =>
    name
      .replaceAll('{mac}', mac)
      .replaceAll('{MAC}', mac.toUpperCase())
      .replaceAll('{stem}', booting.model.fileStem ?? 'none'),
  );
  return Array.from(new Set([...files, ...asked, `${mac}.xml`]));
}

interface Credentials {
  readonly token: string;
  readonly httpUser: string;
  readonly httpPassword: string;
}
const credentialsOf = (path: string): Promise<Credentials> =>
  offhook.must('GET', `${path}/credentials`) as Promise<Credentials>;

const basic = ({ httpUser, httpPassword }: Credentials): Ask => ({
  headers: { authorization: `Basic ${Buffer.from(`${httpUser}:${httpPassword}`).toString('base64')}` },
});

test('S2.24 on the bootstrap port a known phone gets what every phone of its kind gets, with whatever proof it comes', async () => {
  const tenant = 'generic';
  const settings = { 'time.ntp1': 'ntp.tenant.example.com', 'ui.language': 'de' };
  await offhook.must('PUT', `/tenants/${tenant}`, { title: 'Tenant of S2.24', networks: ['127.0.0.0/8'], settings });
  const ofTenant = await credentialsOf(`/tenants/${tenant}`);
  for (const maker of MAKER_NAMES) {
    const known = await write(maker, tenant);
    const unknown = nextMac(maker);
    const own = await credentialsOf(`/tenants/${tenant}/phones/${known.mac}`);
    let served = 0;
    for (const name of await namesOf(known)) {
      const strange = name.replace(new RegExp(known.mac, 'i'), (text) =>
        text === known.mac ? unknown : unknown.toUpperCase(),
      );
      const nobodys = await ask(`${offhook.door('bootstrap')}/${strange}`);
      const plain = await ask(`${offhook.door('bootstrap')}/${name}`);
      const authorised = await ask(`${offhook.door('bootstrap')}/${name}`, basic(own));
      const withToken = await ask(`${offhook.door('bootstrap')}/p/${own.token}/${name}`);
      const withTenant = await ask(`${offhook.door('bootstrap')}/t/${ofTenant.token}/${name}`);
      for (const answer of [plain, authorised, withToken, withTenant]) {
        expect(answer.status, name).toBe(nobodys.status);
        // The prefix is what points the phone back to where it came from; all else is the same for everyone.
        expect(answer.text.replaceAll(/[pt]\/[a-z2-7]{32}\//g, ''), name).toBe(nobodys.text);
        expect(answer.text).not.toMatch(/tenant\.example|pbx\.example|Person/);
      }
      if (plain.status === 200) served += 1;
    }
    expect(served, maker).toBeGreaterThan(0);
  }
});

/** A Wi-Fi key has no neutral setting: it is written in the maker's own words. */
const WIFI: Readonly<Record<Maker, string>> = {
  yealink: 'static.wifi.1.password',
  snom: 'wifi_key',
  polycom: 'device.wifi.psk.key',
  'cisco-spa': 'Wi-Fi_Key',
};

/** Beside a secret setting, what makes a phone write it. */
const COMPANIONS = {
  'services.ldapServer': 'ldap.example.com',
  'services.ldapBase': 'dc=example,dc=com',
  'services.ldapUser': 'cn=reader,dc=example,dc=com',
  'network.dot1xMethod': 'md5',
  'network.dot1xIdentity': 'phone',
  'provisioning.user': 'prov',
  'network.vpnEnabled': true,
  'network.vpnConfigUrl': 'https://vpn.example.com/vpn-url-secret.tar',
};

test('S2.25 on the bootstrap port no credential is ever served: of a phone that has every secret, none is in the bytes', async () => {
  const tenant = 'secrets';
  const refused = await offhook.api('PUT', `/tenants/${tenant}`, {
    policy: { lowered: [{ door: 'bootstrap', networks: ['0.0.0.0/0'], content: 'full', level: 0 }] },
  });
  expect(refused.status).toBe(422);
  const lowered = { networks: ['127.0.0.0/8'], content: 'full', level: 0 };
  await offhook.must('PUT', `/tenants/${tenant}`, {
    httpPassword: 'tenant-http-secret',
    networks: ['127.0.0.0/8'],
    policy: {
      lowered: [
        { door: 'legacy', ...lowered },
        { door: 'tftp', ...lowered },
      ],
    },
  });
  const ofTenant = await credentialsOf(`/tenants/${tenant}`);
  const { items } = (await offhook.must('GET', '/settings')) as { items: readonly Setting[] };
  const secretIds = items.filter(({ secret, id }) => secret && !id.startsWith('line.')).map(({ id }) => id);
  expect(secretIds).toEqual(
    expect.arrayContaining([
      'security.adminPassword',
      'security.userPassword',
      'services.ldapPassword',
      'provisioning.password',
      'network.dot1xPassword',
    ]),
  );

  for (const maker of MAKER_NAMES) {
    const values = Object.fromEntries(secretIds.map((id) => [id, `${id.split('.')[1] ?? ''}-secret`]));
    const known = await write(maker, tenant, {
      settings: { ...values, ...COMPANIONS },
      raw: { [WIFI[maker]]: 'wifi-secret' },
      httpPassword: 'phone-http-secret',
    });
    const path = `/tenants/${tenant}/phones/${known.mac}`;
    const own = await credentialsOf(path);
    await offhook.must('PUT', `${path}/window`, { content: 'full', minutes: 30 });
    // On the secure port they are all there, or the rest of this test would prove nothing.
    const { directory, files } = await placeOf(offhook, tenant, known.mac);
    const certificate = shown(await factoryCertificate(factory, maker, known.mac));
    const full = await ask(`${directory}${files[0] ?? ''}`, { certificate });
    for (const secret of [`sip-${known.number}-secret`, 'adminPassword-secret', 'ldapPassword-secret', 'wifi-secret'])
      expect(full.text, `${maker} ${secret}`).toContain(secret);

    const prefixes = ['', `p/${own.token}/`, `t/${ofTenant.token}/`];
    for (const name of await namesOf(known))
      for (const prefix of prefixes)
        for (const credentials of [{}, basic(own), basic(ofTenant)]) {
          const { text } = await ask(`${offhook.door('bootstrap')}/${prefix}${name}`, credentials);
          const shownElsewhere = text.replaceAll(prefix === '' ? '\0' : prefix, '');
          expect(shownElsewhere, `${maker} ${name}`).not.toMatch(/secret/i);
          expect(shownElsewhere).not.toContain(own.token);
          expect(shownElsewhere).not.toContain(known.number);
        }
  }
});

const yealinkBootstrap = async (name = '805ec0fffff0.cfg'): Promise<ReadonlyMap<string, string>> =>
  readParams('ini', (await ask(`${offhook.door('bootstrap')}/${name}`)).text);

test('S2.26 the generic configuration turns off the phone’s check of certificates, where the operator wants the last resort', async () => {
  const check = async (): Promise<readonly (string | undefined)[]> => {
    const params = await yealinkBootstrap();
    return ['static.security.trust_certificates', 'security.trust_certificates'].map((name) => params.get(name));
  };
  // Left alone, the check stays on and our CA is brought along.
  expect(await check()).toEqual(['1', '1']);
  await offhook.must('PATCH', '/platform', { settings: { 'security.serverTrust': 'off' } });
  expect(await check()).toEqual(['0', '0']);
  // A phone that checks nothing takes the second step without our CA.
  const { mac, maker } = await write('yealink', 'generic');
  const certificate = shown(await factoryCertificate(factory, maker, mac));
  const phone = factoryPhone(maker, 'T46U', mac, { certificate, ignoresCertificate: true });
  expect((await bootPhone(phone, `${offhook.door('bootstrap')}/`)).settled).toBe(true);
  await offhook.must('PATCH', '/platform', { settings: { 'security.serverTrust': null } });
  expect(await check()).toEqual(['1', '1']);
});

test('S2.27 the generic configuration changes the provisioning URL to the secure port', async () => {
  const secure = `https://127.0.0.1:${String(offhook.port('secure'))}/`;
  for (const name of ['805ec0fffff1.cfg', 'y000000000108.cfg']) {
    const params = await yealinkBootstrap(name);
    expect(params.get('static.auto_provision.server.url')).toBe(secure);
    expect(params.get('auto_provision.server.url')).toBe(secure);
  }
  const token = 'a'.repeat(32);
  const prefixed = await yealinkBootstrap(`t/${token}/805ec0fffff1.cfg`);
  expect(prefixed.get('static.auto_provision.server.url')).toBe(`${secure}t/${token}/`);
});

test('S2.28 the phone then fetches its full configuration from the secure port', async () => {
  const { mac, maker, number } = await write('yealink', 'generic');
  const certificate = shown(await factoryCertificate(factory, maker, mac));
  const phone = factoryPhone(maker, 'T46U', mac, { certificate, trusts: ownCa });
  const { settled, steps, params } = await bootPhone(phone, `${offhook.door('bootstrap')}/`);
  expect(settled).toBe(true);
  expect(params.get('account.1.password')).toBe(`sip-${number}-secret`);
  const ports = (round: (step: number) => boolean): ReadonlySet<number> =>
    new Set(steps.filter((step) => round(step.round)).map(({ url }) => Number(new URL(url).port)));
  expect(ports((round) => round === 1)).toEqual(new Set([offhook.port('bootstrap')]));
  expect(ports((round) => round > 1)).toEqual(new Set([offhook.port('secure')]));
  const own = steps.find(({ round, url }) => round === 2 && url.endsWith(`/${mac}.cfg`));
  expect(own?.status).toBe(200);
});

test('S2.30 a full configuration on the secure port needs the phone’s certificate or another proof, and is refused without any', async () => {
  const tenant = 'proofs';
  await offhook.must('PUT', `/tenants/${tenant}`, { policy: { httpAuth: 'digest' } });
  const { mac, maker, number } = await write('yealink', tenant);
  const own = await credentialsOf(`/tenants/${tenant}/phones/${mac}`);
  const ofTenant = await credentialsOf(`/tenants/${tenant}`);
  const secure = `${offhook.door('secure')}/`;
  expect(await helloOf(offhook.port('secure'))).toContain(13);
  const isFull = ({ status, text }: Pick<Answer, 'status' | 'text'>): boolean =>
    status === 200 && text.includes(`sip-${number}-secret`);
  const leaksNothing = ({ text }: Pick<Answer, 'text'>): boolean => !text.includes(number);

  const none = await ask(`${secure}${mac}.cfg`);
  expect(none.status).toBe(404);
  expect(leaksNothing(none)).toBe(true);
  const other = await createTestCa('Test Factory CA', { keyType: 'ec' });
  const foreign = await ask(`${secure}${mac}.cfg`, { certificate: shown(await factoryCertificate(other, maker, mac)) });
  expect(foreign.status).toBe(404);

  const certificate = shown(await factoryCertificate(factory, maker, mac));
  expect(isFull(await ask(`${secure}${mac}.cfg`, { certificate }))).toBe(true);
  expect(isFull(await ask(`${secure}p/${own.token}/${mac}.cfg`))).toBe(true);
  expect((await ask(`${secure}p/${'a'.repeat(32)}/${mac}.cfg`)).status).toBe(404);

  const prefixed = new URL(`${secure}t/${ofTenant.token}/${mac}.cfg`);
  const withPassword = (password: string): Promise<{ status: number; text: string }> =>
    fetchFile(prefixed, { credentials: { user: own.httpUser, password }, ignoresCertificate: true });
  expect(isFull(await withPassword(own.httpPassword))).toBe(true);
  const wrong = await withPassword('wrong');
  expect(wrong.status).toBe(401);
  expect(leaksNothing(wrong)).toBe(true);
});
