import { execFile, spawnSync } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { collectLog, doorOptions, fileAnswer, shelf, type LogLine, type Shelf } from '../../../test/kit/door.ts';
import { createTestCa, selfSigned, type TestCa, type TestCertificate } from '../../../test/kit/test-ca.ts';
import type { VendorId } from '../../domain/ids.ts';
import { startHttpsDoor, type HttpsDoor, type HttpsDoorOptions } from './listener-tls.ts';
import type { KeyAndChain, TlsMaterial } from './material.ts';

const SPA = 'spa' as VendorId;
const YEALINK = 'yealink' as VendorId;
const DAY = 24 * 60 * 60 * 1000;
const SPA_SUBJECT = [
  ['OU', 'SPA-962'],
  ['L', '88019FA42805'],
  ['ST', '000e08abcdef'],
] as const;

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const ticketKeys = randomBytes(48);
const directory = mkdtempSync(join(tmpdir(), 'offhook-tls-'));

let serverCa: TestCa;
let makerCa: TestCa;
let otherCa: TestCa;
let rsaServer: TestCertificate;
let ecServer: TestCertificate;
let sniServer: TestCertificate;
let phone: TestCertificate;
let weakPhone: TestCertificate;

beforeAll(async () => {
  [serverCa, makerCa, otherCa] = await Promise.all([
    createTestCa('Our CA', { keyType: 'ec' }),
    createTestCa('Maker Root CA'),
    createTestCa('Other Maker CA', { keyType: 'ec' }),
  ]);
  [rsaServer, ecServer, sniServer, phone, weakPhone] = await Promise.all([
    serverCa.issue({ subject: [['CN', 'rsa']], hosts: ['prov.example.com', '127.0.0.1'] }),
    serverCa.issue({ subject: [['CN', 'ec']], keyType: 'ec', hosts: ['prov.example.com'] }),
    serverCa.issue({ subject: [['CN', 'sni']], keyType: 'ec', hosts: ['spa.example.com'] }),
    makerCa.issue({ subject: SPA_SUBJECT, keyType: 'ec' }),
    makerCa.issue({ subject: SPA_SUBJECT, keyType: 'rsa1024', hash: 'SHA-1' }),
  ]);
}, 120_000);

const opened: HttpsDoor[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((door) => door.close()));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const own = (certificate: TestCertificate, host = 'prov.example.com', sniOnly = false): KeyAndChain => ({
  host,
  key: certificate.key,
  chain: certificate.chain,
  sniOnly,
});

const material = (extra: Partial<TlsMaterial> = {}): TlsMaterial => ({
  certificates: [own(rsaServer), own(ecServer)],
  authorities: [
    { vendor: SPA, pem: makerCa.certificate },
    { vendor: YEALINK, pem: otherCa.certificate },
  ],
  intermediates: [],
  legacyTls: false,
  ticketKeys,
  ...extra,
});

interface Running extends Shelf {
  readonly port: number;
  readonly door: HttpsDoor;
  readonly lines: LogLine[];
}

async function serve(extra: Partial<TlsMaterial> = {}, options: Partial<HttpsDoorOptions> = {}): Promise<Running> {
  const files = shelf(() => fileAnswer('x'));
  const { log, lines } = collectLog();
  const door = await startHttpsDoor(
    { ...doorOptions('secure'), closeGraceMilliseconds: 200, material: material(extra), ...options },
    files.serveFile,
    log,
  );
  opened.push(door);
  return { ...files, port: door.address().port, door, lines };
}

