import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, looksLike, sendRaw, type KnownPhone } from '../kit/attack.ts';
import { ask, startTestProduct, type Answer, type Ask, type TestProduct } from '../kit/product.ts';
import { fetchTftp, RawClient } from '../kit/tftp-client.ts';

const HTTP_DOORS = ['secure', 'spa', 'bootstrap', 'legacy'] as const;

let offhook: TestProduct;
let phone: KnownPhone;
beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' } });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0901');
  const rom = await offhook.api(
    'PUT',
    '/firmware/one.rom?vendor=yealink&models=T46U&version=108.86.0.20',
    Buffer.from('rom'),
    {
      'content-type': 'application/octet-stream',
    },
  );
  expect(rom.status, rom.text).toBeLessThan(300);
});
afterAll(() => offhook.close());

/** What a scanner looks for first, and what a web server would give away by itself. */
const LISTINGS = [
  '/',
  '/firmware',
  '/firmware/',
  '/FIRMWARE/',
  '/p',
  '/p/',
  '/t/',
  '/logs/',
  '/uploads/',
  '/.git',
  '/.git/config',
  '/.git/HEAD',
  '/.env',
  '/.htaccess',
  '/.htpasswd',
  '/.well-known/security.txt',
  '/main.js.map',
  '/dist/main.js',
  '/dist/main.js.map',
  '/src/main.ts',
  '/package.json',
  '/index.html',
  '/robots.txt',
  '/metrics',
  '/health',
  '/ready',
  '/status',
  '/server-status',
  '/api/v1/openapi.json',
  '/api/v1/tenants',
  '/offhook.db',
  '/offhook.db-wal',
  '/master.key',
  '/config.yaml',
  '/backup.tar.gz',
];

test('P4 no phone door lists anything or knows a file of ours: one refusal for all, by HTTP, HTTPS and TFTP', async () => {
  for (const door of HTTP_DOORS) {
    const base = offhook.door(door);
    for (const prefix of ['', '/tftpboot', `/p/${phone.token}`]) {
      const refusal = looksLike(await ask(`${base}${prefix}/nobody-has-this`));
      expect(refusal).toMatchObject({ status: 404, text: 'Not found\n' });
      for (const path of LISTINGS)
        expect(looksLike(await ask(`${base}${prefix}${path}`)), `${door} ${prefix}${path}`).toEqual(refusal);
    }
    // The door does give what is public by its name.
    expect((await ask(`${base}/ca.pem`)).status).toBe(200);
  }
  const nobody = await fetchTftp({ port: offhook.port('tftp') }, 'nobody-has-this');
  for (const path of LISTINGS) {
    const { error, bytes } = await fetchTftp({ port: offhook.port('tftp') }, path);
    // A name without a file is no request of TFTP at all.
    expect([nobody.error, 4], path).toContain(error);
    expect(bytes).toHaveLength(0);
  }
});

