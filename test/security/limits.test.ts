import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPhone, fetchOwn, sendRaw, statusOf, type KnownPhone } from '../kit/attack.ts';
import { longestOf, type Lingering } from '../kit/linger.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
/** Its admin door speaks HTTPS. */
let elsewhere: TestProduct;
let phone: KnownPhone;

interface Listener {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** Something that takes a body of strangers, or refuses it. */
  readonly target: string;
}
let listeners: readonly Listener[];

beforeAll(async () => {
  [offhook, elsewhere] = await Promise.all([
    startTestProduct({
      environment: {
        OFFHOOK_DOORS_LEGACY_OPEN: 'true',
        OFFHOOK_METRICS_OPEN: 'true',
        OFFHOOK_METRICS_PORT: '0',
      },
    }),
    startTestProduct({ environment: { OFFHOOK_DOORS_ADMIN_ADDRESS: '0.0.0.0' } }),
  ]);
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0071');
  const listenerOf = (product: TestProduct, name: 'admin' | 'metrics' | 'secure', target: string): Listener => ({
    name,
    url: product.door(name),
    port: product.port(name),
    target,
  });
  listeners = [
    ...(['secure', 'spa', 'bootstrap', 'legacy'] as const).map((name) => ({
      name,
      url: offhook.door(name),
      port: offhook.port(name),
      target: '/x.log',
    })),
    listenerOf(offhook, 'admin', '/api/v1/sessions'),
    { ...listenerOf(elsewhere, 'admin', '/api/v1/sessions'), name: 'admin over TLS' },
    listenerOf(offhook, 'metrics', '/metrics'),
  ];
});
afterAll(() => Promise.all([offhook.close(), elsewhere.close()]));

const isTls = ({ url }: Listener): boolean => url.startsWith('https:');

/** Whoever behaves: a phone, an administrator, and one request at each listener. */
async function expectServed(): Promise<void> {
  expect((await fetchOwn(offhook, phone)).text).toContain(phone.sipPassword);
  expect((await offhook.api('GET', '/tenants')).status).toBe(200);
  for (const { name, url } of listeners) expect([200, 401, 404], name).toContain((await ask(`${url}/ready`)).status);
}

/** Serves others for as long as `attack` goes on; what they had to complain of is told after it is over. */
async function servedDuring<T>(attack: Promise<T>): Promise<T> {
  const over = attack.then(() => true);
  const rest = (): Promise<boolean> => new Promise((resolve) => setTimeout(resolve, 500, false));
  try {
    do await expectServed();
    while (!(await Promise.race([over, rest()])));
  } finally {
    await over;
  }
  return attack;
}

/** Bytes once a second, in the headers, in the body, and none at all. */
const slowRequests = (listener: Listener): readonly Lingering[] =>
  [
    { begin: '', then: '' },
    { begin: 'GET /y000000000108.cfg HT', then: '' },
    { begin: 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', then: 'a' },
    {
      begin: `POST ${listener.target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`,
      then: ' ',
    },
  ].map((way) => ({ ...way, inTls: isTls(listener) }));

// At all doors at once, with the times that the product has: they last as long as those.
describe('connections that are left open', () => {
  const COUNT = 200;

  test('T7 handshakes that are opened and left end within ten seconds, and others are served meanwhile', async () => {
    // Nothing; and the header of a ClientHello of 512 bytes with none of them (RFC 8446 §5.1).
    const ways = ['', '\x16\x03\x01\x02\x00'].map((begin) => ({ inTls: false, begin, then: '' }));
    const attack = listeners.filter(isTls).map(async ({ name, port }) => ({
      name,
      longest: await longestOf(port, COUNT, ways),
    }));
    expect(attack).toHaveLength(3);
    for (const { name, longest } of await servedDuring(Promise.all(attack)))
      expect(longest, name).toBeLessThanOrEqual(10_000);
  }, 60_000);

  test('C4 half-open connections and those of a byte a second end within thirty seconds at every listener, and others are served meanwhile', async () => {
    const attack = listeners.map(async (listener) => ({
      name: listener.name,
      longest: await longestOf(listener.port, COUNT, slowRequests(listener)),
    }));
    for (const { name, longest } of await servedDuring(Promise.all(attack)))
      expect(longest, name).toBeLessThanOrEqual(30_000);
  }, 60_000);
});

const GIGABYTE = 2 ** 30;
const JSON_TYPE = 'Content-Type: application/json\r\n';

/** `sendRaw` resolves when the server has closed, so that each of these shows the end of the connection as well. */
async function expectRefused(
  what: string,
  statuses: readonly number[],
  request: (one: Listener) => string,
): Promise<void> {
  for (const one of listeners) {
    const answer = await sendRaw(one.url, request(one));
    expect(statuses, `${what} at ${one.name}: ${answer.slice(0, 200)}`).toContain(statusOf(answer));
    expect(answer.match(/HTTP\/1\.1 /g), `${what} at ${one.name}`).toHaveLength(1);
  }
}

test('C5 a request of a gigabyte is refused before its body, and the connection ends', async () => {
  await expectRefused(
    'a gigabyte',
    [413],
    ({ target }) =>
      `POST ${target} HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}Content-Length: ${String(GIGABYTE)}\r\n\r\n${'a'.repeat(1000)}`,
  );
  for (const name of ['secure', 'spa', 'bootstrap', 'legacy'] as const) {
    const asked = `GET /ca.pem HTTP/1.1\r\nHost: x\r\nContent-Length: ${String(GIGABYTE)}\r\n\r\n`;
    expect(statusOf(await sendRaw(offhook.door(name), asked))).toBe(413);
  }
  await expectServed();
});

test('C5 ten thousand headers are refused, and the connection ends', async () => {
  const headers = Array.from({ length: 10_000 }, (_, n) => `X-${String(n)}: y\r\n`).join('');
  await expectRefused('headers', [431], () => `GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
  await expectServed();
});

test('C5 chunk extensions without end are refused, and the connection ends', async () => {
  await expectRefused(
    'chunk extensions',
    [400, 413],
    ({ target }) =>
      `POST ${target} HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(100_000)}`,
  );
  await expectServed();
});

test('C5 a request whose length can be read in two ways is refused, and what is behind it is never a request', async () => {
  const hidden = 'GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n';
  for (const lengths of [
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
    'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n',
    'Content-Length: 5\r\nContent-Length: 6\r\n',
    'Transfer-Encoding: chunked, identity\r\n',
    'Transfer-Encoding: xchunked\r\n',
    'Transfer-Encoding : chunked\r\n',
    'Content-Length: +5\r\n',
    'Content-Length: 0x5\r\n',
  ])
    await expectRefused(
      lengths,
      [400, 413],
      ({ target }) => `POST ${target} HTTP/1.1\r\nHost: x\r\n${JSON_TYPE}${lengths}\r\n0\r\n\r\n${hidden}`,
    );
  await expectServed();
});
