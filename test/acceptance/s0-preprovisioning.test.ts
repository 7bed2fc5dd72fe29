import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { JournalPage } from '../../src/api/contract.ts';
import { bootPhone } from '../../src/simulate/boot.ts';
import { fetchFile } from '../../src/simulate/fetch.ts';
import { readParams } from '../../src/simulate/readers.ts';
import { ackPacket } from '../../src/transports/tftp/packets.ts';
import { runOffhook } from '../kit/cli.ts';
import { factoryPhone, writePhone } from '../kit/phones.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { fetchTftp, RawClient } from '../kit/tftp-client.ts';

// In the preparation network factory-default SPA phones meet a server that knows no customer yet.
let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
});
afterAll(() => offhook.close());

const FACTORY_FILES = ['spa942.cfg', 'spa962.cfg'] as const;

const serverPort = (): { port: number } => ({ port: offhook.port('tftp') });

async function fetchText(file: string): Promise<string> {
  const fetched = await fetchTftp(serverPort(), file);
  if (fetched.error !== undefined) throw new Error(`${file}: TFTP error ${String(fetched.error)}`);
  return fetched.bytes.toString('utf8');
}

const paramsOf = async (file: string): Promise<ReadonlyMap<string, string>> =>
  readParams('xml_elements', await fetchText(file));

test('S0.2 the TFTP server answers the file that a factory-default SPA9x2 asks for, in any case, with or without a slash, with no record of a phone', async () => {
  expect(await offhook.must('GET', '/tenants')).toMatchObject({ items: [] });
  for (const name of FACTORY_FILES) {
    const text = await fetchText(name);
    expect(text).toMatch(/^<\?xml [^>]*\?>\n<flat-profile>\n[\s\S]*<\/flat-profile>\n$/);
    for (const spelling of [`/${name}`, name.toUpperCase(), `/${name.toUpperCase()}`, name.replace('spa', 'Spa')])
      expect(await fetchText(spelling), spelling).toBe(text);
  }
  for (const other of ['spa942.xml', 'factory.cfg', 'spa.cfg'])
    expect(await fetchTftp(serverPort(), other), other).toMatchObject({ error: 1, bytes: Buffer.alloc(0) });
});

test('S0.4 any new SPA9x2 on the preparation network is initialised with no operator action and no customer data', async () => {
  expect(await offhook.must('GET', '/tenants')).toMatchObject({ items: [] });
  const before = await fetchText('spa942.cfg');
  const phones = [
    factoryPhone('cisco-spa', 'SPA942', '000e08000401', { ignoresCertificate: true }),
    factoryPhone('cisco-spa', 'SPA962', '000e08000402', { ignoresCertificate: true }),
  ];
  for (const phone of phones) {
    const { params, steps } = await bootPhone(phone, `${offhook.door('tftp')}/`);
    expect(steps[0]).toMatchObject({ status: 200, url: expect.stringMatching(/^tftp:.*\/spa9[46]2\.cfg$/) as string });
    expect(params.get('Provision_Enable')).toBe('Yes');
    expect(params.get('Resync_On_Reset')).toBe('Yes');
    expect(params.get('Profile_Rule')).toMatch(/^https:/);
    // It goes where the file sends it, under its own MAC.
    expect(steps.at(-1)?.url).toBe(params.get('Profile_Rule')?.replace('$MA', phone.mac));
  }
  await offhook.must('PUT', '/tenants/stock', { title: 'Customer Stock', domains: ['customer.example.com'] });
  await writePhone(offhook, {
    tenant: 'stock',
    vendor: 'cisco-spa',
    model: 'SPA942',
    mac: '000e08000401',
    extension: '4711',
    password: 'sip-4711-secret',
  });
  // With a customer, and with this very unit written down for it, the file is what it was.
  expect(await fetchText('spa942.cfg')).toBe(before);
});

test('S0.5 the preprovisioning file sets, among other parameters, the URL of the provisioning server that the unit will use later', async () => {
  for (const name of FACTORY_FILES) {
    const params = await paramsOf(name);
    expect(params.get('Profile_Rule')).toBe(`https://127.0.0.1:${String(offhook.port('spa'))}/$MA.xml`);
    expect(Array.from(params.keys())).toEqual(expect.arrayContaining(['Resync_On_Reset', 'Resync_Error_Retry_Delay']));
  }
});

