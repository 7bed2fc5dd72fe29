import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JournalPage, RequestRecord, ServerCertificate } from '../../src/api/contract.ts';
import { bootPhone } from '../../src/simulate/boot.ts';
import { runOffhook } from '../kit/cli.ts';
import { factoryCertificate, factoryPhone, shown, writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { createTestCa, readRequest, selfSigned, type TestCa, type TestCertificate } from '../kit/test-ca.ts';
import { certificateAt, helloOf } from '../kit/tls.ts';

// SPA phones believe nobody but their maker: it signs our certificate, and the certificates of the phones.
const HOST = 'localhost';
let offhook: TestProduct;
/** Signs servers for the phones. */
let makerForServers: TestCa;
/** Signed the phones in their factory. */
let makerOfPhones: TestCa;
let stranger: TestCa;

async function importServerCertificate(): Promise<void> {
  const { csr = '' } = (await offhook.must('POST', '/certificates', {
    door: 'spa',
    host: HOST,
    keyType: 'rsa',
  })) as ServerCertificate;
  const chain = await makerForServers.answer(csr);
  await offhook.must('PUT', `/certificates/spa/${HOST}/rsa/chain`, { chain: chain + makerForServers.certificate });
}

beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_HOST: HOST } });
  makerForServers = await createTestCa('Test Server Root');
  makerOfPhones = await createTestCa('Test Client Root', { keyType: 'ec' });
  stranger = await createTestCa('Test Client Root', { keyType: 'ec' });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  await offhook.must('POST', '/authorities', { vendor: 'cisco-spa', pem: makerOfPhones.certificate });
  await importServerCertificate();
});
afterAll(() => offhook.close());

const write = (mac: string, extension: string, model = 'SPA942'): Promise<void> =>
  writePhone(offhook, {
    tenant: 'acme',
    vendor: 'cisco-spa',
    model,
    mac,
    extension,
    password: `sip-${extension}-secret`,
  });

const atSpaDoor = (file: string, certificate?: TestCertificate): Promise<Answer> =>
  ask(`${offhook.door('spa')}/${file}`, certificate === undefined ? {} : { certificate: shown(certificate) });

const doorPorts = (): Readonly<Record<'spa' | 'secure', number>> => ({
  spa: offhook.port('spa'),
  secure: offhook.port('secure'),
});

async function latest(mac: string): Promise<RequestRecord> {
  await offhook.product.settle();
  const { items } = (await offhook.must('GET', '/journal?limit=1000')) as JournalPage;
  const found = items.find((record) => record.mac === mac);
  if (found === undefined) throw new Error(`nothing of ${mac} in the journal`);
  return found;
}

test('S0.23 SPA phones provision over HTTPS, by requests that they make themselves', async () => {
  const mac = '000e08002301';
  await write(mac, '2301');
  const certificate = shown(await factoryCertificate(makerOfPhones, 'cisco-spa', mac));
  // The phone believes its maker and nobody else.
  const phone = factoryPhone('cisco-spa', 'SPA942', mac, { certificate, trusts: makerForServers.certificate });
  const booted = await bootPhone(phone, `${offhook.door('tftp')}/`);
  expect(booted.settled).toBe(true);
  expect(booted.home).toMatch(
    new RegExp(`^https://${HOST}:${String(offhook.port('spa'))}/p/[a-z2-7]{32}/${mac}\\.xml$`),
  );
  expect(booted.params.get('Password_1_')).toBe('sip-2301-secret');
  // What held the password came over HTTPS, and none of it over anything else.
  for (const { url, round, status } of booted.steps) {
    expect(new URL(url).protocol).toBe(round === 1 ? 'tftp:' : 'https:');
    expect(round === 1 || status === 200).toBe(true);
  }
});

test('S0.24 the server shows its certificate and asks for the phone’s, and each side proves itself to the other', async () => {
  const mac = '000e08002401';
  await write(mac, '2401');
  // ServerHello, Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone.
  expect(await helloOf(offhook.port('spa'))).toEqual([2, 11, 12, 13, 14]);
  expect((await certificateAt(offhook.port('spa'), makerForServers.certificate)).believed).toBe(true);
  expect((await certificateAt(offhook.port('spa'), stranger.certificate)).believed).toBe(false);
  // A phone that believes others does not even ask.
  const certificate = shown(await factoryCertificate(makerOfPhones, 'cisco-spa', mac));
  const deceived = factoryPhone('cisco-spa', 'SPA942', mac, { certificate, trusts: stranger.certificate });
  await expect(bootPhone(deceived, `${offhook.door('tftp')}/`)).rejects.toThrow(/certificate/);
  expect((await atSpaDoor(`${mac}.xml`)).status).toBe(404);
  const proven = await ask(`${offhook.door('spa')}/${mac}.xml`, { certificate });
  expect(proven.status).toBe(200);
  expect(proven.text).toContain('sip-2401-secret');
});

