import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startKamailio, type Kamailio } from '../kit/kamailio.ts';
import { startLinphone } from '../kit/linphone.ts';
import { openNamespace, type Namespace } from '../kit/netns.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { missingTools } from '../kit/tools.ts';

const missing = missingTools('netns', 'ip', 'timeout', 'linphonec', 'kamailio');
const why = missing.length === 0 ? '' : ` (skipped: this machine lacks ${missing.join(', ')})`;
const REALM = 'pbx.example.com';
const HOST = 'prov.example.com';

// The one phone that can be run as its makers wrote it, against the product as it runs.
describe.skipIf(missing.length > 0)(`Linphone boots from the product${why}`, () => {
  let namespace: Namespace;
  let kamailio: Kamailio;
  let offhook: TestProduct;

  beforeAll(async () => {
    namespace = openNamespace();
    namespace.nameHost(HOST, namespace.hostAddress);
    kamailio = await startKamailio(namespace, { realm: REALM, users: [{ user: '201', password: 'sip-secret-201' }] });
    const environment = { OFFHOOK_HOST: HOST, OFFHOOK_DOORS_SECURE_ADDRESS: namespace.hostAddress };
    offhook = await startTestProduct({ environment });
    await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
    await offhook.must('PUT', '/tenants/acme/extensions/201', {
      displayName: 'Alice Example',
      password: 'sip-secret-201',
      serverHost: REALM,
    });
    await offhook.must('PUT', '/tenants/acme/phones/alice-laptop', {
      vendor: 'softclients',
      model: 'Linphone',
      lines: [
        {
          position: 1,
          extension: '201',
          settings: { 'line.outboundProxyHost': namespace.address, 'line.outboundProxyPort': kamailio.port },
        },
      ],
    });
  });
  afterAll(async () => {
    await offhook.close();
    await namespace.close();
  });

  test('it starts from our URL over HTTPS, gets its account and registers with it', async () => {
    const { url } = (await offhook.must('GET', '/tenants/acme/phones/alice-laptop/url')) as { url: string };
    const { text } = await ask(`${offhook.door('bootstrap')}/ca.pem`);
    const rootCa = join(namespace.folder, 'ca.pem');
    writeFileSync(rootCa, text);
    const program = startLinphone(namespace, { configUri: `${url}linphone.xml`, rootCa });
    const registration = await kamailio.registered(({ expires }) => expires > 0);
    expect(registration).toMatchObject({ user: '201', domain: REALM });
    expect(registration.from).toContain('Alice Example');
    expect(kamailio.refusals()).toEqual([]);
    await program.stop();
    await offhook.product.settle();
    expect(await offhook.must('GET', '/tenants/acme/phones/alice-laptop')).toMatchObject({ state: 'served' });
  });
});
