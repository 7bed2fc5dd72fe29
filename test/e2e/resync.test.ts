import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOffhook } from '../kit/cli.ts';
import { startKamailio, type Kamailio } from '../kit/kamailio.ts';
import { openNamespace, type Namespace } from '../kit/netns.ts';
import { startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { registerSipp, startChallengingSipp, type SippPhone } from '../kit/sipp.ts';
import { missingTools } from '../kit/tools.ts';

const missing = missingTools('netns', 'ip', 'timeout', 'kamailio', 'sipp');
const why = missing.length === 0 ? '' : ` (skipped: this machine lacks ${missing.join(', ')})`;
const REALM = 'pbx.example.com';
const PASSWORD = 'sip-secret-201';
const TRANSPORTS = ['udp', 'tcp'] as const;

describe.skipIf(missing.length > 0)(`phones are brought back through Kamailio${why}`, () => {
  let namespace: Namespace;
  let kamailio: Kamailio;
  let offhook: TestProduct;
  let count = 0;

  beforeAll(async () => {
    namespace = openNamespace();
    const numbers = Array.from({ length: 8 }, (_, index) => String(201 + index));
    const users = numbers.map((user) => ({ user, password: PASSWORD }));
    kamailio = await startKamailio(namespace, { realm: REALM, users });
    offhook = await startTestProduct();
  });
  afterAll(async () => {
    await offhook.close();
    await namespace.close();
  });

  /** A phone of ours whose line is that of a SIPp phone. */
  async function phone(transport: 'udp' | 'tcp'): Promise<{ readonly mac: string; readonly sipp: SippPhone }> {
    const user = String(201 + count++);
    const mac = `000e08000${user}`;
    const proxy = { host: namespace.address, port: kamailio.port, transport };
    await offhook.must('PUT', '/tenants/acme', { sip: { proxy } });
    const extension = { displayName: user, password: PASSWORD, serverHost: REALM };
    await offhook.must('PUT', `/tenants/acme/extensions/${user}`, extension);
    await offhook.must('PUT', `/tenants/acme/phones/${mac}`, { vendor: 'cisco-spa', model: 'SPA942', lines: [user] });
    const sipp = { port: 5090 + count, transport, user, password: PASSWORD, domain: REALM };
    return { mac, sipp };
  }

  const register = (sipp: SippPhone): Promise<void> =>
    registerSipp(namespace, sipp, `${namespace.address}:${String(kamailio.port)}`);

  /** Until the NOTIFY is answered. */
  async function tell(mac: string): Promise<Answer['json']> {
    await runOffhook(offhook, 'resync', mac, '--no-wait');
    for (;;) {
      const resync = await offhook.must('GET', `/tenants/acme/phones/${mac}/resync`);
      if (resync.state !== 'running' || resync.answers.includes(200)) return resync;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('S2.7 a registered phone that asks for its password is told, over UDP and TCP', async () => {
    for (const transport of TRANSPORTS) {
      const { mac, sipp } = await phone(transport);
      await register(sipp);
      const running = await startChallengingSipp(namespace, sipp, REALM);
      expect(await tell(mac)).toMatchObject({ answers: [401, 200], state: 'running' });
      await running.stop();
    }
  });

  test('S2.8 a phone with another password answers 403, which is said in words, over UDP and TCP', async () => {
    for (const transport of TRANSPORTS) {
      const { mac, sipp } = await phone(transport);
      await register(sipp);
      const running = await startChallengingSipp(namespace, { ...sipp, password: 'another' }, REALM);
      const end = await tell(mac);
      expect(end).toMatchObject({ answers: [401, 403], state: 'failed' });
      expect(end.why).toBe(`the credentials of the line are wrong for realm "${REALM}" (403)`);
      await running.stop();
    }
  });

  test('S2.9 a phone that is not registered is told of in words', async () => {
    const { mac } = await phone('udp');
    const { exitCode, stdout } = await runOffhook(offhook, 'resync', mac);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain('answers: 480');
    expect(stdout).toContain('Why:  the phone is not registered (480)');
  });
});
