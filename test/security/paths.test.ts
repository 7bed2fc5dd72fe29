import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, journal, MAKERS, sendRaw, statusOf, type KnownPhone } from '../kit/attack.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { fetchTftp, RawClient } from '../kit/tftp-client.ts';

let offhook: TestProduct;
let phone: KnownPhone;
let doors: readonly string[];
beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' } });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0031');
  doors = (['secure', 'spa', 'bootstrap', 'legacy', 'admin'] as const).map(offhook.door);
});
afterAll(() => offhook.close());

const REFUSALS: Readonly<Record<number, string>> = { 400: 'Bad request\n', 404: 'Not found\n' };

/** Asks with the bytes as they stand, where any client would tidy the path up. */
async function refusalOf(door: string, target: string): Promise<number> {
  const answer = await sendRaw(door, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const status = statusOf(answer);
  const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  // The API asks who it is before it looks at a path.
  if (door === offhook.door('admin')) expect(body).toContain(`"status":${String(status)}`);
  else expect(body).toBe(REFUSALS[status]);
  return status;
}

async function expectRefused(targets: readonly string[]): Promise<void> {
  for (const door of doors)
    for (const target of targets)
      for (const prefix of ['', `/p/${phone.token}`, '/tftpboot'])
        expect([400, 401, 404], `${door} ${prefix}${target}`).toContain(await refusalOf(door, prefix + target));
}

const DATA_FILES = ['offhook.db', 'master.key', 'control.sock'];
const ESCAPES = [
  '/../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/..%5c..%5cetc%5cpasswd',
  '/%252e%252e/etc/passwd',
  '/%c0%ae%c0%ae/etc/passwd',
  '/etc/passwd',
  '/..\\..\\etc\\passwd',
  '//host/share',
  '/C:\\',
  '/C:\\Windows\\win.ini',
  '/C:/Windows/win.ini',
  '/./firmware/../master.key',
  ...DATA_FILES.flatMap((file) => [`/${file}`, `/../${file}`, `/firmware/../${file}`]),
];

/** TFTP has no escapes, so an attacker writes what he means; both forms are tried. */
const inBothForms = (target: string): readonly string[] => [
  target,
  target
    .replace(/%25/g, '%')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
];

test('P1 no path leads out of what is served, by HTTP and by TFTP', async () => {
  await expectRefused(ESCAPES);
  for (const name of [...ESCAPES.flatMap(inBothForms), ...ESCAPES.map((target) => target.slice(1))]) {
    const { error, bytes } = await fetchTftp({ port: offhook.port('tftp') }, name);
    expect([1, 4], name).toContain(error);
    expect(bytes).toHaveLength(0);
  }
  const served = await sendRaw(
    offhook.door(MAKERS.yealink.door),
    `GET /p/${phone.token}/${phone.file} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  expect(served).toContain(phone.sipPassword);
});

/** What TFTP answers to bytes of any kind: the code of its ERROR. */
async function errorOf(packet: Buffer): Promise<number | undefined> {
  const client = await RawClient.open({ port: offhook.port('tftp') });
  client.sendToServer(packet);
  const answer = await client.next();
  client.close();
  return answer?.packet.kind === 'error' ? answer.packet.code : undefined;
}

const readRequest = (...strings: readonly string[]): Buffer =>
  Buffer.concat([Buffer.from([0, 1]), Buffer.from(strings.map((text) => `${text}\0`).join(''))]);

test('P2 a name with NUL, without an end, too long, empty or a dot is refused, by HTTP and by TFTP', async () => {
  const long = 'x'.repeat(500);
  await expectRefused(['/%00', '/a%00.cfg', `/${phone.file}%00.rom`, `/${long}`, '/', '/.', '/%2e']);
  for (const door of doors) {
    // Raw control bytes are no HTTP at all.
    expect(statusOf(await sendRaw(door, 'GET /a\0.cfg HTTP/1.1\r\nHost: x\r\n\r\n'))).toBe(400);
    expect([400, 401, 404, 414, 431]).toContain(
      statusOf(await sendRaw(door, `GET /${'x'.repeat(10_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)),
    );
  }
  expect(await errorOf(Buffer.from('\0\x01spa942.cfg'))).toBe(4);
  expect(await errorOf(Buffer.from('\0\x01spa942.cfg\0octet'))).toBe(4);
  // NUL ends the name, so what is behind it is a mode that does not exist.
  expect(await errorOf(readRequest('a\0.cfg', 'octet'))).toBe(4);
  expect(await errorOf(readRequest('', 'octet'))).toBe(4);
  expect(await errorOf(readRequest('.', 'octet'))).toBe(4);
  expect(await errorOf(readRequest(long, 'octet'))).toBe(1);
  expect(await errorOf(readRequest(`${long}${long}`, 'octet'))).toBe(4);
  expect((await fetchTftp({ port: offhook.port('tftp') }, 'spa942.cfg')).error).toBeUndefined();
});

test('a megabyte of header, a second Host and a path of ten kilobytes are refused and noted, and the door goes on', async () => {
  const noted: readonly (readonly [string, number, string])[] = [
    [`GET / HTTP/1.1\r\nHost: x\r\nX-Much: ${'m'.repeat(1024 * 1024)}\r\n\r\n`, 431, 'http_431'],
    ['GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n', 400, 'header_twice'],
    [`GET /${'x'.repeat(10_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 400, 'too_long'],
    ['GET /../x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400, 'dot_segment'],
    ['GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400, 'control_character'],
  ];
  for (const name of ['secure', 'spa', 'bootstrap', 'legacy'] as const) {
    for (const [request, status, reason] of noted) {
      expect(statusOf(await sendRaw(offhook.door(name), request))).toBe(status);
      const [latest] = await journal(offhook);
      expect(latest).toMatchObject({ door: name, reason, decision: 'refused at the door', address: '127.0.0.1' });
    }
    const ok = await sendRaw(offhook.door(name), 'GET /ca.pem HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(ok).toContain('BEGIN CERTIFICATE');
  }
});
