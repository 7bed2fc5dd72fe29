import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addPhone,
  credentialsOf,
  journal,
  looksLike,
  MAKERS,
  sendRaw,
  statusOf,
  type KnownPhone,
} from '../kit/attack.ts';
import { ask, startTestProduct, type Ask, type TestProduct } from '../kit/product.ts';
import { createTestCa } from '../kit/test-ca.ts';
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

const PHONE_DOORS = ['secure', 'spa', 'bootstrap', 'legacy'] as const;

/** Publishes a firmware file, for a tenant or for all. */
async function publish(path: string, content: string): Promise<void> {
  const facts = 'vendor=yealink&models=T46U&version=108.86.0.20';
  const made = await offhook.api('PUT', `${path}?${facts}`, Buffer.from(content), {
    'content-type': 'application/octet-stream',
  });
  expect(made.status).toBe(201);
}

test('P3 a symbolic link in the firmware store that leads outside gives not one byte, by HTTP and by TFTP', async () => {
  const outside = join(offhook.dataDir, 'outside.txt');
  await writeFile(outside, 'outside of the store');
  await publish('/firmware/linked.rom', 'as it was uploaded');
  const at = `${offhook.door('bootstrap')}/linked.rom`;
  expect((await ask(at)).text).toBe('as it was uploaded');
  const stored = join(offhook.dataDir, 'firmware', createHash('sha256').update('as it was uploaded').digest('hex'));
  await rm(stored);
  await symlink(outside, stored);
  for (const door of PHONE_DOORS) {
    const raw = await sendRaw(
      offhook.door(door),
      'GET /linked.rom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ).catch(() => '');
    expect(raw).not.toContain('outside of the store');
  }
  const overTftp = await fetchTftp({ port: offhook.port('tftp') }, 'linked.rom');
  expect(overTftp.error).toBe(0);
  expect(overTftp.bytes).toHaveLength(0);
  // The administrator sees why, and the door goes on.
  expect(offhook.log.filter((line) => line.includes('http_read_failed')).length).toBe(PHONE_DOORS.length);
  await publish('/firmware/whole.rom', 'another one');
  expect((await ask(`${offhook.door('bootstrap')}/whole.rom`)).text).toBe('another one');
});

test('P5 the firmware of one tenant is no file at all to the phone of another, at any door and with any proof', async () => {
  await offhook.must('PUT', '/tenants/rival', { title: 'Rival Ltd', networks: ['127.0.0.0/8'] });
  const theirs = await addPhone(offhook, 'rival', 'yealink', 'aa0032');
  await publish('/tenants/rival/firmware/rival-108.86.0.20.rom', 'made for the rival');
  const ca = await createTestCa('Yealink Root CA');
  await offhook.must('POST', '/authorities', { vendor: 'yealink', pem: ca.certificate });
  const showing = async ({ mac }: KnownPhone): Promise<Ask> => {
    const { key, chain } = await ca.issue({ keyType: 'ec', subject: [['CN', mac]] });
    return { certificate: { key, cert: chain } };
  };
  const login = ({ httpUser, httpPassword }: { readonly httpUser: string; readonly httpPassword: string }): Ask => ({
    headers: { authorization: `Basic ${Buffer.from(`${httpUser}:${httpPassword}`).toString('base64')}` },
  });
  const saying = (mac: string): Ask => ({
    headers: { 'user-agent': `Yealink SIP-T46U 108.86.0.20 ${mac.match(/../g)?.join(':') ?? ''}` },
  });
  const acme = await credentialsOf(offhook, '/tenants/acme');
  const ours: readonly (readonly [string, Ask])[] = [
    ['', {}],
    [`p/${phone.token}/`, {}],
    [`t/${acme.token}/`, {}],
    [`t/${acme.token}/`, login(acme)],
    ['', login(phone)],
    ['', saying(theirs.mac)],
    [`p/${phone.token}/`, saying(theirs.mac)],
    ['', await showing(phone)],
    [`t/${acme.token}/`, await showing(phone)],
    // Whose folder it is does not make it theirs to give.
    [`rival/`, {}],
    [`tenants/rival/firmware/`, {}],
  ];
  for (const door of PHONE_DOORS)
    for (const [directory, how] of ours) {
      const refused = await ask(`${offhook.door(door)}/${directory}rival-108.86.0.20.rom`, how);
      const unknown = await ask(`${offhook.door(door)}/${directory}nobody-108.86.0.20.rom`, how);
      expect(refused.status).toBe(404);
      expect(looksLike(refused)).toEqual(looksLike(unknown));
    }
  for (const [directory] of ours) {
    const { error, bytes } = await fetchTftp({ port: offhook.port('tftp') }, `${directory}rival-108.86.0.20.rom`);
    expect(error).toBe(1);
    expect(bytes).toHaveLength(0);
  }
  for (const [directory, how] of [
    [`t/${(await credentialsOf(offhook, '/tenants/rival')).token}/`, {}],
    [`p/${theirs.token}/`, {}],
  ] as const)
    expect((await ask(`${offhook.door('secure')}/${directory}rival-108.86.0.20.rom`, how)).text).toBe(
      'made for the rival',
    );
});
