import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOffhook } from '../kit/cli.ts';
import { startKamailio, type Kamailio } from '../kit/kamailio.ts';
import { openNamespace, type Namespace } from '../kit/netns.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { registerSipp, startChallengingSipp, type SippPhone } from '../kit/sipp.ts';
import { missingTools } from '../kit/tools.ts';

const missing = missingTools('netns', 'ip', 'timeout', 'kamailio', 'sipp');
const why = missing.length === 0 ? '' : ` (skipped: this machine lacks ${missing.join(', ')})`;
const REALM = 'pbx.example.com';
const MAC = '000e08000001';
const PHONE = `/tenants/acme/phones/${MAC}`;
const PASSWORD = 'sip-secret-201';

const phoneAt = (port: number, transport: 'udp' | 'tcp' = 'udp'): SippPhone => ({
  port,
  transport,
  user: '201',
  password: PASSWORD,
  domain: REALM,
});

describe.skipIf(missing.length > 0)(`a phone is brought back through Kamailio${why}`, () => {
  let namespace: Namespace;
  let kamailio: Kamailio;
  let offhook: TestProduct;

  beforeAll(async () => {
    namespace = openNamespace();
    const users = [{ user: '201', password: PASSWORD }];
    kamailio = await startKamailio(namespace, { realm: REALM, users });
    offhook = await startTestProduct();
    const proxy = { host: namespace.address, port: kamailio.port };
    await offhook.must('PUT', '/tenants/acme', { title: 'Acme', sip: { proxy } });
    await offhook.must('PUT', '/tenants/acme/extensions/201', {
      displayName: 'Alice',
      password: PASSWORD,
      serverHost: REALM,
    });
    await offhook.must('PUT', PHONE, { vendor: 'cisco-spa', model: 'SPA942', lines: ['201'] });
  });
  afterAll(async () => {
    await offhook.close();
    await namespace.close();
  });

  test('S2.9 while no line of it is registered that is said, with what to do', async () => {
    const { exitCode, stdout } = await runOffhook(offhook, 'resync', MAC);
    console.log(stdout);
    expect(exitCode).not.toBe(0);
  });

  test('S2.5 S2.7', async () => {
    const phone = phoneAt(5090);
    await registerSipp(namespace, phone, `${namespace.address}:${String(kamailio.port)}`);
    const running = startChallengingSipp(namespace, phone, REALM);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { stdout } = await runOffhook(offhook, 'resync', MAC, '--no-wait');
    console.log(stdout);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    console.log(await offhook.must('GET', `${PHONE}/resync`));
    await running.stop();
  });
});
