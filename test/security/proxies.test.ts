import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, journal, looksLike, sendRaw, statusOf, type KnownPhone } from '../kit/attack.ts';
import { factoryCertificate, shown } from '../kit/phones.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { proxyHeader1, proxyHeader2, throughProxy } from '../kit/proxy.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';

// Loopback has many addresses: this one is the proxy's, every other is a stranger's.
const PROXY = '127.0.0.9';
const STRANGER = '127.0.0.1';
const CLIENT = '203.0.113.9';

let offhook: TestProduct;
let phone: KnownPhone;
let makerCa: TestCa;
beforeAll(async () => {
  offhook = await startTestProduct({
    environment: {
      OFFHOOK_TRUSTEDPROXIES: `["${PROXY}/32"]`,
      OFFHOOK_DOORS_SPA_PROXYPROTOCOL: 'true',
      OFFHOOK_DOORS_LEGACY_OPEN: 'true',
      OFFHOOK_DOORS_LEGACY_PROXYPROTOCOL: 'true',
    },
  });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'cisco-spa', 'aa0031');
  makerCa = await createTestCa('Cisco factory', { keyType: 'ec' });
  await offhook.must('POST', '/authorities', { vendor: 'cisco-spa', pem: makerCa.certificate });
});
afterAll(() => offhook.close());

