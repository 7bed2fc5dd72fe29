import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { journal } from '../kit/attack.ts';
import { ended, openNamespace, type Namespace } from '../kit/netns.ts';
import { askNetwork } from '../kit/pnp-phone.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { missingTools } from '../kit/tools.ts';

const missing = missingTools('netns', 'ip', 'timeout');
const why = missing.length === 0 ? '' : ` (skipped: this machine lacks ${missing.join(', ')})`;
const MAC = '805ec0000001';

describe.skipIf(missing.length > 0)(`phones that ask their network${why}`, () => {
  let namespace: Namespace;
  let offhook: TestProduct;

  beforeAll(async () => {
    namespace = openNamespace();
    const environment = {
      OFFHOOK_PNP_OPEN: 'true',
      OFFHOOK_PNP_INTERFACES: `[${namespace.hostAddress}]`,
      OFFHOOK_HOST: namespace.hostAddress,
      OFFHOOK_DOORS_BOOTSTRAP_ADDRESS: namespace.hostAddress,
    };
    offhook = await startTestProduct({ environment });
    await offhook.must('PUT', '/tenants/acme', {});
    await offhook.must('PUT', `/tenants/acme/phones/${MAC}`, { vendor: 'yealink', model: 'T46U' });
    await offhook.must('PUT', '/tenants/acme/phones/000413000001', { vendor: 'snom', model: 'D785' });
    await offhook.must('PUT', '/tenants/acme/phones/000413000002', { vendor: 'snom', model: 'D785' });
  });
  afterAll(async () => {
    await offhook.close();
    await namespace.close();
  });

  test('S2.1 a phone that knows nothing of the system asks its network, and is told the provisioning URL, where it gets its bootstrap', async () => {
    const { messages, url } = await askNetwork(namespace, { mac: MAC });
    expect(messages[0]).toMatch(/^SIP\/2\.0 200 OK\r\n/);
    expect(url).toBe(`http://${namespace.hostAddress}:${String(offhook.port('bootstrap'))}/`);
    const file = await ask(`${url ?? ''}y000000000108.cfg`);
    expect(file.status).toBe(200);
    expect(file.text).toContain('static.auto_provision.server.url');
  });

  test('the answer is the one that phones look for: the dialog of the question, its Event whole, the URL without a line end', async () => {
    const { messages } = await askNetwork(namespace, {
      mac: '000413000001',
      event: 'ua-profile; profile-type=device; vendor=snom; model=snomD785; version=10.1',
    });
    const [ok = '', notify = '', ...more] = messages;
    expect(more).toEqual([]);
    const [, tag] = /^To: <sip:MAC%3a000413000001@224\.0\.1\.75>;tag=(\w+)\r$/m.exec(ok) ?? [];
    expect(ok).toContain(`;received=${namespace.address};rport=5066\r\n`);
    expect(ok).toContain('\r\nExpires: 0\r\n');
    expect(notify.split('\r\n')).toEqual([
      `NOTIFY sip:MAC%3a000413000001@${namespace.address}:5066 SIP/2.0`,
      expect.stringMatching(/^Via: SIP\/2\.0\/UDP .+;rport$/),
      'Max-Forwards: 20',
      `From: <sip:MAC%3a000413000001@224.0.1.75>;tag=${tag ?? ''}`,
      'To: <sip:MAC%3a000413000001@224.0.1.75>;tag=4205',
      `Call-ID: 0@${namespace.address}`,
      'CSeq: 1 NOTIFY',
      expect.stringMatching(/^Contact: <sip:.+>$/),
      'Event: ua-profile; profile-type=device; vendor=snom; model=snomD785; version=10.1',
      'Subscription-State: terminated;reason=timeout',
      'Content-Type: application/url',
      expect.stringMatching(/^Content-Length: \d+$/),
      '',
      expect.stringMatching(/^http:\/\/[\d.:]+\/\{mac\}\.xml$/),
    ]);
  });

  test('a MAC that is nobody’s is not answered, and the question is in the journal', async () => {
    const { messages } = await askNetwork(namespace, { mac: '805ec0000099' });
    expect(messages).toEqual([]);
    await offhook.product.settle();
    const records = await journal(offhook);
    expect(records).toContainEqual(
      expect.objectContaining({ door: 'pnp', mac: '805ec0000099', address: namespace.address, outcome: 'not_found' }),
    );
  });

  test('U9 of a storm of one phone’s questions one is answered, and one that came by a router is not', async () => {
    const { messages } = await askNetwork(namespace, { mac: MAC, times: 200 });
    expect(messages.filter((message) => message.startsWith('SIP/2.0 200'))).toHaveLength(1);
    expect(messages.filter((message) => message.startsWith('NOTIFY'))).toHaveLength(1);
    // Not of this cable's own network, as a packet that was routed here or forged is.
    const foreign = '203.0.113.7';
    const cable = namespace.name.replace('offhook-test-', 'ohtest');
    await ended(namespace.start('ip', ['addr', 'add', `${foreign}/32`, 'dev', `${cable}p`]), 5_000);
    expect((await askNetwork(namespace, { mac: '000413000002', from: foreign })).messages).toEqual([]);
    expect((await askNetwork(namespace, { mac: '000413000002' })).messages).toHaveLength(2);
  });

  test('U9 it is off unless an interface is named', async () => {
    const silent = await startTestProduct();
    expect(silent.product.reports.map(({ name }) => name)).not.toContain('pnp');
    await silent.close();
    await expect(startTestProduct({ environment: { OFFHOOK_PNP_OPEN: 'true' } })).rejects.toThrow('pnp.interfaces');
  });
});