test('S0.25 a key pair and a signing request for the provisioning host name are made, and the request can be downloaded', async () => {
  const host = 'prov.example.com';
  const place = { door: 'spa', host, keyType: 'rsa' };
  const made = await offhook.api('POST', '/certificates', place);
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({ ...place, state: 'requested' });
  const download = await offhook.api('GET', `/certificates/spa/${host}/rsa/csr`);
  expect(download.status).toBe(200);
  expect(download.headers['content-disposition']).toBe(`attachment; filename="${host}.csr"`);
  expect(download.text).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/);
  const { subject, signedByItsKey, publicKey } = await readRequest(download.text);
  expect(subject).toBe(`CN=${host}`);
  expect(signedByItsKey).toBe(true);
  expect(publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
  for (const { text } of [made, download, await offhook.api('GET', '/certificates')])
    expect(text).not.toContain('PRIVATE KEY');
  // Asked again, it is the same: what was sent to the maker stays good.
  const printed = await runOffhook(offhook, 'certificate', 'request', '--door', 'spa', '--host', host);
  expect(printed).toMatchObject({ exitCode: 0, stdout: `${download.text.trimEnd()}\n` });
  expect((await offhook.api('GET', '/certificates/spa/other.example.com/rsa/csr')).status).toBe(404);
  await offhook.must('DELETE', `/certificates/spa/${host}/rsa?state=requested`);
});

test('S0.26 the certificate that came back is used only when it matches the key, the host name and its chain', async () => {
  const before = (await certificateAt(offhook.port('spa'))).certificate;
  const place = '/certificates/spa/localhost/rsa';
  const { csr = '' } = (await offhook.must('POST', '/certificates', {
    door: 'spa',
    host: HOST,
    keyType: 'rsa',
  })) as ServerCertificate;
  const issuing = await makerForServers.issueCa('Test Issuing CA');
  const refused = async (chain: string): Promise<string> => {
    const answer = await offhook.api('PUT', `${place}/chain`, { chain });
    expect(answer.status).toBe(422);
    // Nothing of it is used.
    expect((await certificateAt(offhook.port('spa'))).certificate.fingerprint256).toBe(before.fingerprint256);
    return (answer.json as { detail: string }).detail;
  };
  const otherKey = await issuing.issue({ subject: [['CN', HOST]], hosts: [HOST] });
  expect(await refused(otherKey.chain + makerForServers.certificate)).toMatch(/another key/);
  const otherHost = await issuing.answer(csr, { hosts: ['other.example.com'] });
  expect(await refused(otherHost + makerForServers.certificate)).toMatch(/other\.example\.com, not for localhost/);
  const good = await issuing.answer(csr);
  const [leaf = ''] = good.split(/(?<=-----END CERTIFICATE-----\n)/);
  expect(await refused(leaf)).toMatch(/CN=Test Issuing CA is missing/);
  const past = await issuing.answer(csr, { notAfter: new Date(Date.now() - 86_400_000) });
  expect(await refused(past + makerForServers.certificate)).toMatch(/ended at/);
  expect(await refused('no certificate at all')).toMatch(/no certificate/);

  const taken = await offhook.api('PUT', `${place}/chain`, { chain: good + makerForServers.certificate });
  expect(taken.status).toBe(200);
  expect(taken.json).toMatchObject({ state: 'ready', selfSigned: false });
  const { certificate, believed } = await certificateAt(offhook.port('spa'), makerForServers.certificate);
  expect(certificate.fingerprint256).toBe(new X509Certificate(leaf).fingerprint256);
  expect(believed).toBe(true);
});

test('S0.27 that certificate is shown where SPA phones connect and nowhere else', async () => {
  const ports = doorPorts();
  const spa = await certificateAt(ports.spa, makerForServers.certificate);
  const secure = await certificateAt(ports.secure, makerForServers.certificate);
  expect(spa.believed).toBe(true);
  expect(secure.believed).toBe(false);
  // The other makers' door shows the one that their phones can believe: our own CA's, or a publicly trusted one.
  const ownCa = (await ask(`${offhook.door('bootstrap')}/ca.pem`)).text;
  expect((await certificateAt(ports.secure, ownCa)).believed).toBe(true);
  const publicCa = await createTestCa('Test Public Root');
  const { csr = '' } = (await offhook.must('POST', '/certificates', {
    door: 'secure',
    host: HOST,
    keyType: 'rsa',
  })) as ServerCertificate;
  const chain = (await publicCa.answer(csr)) + publicCa.certificate;
  await offhook.must('PUT', `/certificates/secure/${HOST}/rsa/chain`, { chain });
  expect((await certificateAt(ports.secure, publicCa.certificate)).believed).toBe(true);
  const unchanged = await certificateAt(ports.spa, makerForServers.certificate);
  expect(unchanged.believed).toBe(true);
  expect(unchanged.certificate.fingerprint256).toBe(spa.certificate.fingerprint256);
});