const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${more}\r\n`;

async function lastAddress(): Promise<string | undefined> {
  return (await journal(offhook))[0]?.address;
}

test('E9 a stranger who writes the headers of a proxy is known by the address of his socket', async () => {
  const forged = {
    'x-forwarded-for': CLIENT,
    forwarded: `for=${CLIENT};proto=https`,
    'x-real-ip': CLIENT,
    'x-forwarded-proto': 'https',
  };
  for (const door of ['bootstrap', 'secure', 'legacy'] as const) {
    await ask(`${offhook.door(door)}/${phone.file}`, { headers: forged, localAddress: STRANGER });
    expect(await lastAddress()).toBe(STRANGER);
  }
  // The same headers from the proxy count, and of the two that name an address the configured one alone.
  await ask(`${offhook.door('bootstrap')}/${phone.file}`, { headers: forged, localAddress: PROXY });
  expect(await lastAddress()).toBe(CLIENT);
  const { 'x-forwarded-for': left, ...others } = forged;
  expect(left).toBe(CLIENT);
  await ask(`${offhook.door('bootstrap')}/${phone.file}`, { headers: others, localAddress: PROXY });
  expect(await lastAddress()).toBe(PROXY);
  // What a client wrote before the proxy added its address is not believed either.
  const headers = { 'x-forwarded-for': `10.0.0.1, ${CLIENT}` };
  await ask(`${offhook.door('bootstrap')}/${phone.file}`, { headers, localAddress: PROXY });
  expect(await lastAddress()).toBe(CLIENT);
});

test('E9 a forged place is no place: a tenant’s network counts by the address of the socket', async () => {
  await offhook.must('PUT', '/tenants/lan', {
    title: 'LAN',
    networks: [`${CLIENT}/32`],
    policy: { lowered: [{ door: 'legacy', networks: [`${CLIENT}/32`], level: 1, content: 'full' }] },
  });
  const own = await addPhone(offhook, 'lan', 'yealink', 'aa0032');
  const url = `${offhook.door('legacy')}/${own.file}`;
  const headers = { 'x-forwarded-for': CLIENT, forwarded: `for=${CLIENT}`, 'x-real-ip': CLIENT };
  expect((await ask(url, { headers, localAddress: STRANGER })).text).not.toContain(own.sipPassword);
  const forged = await sendRaw(offhook.door('legacy'), `${proxyHeader1(CLIENT)}${get(`/${own.file}`)}`);
  expect(forged).not.toContain(own.sipPassword);
  const proxied = await throughProxy(offhook.door('legacy'), {
    header: [proxyHeader1(CLIENT)],
    from: PROXY,
    request: get(`/${own.file}`),
  });
  expect(proxied).toContain(own.sipPassword);
});

test('a PROXY header of either version gives the client its own address, over TLS and without', async () => {
  const client2 = Buffer.from([203, 0, 113, 10, 127, 0, 0, 1, 0, 80, 0, 80]);
  const headers = [
    { header: [proxyHeader1(CLIENT)], address: CLIENT },
    { header: [proxyHeader1('2001:db8::9')], address: '2001:db8::9' },
    { header: [proxyHeader2(0x21, 0x11, client2)], address: '203.0.113.10' },
    // In pieces, as a slow path may deliver it.
    { header: ['PROXY TCP4 203.', '0.113.11 127.0.0.1 5 6\r', '\n'], address: '203.0.113.11' },
    // A health check of the proxy's own.
    { header: [proxyHeader2(0x20, 0x00, Buffer.alloc(0))], address: PROXY },
  ];
  for (const door of ['spa', 'legacy'] as const)
    for (const { header, address } of headers) {
      const answer = await throughProxy(offhook.door(door), { header, from: PROXY, request: get(`/${phone.file}`) });
      expect(statusOf(answer), door).toBeGreaterThanOrEqual(200);
      expect(await lastAddress(), door).toBe(address);
    }
});

test('a phone’s factory certificate reaches us through a proxy that passes TLS on', async () => {
  const certificate = shown(await factoryCertificate(makerCa, 'cisco-spa', phone.mac));
  const request = get(`/${phone.file}`);
  const answer = await throughProxy(offhook.door('spa'), {
    header: [proxyHeader1(CLIENT)],
    from: PROXY,
    request,
    certificate,
  });
  expect(answer).toContain(phone.sipPassword);
  const [record] = await journal(offhook);
  expect(record).toMatchObject({ address: CLIENT, proof: 'certificate' });
  const without = await throughProxy(offhook.door('spa'), { header: [proxyHeader1(CLIENT)], from: PROXY, request });
  expect(statusOf(without)).toBe(404);
});

test('a PROXY header of a stranger is a broken request, and a proxy that sends none is turned away', async () => {
  expect(statusOf(await sendRaw(offhook.door('legacy'), `${proxyHeader1(CLIENT)}${get('/a')}`))).toBe(400);
  expect((await ask(`${offhook.door('legacy')}/${phone.file}`, { localAddress: STRANGER })).status).toBeGreaterThan(0);
  expect(await lastAddress()).toBe(STRANGER);
  for (const header of [['PROXY TCP4 forged\r\n'], ['GET / HTTP/1.1\r\n'], [`PROXY ${'x'.repeat(500)}`]])
    for (const door of ['legacy', 'spa'] as const)
      expect(await throughProxy(offhook.door(door), { header, from: PROXY, request: get('/a') })).toBe('');
  expect(offhook.log.filter((line) => line.includes('"reason":"proxy_header"')).length).toBe(6);
  expect(offhook.log.join('\n')).not.toContain('forged');
});

test('T5 what a client says of its own certificate in headers is ignored, at a proxy’s address too', async () => {
  const url = `${offhook.door('secure')}/${phone.file}`;
  const certificate = await factoryCertificate(makerCa, 'cisco-spa', phone.mac);
  const headers = {
    'x-ssl-client-verify': 'SUCCESS',
    'x-ssl-client-cert': encodeURIComponent(certificate.certificate),
    'x-ssl-client-dn': `/OU=SPA-942/L=88019FA42805/ST=${phone.mac}`,
    'x-ssl-client-s-dn': `OU=SPA-942,L=88019FA42805,ST=${phone.mac}`,
    'x-client-cert': encodeURIComponent(certificate.certificate),
    'x-forwarded-client-cert': `Subject="OU=SPA-942,L=88019FA42805,ST=${phone.mac}"`,
    'ssl-client-cert': certificate.certificate.replaceAll('\n', ' '),
  };
  const plain = looksLike(await ask(url));
  expect(plain).toMatchObject({ status: 404 });
  for (const localAddress of [STRANGER, PROXY]) {
    expect(looksLike(await ask(url, { headers, localAddress }))).toEqual(plain);
    expect((await journal(offhook))[0]?.proof).toBe('none');
  }
  expect((await ask(url, { certificate: shown(certificate) })).text).toContain(phone.sipPassword);
});