/** What would help whoever attacks: places, versions, the inside of the program, the language of the store. */
const TELLING: Readonly<Record<string, RegExp>> = {
  directory: /(?:\/(?:tmp|home|root|usr|var|opt|etc)\/|[A-Z]:\\|node_modules|\bdist\/|\bsrc\/|offhook-test)/,
  stack: /\bat \S+ \(|\.[jt]s:\d+|node:internal|\n\s+at /,
  program: /\bnode(?:\.js)?\b|fastify|pino|\bzod\b|better-sqlite|openssl|\bnginx\b/i,
  version: /\bv?\d+\.\d+\.\d+\b/,
  store: /\bsqlite|\bpostgres|\bselect\b.+\bfrom\b|\binsert into\b|SQLITE_|constraint failed/i,
  error: /(?:Type|Syntax|Range|Reference)Error|\bE[A-Z]{4,}\b|undefined|\[object/,
};

/** Nothing in head or body of an answer that would tell; what the asker has sent himself is not in it either. */
function expectSilent(answer: string, about: string): void {
  for (const [what, words] of Object.entries(TELLING)) {
    // `HTTP/1.1 400`, dates and lengths have digits and dots of their own.
    const text = answer.replace(/^HTTP\/1\.1/gm, '').replace(/"openapi":"3\.1\.0"/, '');
    expect(words.exec(text)?.[0], `${about} tells a ${what}`).toBeUndefined();
  }
  for (const header of ['server:', 'x-powered-by:', 'via:']) expect(answer.toLowerCase(), about).not.toContain(header);
}

const whole = ({ status, rawHeaders, text }: Answer): string =>
  `${String(status)}\n${rawHeaders.map((part, index) => (index % 2 === 0 ? `${part}:` : `${part}\n`)).join('')}\n${text}`;

const REQUESTS: readonly (readonly [string, string])[] = [
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['a version that is none', 'GET / HTTP/9.9\r\n\r\n'],
  ['an unknown method', 'EXPLODE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['a header without a name', 'GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n'],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n'],
  ['a host that is none', 'GET / HTTP/1.1\r\nHost: /etc/passwd\r\nConnection: close\r\n\r\n'],
  ['a length that is none', 'PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
  ['too much of a header', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
  ['an upload that is too large', 'PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10737418240\r\n\r\n'],
  ['escapes that are none', 'GET /%zz%c0%ae HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['the way up', 'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['SQL', "GET /'%20OR%201=1--.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
  ['a range that is none', 'GET /one.rom HTTP/1.1\r\nHost: x\r\nRange: bytes=99999-\r\nConnection: close\r\n\r\n'],
  [
    'an authorization that is none',
    'GET /x HTTP/1.1\r\nHost: x\r\nAuthorization: Digest x\r\nConnection: close\r\n\r\n',
  ],
];

test('P8 no error text of a phone door tells a directory, a version, a stack or a word of the store', async () => {
  for (const door of HTTP_DOORS) {
    for (const [what, bytes] of REQUESTS) {
      const answer = await sendRaw(offhook.door(door), bytes);
      expect(answer, `${door}: ${what}`).toMatch(/^HTTP\/1\.1 4\d\d /);
      expectSilent(answer, `${door}: ${what}`);
    }
    // Bytes that are no TLS at a TLS door, and TLS at none.
    const other = offhook.door(door).startsWith('https') ? offhook.door(door).replace('https:', 'http:') : undefined;
    if (other !== undefined)
      expectSilent(await sendRaw(other, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n').catch(() => ''), `${door} in the clear`);
  }
});

/** The bytes of an ERROR behind its code: RFC 1350 §5. */
async function tftpErrorText(packet: Buffer): Promise<string> {
  const client = await RawClient.open({ port: offhook.port('tftp') });
  client.sendToServer(packet);
  const answer = await client.next();
  client.close();
  expect(answer?.packet.kind).toBe('error');
  return answer?.raw.subarray(4).toString('latin1') ?? '';
}

test('P8 an ERROR of TFTP says no more than its code', async () => {
  const request = (code: number, ...strings: readonly string[]): Buffer =>
    Buffer.concat([Buffer.from([0, code]), Buffer.from(strings.map((text) => `${text}\0`).join(''), 'latin1')]);
  const packets: readonly (readonly [string, Buffer])[] = [
    ['an unknown file', request(1, 'nobody-has-this', 'octet')],
    ['the way up', request(1, '../../etc/passwd', 'octet')],
    ['a mode that is none', request(1, 'x.cfg', 'mail')],
    ['no end', Buffer.from('\0\x01spa942.cfg')],
    ['an operation that is none', Buffer.from([0, 9, 0, 0])],
    ['SQL', request(1, "' OR 1=1--.cfg", 'octet')],
  ];
  for (const [what, packet] of packets) {
    const text = await tftpErrorText(packet);
    expect(text.length, what).toBeLessThan(40);
    expectSilent(text, `TFTP: ${what}`);
  }
});

test('P8 a store that is broken shows to nobody who asks: not at a door, not by TFTP, not at the API without the right', async () => {
  const product = await startTestProduct({ environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' } });
  try {
    await product.must('PUT', '/tenants/acme', { title: 'Acme' });
    const own = await addPhone(product, 'acme', 'yealink', 'aa0902');
    await product.product.store.close();
    for (const door of HTTP_DOORS) {
      const answer = await ask(`${product.door(door)}/p/${own.token}/${own.file}`);
      expect(answer.status).toBe(503);
      expect(answer.text).toBe('Try again later\n');
      expectSilent(whole(answer), `${door} without a store`);
    }
    const asks: readonly Ask[] = [{}, { headers: product.bearer }];
    for (const path of ['/api/v1/tenants', '/api/v1/users', '/metrics', '/api/v1/sessions/current'])
      for (const how of asks)
        expectSilent(whole(await ask(`${product.door('admin')}${path}`, how)).replace(/[a-z0-9]{20,}/g, ''), path);
    // The operator reads it in the log.
    expect(product.log.join('\n')).toMatch(/offhook\.db/);
  } finally {
    await product.close().catch(() => undefined);
  }
});

test('P8 no error of the API tells a directory, a version, a stack or a word of the store', async () => {
  const base = `${offhook.door('admin')}/api/v1`;
  const json = { ...offhook.bearer, 'content-type': 'application/json' };
  const asks: readonly (readonly [string, Ask])[] = [
    ['/nothing', {}],
    ['/tenants', {}],
    ['/nothing', { headers: offhook.bearer }],
    ['/tenants/%00', { headers: offhook.bearer }],
    ['/tenants/%c0%ae', { headers: offhook.bearer }],
    ['/tenants?limit=999999', { headers: offhook.bearer }],
    ["/tenants?after=' OR 1=1--", { headers: offhook.bearer }],
    ['/journal?before=../../x', { headers: offhook.bearer }],
    ['/tenants/acme', { method: 'PUT', headers: json, body: '{"title":' }],
    ['/tenants/acme', { method: 'PUT', headers: json, body: '{"__proto__":{"x":1}}' }],
    ['/tenants/acme', { method: 'PUT', headers: json, body: '[]' }],
    ['/tenants/acme', { method: 'PUT', headers: { ...offhook.bearer, 'content-type': 'text/xml' }, body: '<x/>' }],
    ['/tenants/acme', { method: 'PUT', headers: json, body: `{"title":"${'x'.repeat(2_000_000)}"}` }],
    ['/apply', { method: 'POST', headers: { ...offhook.bearer, 'content-type': 'application/yaml' }, body: 'a: [' }],
    [
      '/firmware/..%2f..%2fx',
      { method: 'PUT', headers: { ...offhook.bearer, 'content-type': 'application/octet-stream' }, body: 'x' },
    ],
    [
      '/authorities',
      { method: 'POST', headers: json, body: '{"vendor":"yealink","pem":"-----BEGIN CERTIFICATE-----"}' },
    ],
    [
      '/sessions',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"x","password":"y"}' },
    ],
  ];
  for (const [path, how] of asks) {
    const answer = await ask(`${base}${path.replaceAll(' ', '%20')}`, how);
    expect(answer.status, path).toBeLessThan(500);
    expectSilent(whole(answer), path);
  }
});

test('the words that are looked for are found where they stand', () => {
  const telling = [
    'ENOENT: no such file, open /var/lib/offhook/x',
    'TypeError: cannot read',
    'SqliteError: UNIQUE constraint failed: phones.mac',
    'Error\n    at serve (file:///app/dist/main.js:10:5)',
    'Server: offhook',
    'offhook 0.1.0',
  ];
  for (const text of telling) {
    expect(() => {
      expectSilent(text, 'a made-up answer');
    }, text).toThrow();
  }
});