test('S0.28 a connection without a client certificate, or with one of an unknown CA, gets nothing with secrets and is logged', async () => {
  const mac = '000e08002801';
  await write(mac, '2801');
  const unknownCa = await factoryCertificate(stranger, 'cisco-spa', mac);
  const ownHand = await selfSigned({
    subject: [
      ['OU', 'SPA-942'],
      ['L', '88019FA42805'],
      ['ST', mac],
    ],
  });
  const cases = [
    { certificate: undefined, reason: /no proof/ },
    { certificate: unknownCa, reason: /client certificate not accepted: / },
    { certificate: ownHand, reason: /client certificate not accepted: / },
  ];
  for (const { certificate, reason } of cases) {
    for (const file of [`${mac}.xml`, `spa${mac}.cfg`]) {
      const answer = await atSpaDoor(file, certificate);
      expect(answer.status).toBe(404);
      expect(answer.text).not.toMatch(/2801|secret/);
    }
    expect(await latest(mac)).toMatchObject({
      door: 'spa',
      address: '127.0.0.1',
      outcome: 'not_found',
      reason: expect.stringMatching(reason) as string,
    });
  }
  expect((await atSpaDoor(`${mac}.xml`, await factoryCertificate(makerOfPhones, 'cisco-spa', mac))).text).toContain(
    'sip-2801-secret',
  );
});

test('S0.29 the MAC or serial in the certificate must be that of the phone whose file is asked for, as a whole field', async () => {
  const mac = '000e08002901';
  const neighbour = '000e08002902';
  await write(mac, '2901');
  await write(neighbour, '2902');
  await offhook.must('PATCH', `/tenants/acme/phones/${neighbour}`, { serial: 'FTX0002902A' });
  const issue = (...subject: readonly (readonly [string, string])[]): Promise<TestCertificate> =>
    makerOfPhones.issue({ keyType: 'ec', subject });
  const fields = (place: string, serial: string, model = 'SPA-942'): Promise<TestCertificate> =>
    issue(['OU', model], ['L', serial], ['ST', place]);
  const named = (text: string): Promise<TestCertificate> => issue(['CN', text]);

  const own = [
    await fields(mac, '88012BA01234'),
    await fields(mac.toUpperCase(), '88012BA01234'),
    await named(`SPA-525G2, MAC: ${mac}, Serial: CBT141900G7`),
  ];
  for (const certificate of own) {
    expect((await atSpaDoor(`${mac}.xml`, certificate)).text).toContain('sip-2901-secret');
    const foreign = await atSpaDoor(`${neighbour}.xml`, certificate);
    expect(foreign.status).toBe(404);
    expect(foreign.text).not.toMatch(/2902|secret/);
  }
  // Units of old share one certificate: it shows that it is a unit, not which one.
  for (const place of ['ciscogeneric', mac]) {
    const shared = await issue(['OU', 'cisco.com'], ['L', 'ciscogeneric'], ['ST', place]);
    const answer = await atSpaDoor(`${mac}.xml`, shared);
    expect(answer.text).not.toContain('secret');
    expect(answer.text).not.toMatch(/<(?:Password_1_|Profile_Rule|Admin_Passwd)\b/);
    expect(await latest(mac)).toMatchObject({ proof: 'generic_certificate' });
  }
  const nobody = {
    'a MAC inside a longer field': await fields(`${mac}00`, '88012BA01234'),
    'a MAC with something after it': await named(`SPA-525G2, MAC: ${mac}, Serial: CBT141900G7, MAC: ${neighbour}`),
    'a MAC in another field': await issue(['OU', 'SPA-942'], ['L', mac], ['ST', 'Somewhere']),
    'two places': await issue(['OU', 'SPA-942'], ['L', '88012BA01234'], ['ST', mac], ['ST', neighbour]),
  };
  for (const [what, certificate] of Object.entries(nobody)) {
    const answer = await atSpaDoor(`${mac}.xml`, certificate);
    expect(answer.status, what).toBe(404);
    expect(answer.text, what).not.toMatch(/2901|secret/);
  }
  // A unit that is known by its serial number alone is found by it, and by no other's.
  const password = 'sip-2903-secret';
  await offhook.must('PUT', '/tenants/acme/extensions/2903', { password, serverHost: 'pbx.example.com' });
  await offhook.must('PUT', '/tenants/acme/phones/FTX0002903B', {
    vendor: 'cisco-spa',
    model: 'SPA942',
    lines: ['2903'],
  });
  expect((await atSpaDoor('000e08002903.xml', await fields('000e08002903', 'FTX0002903B'))).text).toContain(password);
  expect((await atSpaDoor('000e08002904.xml', await fields('000e08002904', 'FTX0002903'))).status).toBe(404);
});
