import { beforeEach, expect, test } from 'vitest';
import { createTestCa } from '../../../test/kit/test-ca.ts';
import { testApi, type TestApi } from '../../../test/kit/api.ts';

let api: TestApi;
let told: string[];
const place = '/certificates/spa/prov.example.com/rsa';
const wanted = { door: 'spa', host: 'prov.example.com', keyType: 'rsa' };

beforeEach(async () => {
  told = [];
  api = await testApi({ onTrustChanged: (what) => Promise.resolve(void told.push(what)) });
  api.time.now = new Date();
});

test('S0.25 a key pair and a signing request are made for the host name, and the key is never shown', async () => {
  const made = await api.ask('POST', '/certificates', wanted);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ ...wanted, state: 'requested', selfSigned: false });
  const csr = await api.ask('GET', `${place}/csr`);
  expect(csr.text).toContain('BEGIN CERTIFICATE REQUEST');
  expect((await api.ask('POST', '/certificates', wanted)).body['csr']).toBe(made.body['csr']);
  for (const answer of [made, csr, await api.ask('GET', '/certificates')])
    expect(answer.text).not.toContain('PRIVATE KEY');
});

test('S0.26 a certificate that does not match key, host or chain is refused with all reasons, and nothing changes', async () => {
  await api.ask('POST', '/certificates', wanted);
  const ca = await createTestCa('Some CA');
  const other = await ca.issue({ subject: [['CN', 'other.example.com']] });
  const refused = await api.ask('PUT', `${place}/chain`, { chain: other.chain });
  expect(refused.body).toMatchObject({ status: 422, type: '/api/v1/problems/certificate-refused' });
  expect(refused.body['errors']).toHaveLength(3);
  expect((await api.ask('GET', '/certificates')).body['items']).toMatchObject([{ state: 'requested' }]);
  expect((await api.ask('PUT', '/certificates/spa/none.example.com/rsa/chain', { chain: other.chain })).status).toBe(
    404,
  );
  expect(told).toEqual([]);
});

test('makers whose CA certificates are missing are listed until they are imported', async () => {
  const missing = await api.ask('GET', '/authorities/missing');
  expect(missing.body['items']).toEqual([{ vendor: 'testphone', missing: ['Testphone Root CA'], identityOn: false }]);
  const ca = await createTestCa('Testphone Root CA');
  const imported = await api.ask('POST', '/authorities', { vendor: 'testphone', pem: ca.certificate });
  expect(imported.status).toBe(201);
  expect((await api.ask('POST', '/authorities', { vendor: 'testphone', pem: ca.certificate })).status).toBe(200);
  expect((await api.ask('GET', '/authorities/missing')).body['items']).toEqual([]);
  expect(told).toContain('authorities');
  const [one] = imported.body['items'] as unknown as { fingerprint: string }[];
  expect((await api.ask('DELETE', `/authorities/${one?.fingerprint ?? ''}`)).status).toBe(204);
});

test('what is no CA certificate is not imported as one', async () => {
  const ca = await createTestCa('Testphone Root CA');
  const leaf = await ca.issue({ subject: [['CN', 'a phone']] });
  expect(
    (await api.ask('POST', '/authorities', { vendor: 'testphone', pem: leaf.certificate })).body['detail'],
  ).toContain('is no CA certificate');
  expect((await api.ask('POST', '/authorities', { vendor: 'testphone', pem: 'text' })).status).toBe(422);
  expect(
    (await api.ask('POST', '/authorities', { vendor: 'nobody', pem: ca.certificate })).body['errors'],
  ).toMatchObject([{ field: 'vendor', value: 'nobody' }]);
});