test('S0.6 the preprovisioning file holds no credential of a subscriber, nor of anyone', async () => {
  const tenant = 'secretive';
  const mac = '000e08000601';
  await offhook.must('PUT', `/tenants/${tenant}`, { httpPassword: 'tenant-http-secret' });
  await writePhone(offhook, {
    tenant,
    vendor: 'cisco-spa',
    model: 'SPA942',
    mac,
    extension: '4801',
    password: 'sip-4801-secret',
    more: { settings: { 'security.adminPassword': 'adm1n-secret', 'security.userPassword': 'us3r-secret' } },
  });
  const { text: own } = await offhook.api('GET', `/tenants/${tenant}/phones/${mac}/files/${mac}.xml?reveal=true`);
  expect(own).toContain('sip-4801-secret');
  const { token, httpPassword } = (await offhook.must('GET', `/tenants/${tenant}/phones/${mac}/credentials`)) as {
    token: string;
    httpPassword: string;
  };
  for (const file of [...FACTORY_FILES, `${mac}.xml`, `spa${mac}.cfg`]) {
    const text = await fetchText(file);
    for (const secret of ['sip-4801-secret', 'adm1n-secret', 'us3r-secret', 'tenant-http-secret', token, httpPassword])
      expect(text.includes(secret), `${file} holds ${secret}`).toBe(false);
    expect(text).not.toMatch(/User_ID|Passw|Auth_ID|--uid|--pwd|\b4801\b/i);
  }
});

/** One unit's session in two halves: it has its first block, and it takes the rest when it is told to. */
async function openSession(file: string): Promise<{ readonly finish: () => Promise<string> }> {
  const client = await RawClient.open(serverPort());
  client.ask(file);
  let got = await client.next();
  for (; got === undefined; got = await client.next()) client.ask(file);
  const first = got;
  if (first.packet.kind !== 'data' || first.packet.block !== 1) throw new Error(`${file}: ${first.packet.kind}`);
  const blocks = [first.packet.data];
  const finish = async (): Promise<string> => {
    client.reply(first, ackPacket(1));
    while (blocks.at(-1)?.length === 512) {
      const next = await client.next();
      // What was sent again meanwhile is a block that it has.
      if (next?.packet.kind === 'data' && next.packet.block === blocks.length + 1) blocks.push(next.packet.data);
      client.reply(next ?? first, ackPacket(blocks.length));
    }
    client.close();
    return Buffer.concat(blocks).toString('utf8');
  };
  return { finish };
}

async function completedTransfers(): Promise<number> {
  await offhook.product.settle();
  const { items } = (await offhook.must('GET', '/journal?limit=1000')) as JournalPage;
  return items.filter(({ door, completed }) => door === 'tftp' && completed).length;
}

test('S0.7 preprovisioning works for 200 units at a time: 200 TFTP sessions are open at once, and all complete', async () => {
  const texts = await Promise.all(FACTORY_FILES.map(fetchText));
  for (const text of texts) expect(Buffer.byteLength(text)).toBeGreaterThan(512);
  const before = await completedTransfers();
  const sessions = await Promise.all(
    Array.from({ length: 200 }, (_, index) => openSession(`/${FACTORY_FILES[index % 2] ?? ''}`)),
  );
  const received = await Promise.all(sessions.map(({ finish }) => finish()));
  expect(received.filter((text, index) => text === texts[index % 2])).toHaveLength(200);
  // The server knows it too, once the last acknowledgements have come in.
  await vi.waitFor(async () => {
    expect((await completedTransfers()) - before).toBeGreaterThanOrEqual(200);
  }, 10_000);
});

test('S0.1 for an SPA phone there is a ready resync URL that an administrator opens on the phone’s own web server', async () => {
  const mac = '000e08000101';
  await offhook.must('PUT', '/tenants/retail', { title: 'Retail' });
  await writePhone(offhook, {
    tenant: 'retail',
    vendor: 'cisco-spa',
    model: 'SPA942',
    mac,
    extension: '101',
    password: 'sip-101-secret',
  });
  const { url: own } = (await offhook.must('GET', `/tenants/retail/phones/${mac}/url`)) as { url: string };
  const answer = (await offhook.must('GET', `/tenants/retail/phones/${mac}/resync-url?phoneAddress=192.0.2.44`)) as {
    url: string;
  };
  const [phone = '', profile = ''] = answer.url.split('?');
  expect(phone).toBe('http://192.0.2.44/admin/resync');
  expect(profile.startsWith(own)).toBe(true);
  const printed = await runOffhook(offhook, 'phone', 'resync-url', mac, '--at', '192.0.2.44');
  expect(printed).toMatchObject({ exitCode: 0, stdout: `${answer.url}\n` });
  // It is ready: what the phone fetches when it is told this URL is its own configuration.
  const file = await fetchFile(new URL(profile.replace('$MA', mac)), { ignoresCertificate: true });
  expect(file.status).toBe(200);
  expect(readParams('xml_elements', file.text).get('User_ID_1_')).toBe('101');
  expect((await offhook.api('GET', `/tenants/retail/phones/${mac}/resync-url`)).status).toBe(400);
});