/** One request over a connection of its own. */
function ask(server: { readonly port: number }, options: ConnectionOptions = {}, headers = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: server.port,
        path: '/a.cfg',
        agent: false,
        ca: serverCa.certificate,
        servername: 'prov.example.com',
        headers,
        ...options,
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          resolve(response.statusCode ?? 0);
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

const asPhone = (certificate: TestCertificate): ConnectionOptions => ({
  key: certificate.key,
  cert: certificate.chain,
});

/** What the server showed and what was agreed on. */
function handshake(server: { readonly port: number }, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: server.port, ca: serverCa.certificate, ...options }, () => {
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

/** A request on a connection that is open; afterwards the session tickets are here, too. */
async function fetchOver(socket: TLSSocket): Promise<TLSSocket> {
  await new Promise((resolve) => {
    socket.once('data', resolve);
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
  });
  return socket;
}

async function nameShown(server: { readonly port: number }, options: ConnectionOptions): Promise<unknown> {
  const socket = await handshake(server, options);
  const name: unknown = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return name;
}

describe('a client certificate', () => {
  it('a phone without one is asked for it and goes on without; what it gets is decided further in', async () => {
    const server = await serve();
    expect(await ask(server)).toBe(200);
    expect(server.requests[0]).toMatchObject({ door: 'secure', secure: true });
    expect(server.requests[0]?.certificate).toBeUndefined();
  });

  it('the maker’s own is verified for that maker, with its whole subject in order', async () => {
    const server = await serve();
    await ask(server, asPhone(phone));
    expect(server.requests[0]?.certificate).toEqual({
      subject: [
        { type: 'OU', value: 'SPA-962' },
        { type: 'L', value: '88019FA42805' },
        { type: 'ST', value: '000e08abcdef' },
      ],
      issuer: [{ type: 'CN', value: 'Maker Root CA' }],
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      verifiedFor: [SPA],
    });
  });

  it('one that an intermediate CA signed is verified through what the phone sends', async () => {
    const issuing = await makerCa.issueCa('Issuing CA', { keyType: 'ec' });
    const server = await serve();
    await ask(server, asPhone(await issuing.issue({ subject: [['CN', 'x']], keyType: 'ec' })));
    expect(server.requests[0]?.certificate?.verifiedFor).toEqual([SPA]);
  });

  it('a phone’s own certificate signs nothing: what it issues is believed by nobody', async () => {
    const stolen = await makerCa.issueCa('SPA-962', { keyType: 'ec', pretendsToBeCa: true });
    const server = await serve();
    await ask(server, asPhone(await stolen.issue({ subject: SPA_SUBJECT, keyType: 'ec' })));
    expect(server.requests[0]?.certificate).toMatchObject({ verifiedFor: [], rejected: 'signed by no imported CA' });
  });

  it('that of another maker’s CA is verified for that maker only', async () => {
    const server = await serve();
    await ask(server, asPhone(await otherCa.issue({ subject: SPA_SUBJECT, keyType: 'ec' })));
    expect(server.requests[0]?.certificate?.verifiedFor).toEqual([YEALINK]);
  });

  it('T3: what is wrong with one is named, and it counts for nobody', async () => {
    const unknownCa = await createTestCa('Maker Root CA', { keyType: 'ec' });
    const ec = { subject: SPA_SUBJECT, keyType: 'ec' } as const;
    const now = Date.now();
    const cases: [string, TestCertificate][] = [
      ['expired', await makerCa.issue({ ...ec, notAfter: new Date(now - DAY) })],
      ['not yet valid', await makerCa.issue({ ...ec, notBefore: new Date(now + DAY) })],
      ['self-signed', await selfSigned(ec)],
      ['signed by no imported CA', await unknownCa.issue(ec)],
      ['not made for client authentication', await makerCa.issue({ ...ec, extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] })],
      ['control character in its name', await makerCa.issue({ ...ec, subject: [['CN', '000e08abcdef\0.evil']] })],
    ];
    const server = await serve();
    for (const [rejected, certificate] of cases) {
      await ask(server, asPhone(certificate));
      expect(server.requests.at(-1)?.certificate).toMatchObject({ verifiedFor: [], rejected });
    }
    await ask(server, asPhone(await makerCa.issue({ ...ec, extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] })));
    expect(server.requests.at(-1)?.certificate?.rejected).toBeUndefined();
  });

  it('a certificate with two names keeps both, for whoever judges names', async () => {
    const server = await serve();
    await ask(
      server,
      asPhone(
        await makerCa.issue({
          keyType: 'ec',
          subject: [
            ['CN', '000e08abcdef'],
            ['CN', '000e08abcdee'],
          ],
        }),
      ),
    );
    expect(server.requests[0]?.certificate?.subject.map((field) => field.value)).toEqual([
      '000e08abcdef',
      '000e08abcdee',
    ]);
  });

  it('T5: what a header says of a certificate is no certificate', async () => {
    const server = await serve();
    await ask(server, {}, { 'X-SSL-Client-Verify': 'SUCCESS', 'X-SSL-Client-S-DN': 'CN=000e08abcdef' });
    expect(server.requests[0]?.certificate).toBeUndefined();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is still there on a resumed session, also at another process (%s)',
    async (version) => {
      const issuing = await makerCa.issueCa('Issuing CA', { keyType: 'ec' });
      const certificate = await issuing.issue({ subject: SPA_SUBJECT, keyType: 'ec' });
      const [first, second] = [await serve(), await serve()];
      const options = { ...asPhone(certificate), maxVersion: version, servername: 'prov.example.com' };
      const talked = await fetchOver(await handshake(first, options));
      const session = talked.getSession();
      talked.destroy();
      for (const server of [first, second]) {
        const socket = await handshake(server, { ...options, session });
        expect(socket.isSessionReused()).toBe(true);
        const before = server.requests.length;
        await fetchOver(socket);
        socket.destroy();
        expect(server.requests).toHaveLength(before + 1);
        expect(server.requests.at(-1)?.certificate?.subject).toHaveLength(3);
      }
      expect(first.requests.at(-1)?.certificate?.verifiedFor).toEqual([SPA]);
      // The session carries the phone's own certificate alone: another process needs what lies between from elsewhere.
      expect(second.requests.at(-1)?.certificate?.verifiedFor).toEqual([]);
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is believed on a session that another process resumes, by the intermediate that the first was sent (%s)',
    async (version) => {
      const policy = await makerCa.issueCa('Policy CA', { keyType: 'ec' });
      const issuing = await policy.issueCa('Issuing CA', { keyType: 'ec' });
      const certificate = await issuing.issue({ subject: SPA_SUBJECT, keyType: 'ec' });
      const learned: string[] = [];
      const first = await serve({}, { onIntermediate: (found) => void learned.push(found.toString()) });
      const options = { ...asPhone(certificate), maxVersion: version, servername: 'prov.example.com' };
      const talked = await fetchOver(await handshake(first, options));
      const session = talked.getSession();
      talked.destroy();
      await ask(first, options);
      expect(learned.map((pem) => new X509Certificate(pem).subject)).toEqual(['CN=Issuing CA', 'CN=Policy CA']);

      const second = await serve({ intermediates: learned });
      const socket = await handshake(second, { ...options, session });
      expect(socket.isSessionReused()).toBe(true);
      await fetchOver(socket);
      socket.destroy();
      expect(second.requests[0]?.certificate).toMatchObject({ verifiedFor: [SPA] });
      expect(second.requests[0]?.certificate?.rejected).toBeUndefined();
      // Knowing what lies between is no trust: without the maker's own CA it leads nowhere.
      const third = await serve({ intermediates: learned, authorities: [] });
      await ask(third, options);
      expect(third.requests[0]?.certificate).toMatchObject({ verifiedFor: [], rejected: 'signed by no imported CA' });
    },
  );
});

describe('old phones', () => {
  it('a weak factory certificate counts as none, with its reason, unless the operator has opened the listener', async () => {
    const strict = await serve();
    const weak = { ...asPhone(weakPhone), ciphers: 'DEFAULT@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const;
    await ask(strict, weak);
    expect(strict.requests[0]?.certificate).toMatchObject({
      verifiedFor: [],
      rejected: 'weak signature: SHA-1 or older',
    });
    const open = await serve({ legacyTls: true });
    await ask(open, weak);
    expect(open.requests[0]?.certificate).toMatchObject({ verifiedFor: [SPA] });
    expect(open.requests[0]?.certificate?.rejected).toBeUndefined();
  });

  it('T6: TLS 1.0 is refused, unless the operator has opened the listener', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' } as const;
    await expect(ask(await serve(), old)).rejects.toThrow();
    expect(await ask(await serve({ legacyTls: true }), { ...old, ...asPhone(weakPhone) })).toBe(200);
  });

  it.each(['AES128-SHA', 'DHE-RSA-AES256-SHA', 'ECDHE-RSA-AES128-SHA'])(
    'an opened listener speaks %s',
    async (cipher) => {
      const server = await serve({ legacyTls: true });
      expect(await ask(server, { ciphers: `${cipher}:@SECLEVEL=0`, maxVersion: 'TLSv1.2', minVersion: 'TLSv1' })).toBe(
        200,
      );
    },
  );

  it.each(['NULL', 'aNULL', 'RC4', 'EXPORT', '3DES', 'MD5'])(
    'T6: an opened listener does not speak %s',
    async (cipher) => {
      const server = await serve({ legacyTls: true });
      // A client whose own library lacks these suites cannot even ask.
      await expect(
        (async () => ask(server, { ciphers: `${cipher}:@SECLEVEL=0`, maxVersion: 'TLSv1.2', minVersion: 'TLSv1' }))(),
      ).rejects.toThrow();
    },
  );

  it.skipIf(!hasOpenssl)(
    'openssl s_client over TLS 1.0 with a 1024-bit SHA-1 certificate gets its file from an opened listener',
    async () => {
      const server = await serve({ legacyTls: true });
      const pem = join(directory, 'phone.pem');
      writeFileSync(pem, weakPhone.key + '\n' + weakPhone.certificate);
      const out = await new Promise<string>((resolve) => {
        const client = execFile(
          'openssl',
          [
            's_client',
            '-connect',
            `127.0.0.1:${String(server.port)}`,
            '-tls1',
            '-cipher',
            'ALL@SECLEVEL=0',
            '-cert',
            pem,
            '-key',
            pem,
            '-ign_eof',
            '-noservername',
          ],
          { timeout: 10_000 },
          (_failure, stdout) => {
            resolve(stdout);
          },
        );
        client.stdin?.write('GET /a.cfg HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      });
      expect(out).toContain('HTTP/1.1 200 OK');
      expect(server.requests[0]?.certificate?.verifiedFor).toEqual([SPA]);
    },
  );
});

describe('server certificates', () => {
  it('an old phone gets RSA, a new one P-256, at the same port', async () => {
    const server = await serve();
    const rsaOnly = { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2', servername: '' } as const;
    expect(await nameShown(server, { ...rsaOnly, checkServerIdentity: () => undefined })).toBe('rsa');
    expect(await nameShown(server, { servername: 'prov.example.com' })).toBe('ec');
  });

  it('S0.27: a certificate for one host name shows there only; without SNI the listener’s own', async () => {
    const server = await serve({ certificates: [own(rsaServer), own(sniServer, 'SPA.example.com', true)] });
    expect(await nameShown(server, { servername: 'spa.example.com' })).toBe('sni');
    expect(await nameShown(server, { servername: 'prov.example.com' })).toBe('rsa');
    expect(await nameShown(server, {})).toBe('rsa');
  });

  it('a phone that names a host of its own certificate is asked for its certificate all the same', async () => {
    const server = await serve({ certificates: [own(rsaServer), own(sniServer, 'spa.example.com', true)] });
    await ask(server, { ...asPhone(phone), servername: 'spa.example.com' });
    expect(server.requests[0]?.certificate?.verifiedFor).toEqual([SPA]);
  });

  it('certificates and CAs are exchanged while the door is open, and sessions made under the old CAs are not resumed', async () => {
    const server = await serve({ authorities: [] });
    await ask(server, asPhone(phone));
    expect(server.requests[0]?.certificate?.rejected).toBe('signed by no imported CA');
    const before = await fetchOver(await handshake(server, { servername: 'prov.example.com' }));
    server.requests.pop();
    server.door.reload(material({ certificates: [own(sniServer)] }));
    const after = await handshake(server, { servername: 'spa.example.com', session: before.getSession() });
    expect(after.isSessionReused()).toBe(false);
    before.destroy();
    after.destroy();
    await ask(server, { ...asPhone(phone), servername: 'spa.example.com' });
    expect(server.requests[1]?.certificate?.verifiedFor).toEqual([SPA]);
    expect(await nameShown(server, { servername: 'spa.example.com' })).toBe('sni');
  });

  it('sessions live through a reload that changes neither CAs nor ticket keys', async () => {
    const server = await serve();
    const before = await fetchOver(await handshake(server, { ...asPhone(phone), servername: 'prov.example.com' }));
    server.door.reload(material());
    const after = await handshake(server, {
      ...asPhone(phone),
      servername: 'prov.example.com',
      session: before.getSession(),
    });
    expect(after.isSessionReused()).toBe(true);
    server.door.reload(material({ ticketKeys: randomBytes(48) }));
    const anew = await handshake(server, {
      ...asPhone(phone),
      servername: 'prov.example.com',
      session: before.getSession(),
    });
    expect(anew.isSessionReused()).toBe(false);
    for (const socket of [before, after, anew]) socket.destroy();
  });

  it('a reload with a broken certificate changes nothing', async () => {
    const server = await serve();
    expect(() => {
      server.door.reload(material({ certificates: [{ ...own(rsaServer), chain: 'no certificate' }] }));
    }).toThrow();
    expect(await ask(server, asPhone(phone))).toBe(200);
    expect(server.requests[0]?.certificate?.verifiedFor).toEqual([SPA]);
  });
});

describe('strange connections', () => {
  it('T7: a handshake that is opened and left is closed, and others are served meanwhile', async () => {
    const server = await serve({}, { handshakeMilliseconds: 300 });
    const left = Array.from(
      { length: 100 },
      () =>
        new Promise((resolve) => {
          const socket = connectTcp(server.port, '127.0.0.1');
          socket.on('error', () => undefined);
          socket.on('close', resolve);
        }),
    );
    expect(await ask(server)).toBe(200);
    await Promise.all(left);
  });

  it('plain HTTP, noise and a huge SNI end the connection, in one log line each', async () => {
    const server = await serve();
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      randomBytes(300),
      Buffer.alloc(70_000, 0x16),
    ]) {
      await new Promise((resolve) => {
        const socket = connectTcp(server.port, '127.0.0.1', () => socket.write(bytes));
        socket.on('error', () => undefined);
        socket.on('data', () => undefined);
        socket.on('close', resolve);
      });
    }
    expect(await ask(server)).toBe(200);
    expect(server.lines.filter((line) => line.event === 'door_refused')).toHaveLength(3);
  });

  it.skipIf(!hasOpenssl)('T6: a client that renegotiates is cut off', async () => {
    const server = await serve();
    const out = await new Promise<string>((resolve) => {
      const client = execFile(
        'openssl',
        ['s_client', '-connect', `127.0.0.1:${String(server.port)}`, '-tls1_2'],
        { timeout: 5000 },
        (_failure, stdout, stderr) => {
          resolve(stdout + stderr);
        },
      );
      client.stdin?.write('R\n');
      setTimeout(() => client.stdin?.end(), 500);
    });
    expect(out).toMatch(/no renegotiation|RENEGOTIATING[\s\S]*error/);
    expect(await ask(server)).toBe(200);
  });
});
