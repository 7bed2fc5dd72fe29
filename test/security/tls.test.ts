import { execFile } from 'node:child_process';
import { connect, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, journal, looksLike, type KnownPhone } from '../kit/attack.ts';
import { clientHello, firstRecord } from '../kit/hello.ts';
import { factoryCertificate, shown } from '../kit/phones.ts';
import { ask, startTestProduct, type Answer, type Ask, type TestProduct } from '../kit/product.ts';
import { createTestCa, selfSigned, type TestCa, type TestCertificate } from '../kit/test-ca.ts';
import { fetchTftp } from '../kit/tftp-client.ts';
import { missingTools } from '../kit/tools.ts';

const DAY = 86_400_000;
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

let offhook: TestProduct;
let makerCa: TestCa;
beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' } });
  makerCa = await createTestCa('Yealink factory', { keyType: 'ec' });
  await offhook.must('POST', '/authorities', { vendor: 'yealink', pem: makerCa.certificate });
  const lowered = (['legacy', 'tftp'] as const).map((door) => ({
    door,
    networks: ['127.0.0.0/8'],
    content: 'full',
    level: 1,
  }));
  await offhook.must('PUT', '/tenants/acme', {
    title: 'Acme',
    networks: ['127.0.0.0/8'],
    policy: { lowered },
  });
  await offhook.must('PUT', '/tenants/strict', { title: 'Strict' });
});
afterAll(() => offhook.close());

const bare = (phone: KnownPhone, certificate?: TestCertificate): Promise<Answer> =>
  ask(`${offhook.door('secure')}/${phone.file}`, certificate === undefined ? {} : { certificate: shown(certificate) });

async function fingerprintSeen(phone: KnownPhone): Promise<string> {
  const evidence = (await journal(offhook)).find(({ mac }) => mac === phone.mac)?.evidence.join(' ') ?? '';
  return /certificate ([0-9a-f]{64})/.exec(evidence)?.[1] ?? '';
}

test('T3 a certificate that is expired, not yet valid, self-signed, of a wrong use or with two names is refused, and only the journal says why', async () => {
  const phone = await addPhone(offhook, 'strict', 'yealink', 'aa0041');
  const other = await addPhone(offhook, 'strict', 'yealink', 'aa0042');
  const own = { keyType: 'ec', subject: [['CN', phone.mac]] } as const;
  const unknownCa = await createTestCa('Yealink factory', { keyType: 'ec' });
  const bad: readonly (readonly [RegExp, TestCertificate])[] = [
    [/expired/, await makerCa.issue({ ...own, notAfter: new Date(Date.now() - DAY) })],
    [/not yet valid/, await makerCa.issue({ ...own, notBefore: new Date(Date.now() + DAY) })],
    [/self-signed/, await selfSigned(own)],
    [/signed by no imported CA/, await unknownCa.issue(own)],
    [/not made for client authentication/, await makerCa.issue({ ...own, extendedKeyUsage: [SERVER_AUTH] })],
    [/control character/, await makerCa.issue({ ...own, subject: [['CN', `${phone.mac}\0.example.com`]] })],
    [
      /names no phone/,
      await makerCa.issue({
        ...own,
        subject: [
          ['CN', phone.mac],
          ['CN', other.mac],
        ],
      }),
    ],
    [/names no phone/, await makerCa.issue({ ...own, subject: [['CN', `${phone.mac} ${other.mac}`]] })],
  ];
  const plain = looksLike(await bare(phone));
  expect(plain).toMatchObject({ status: 404 });
  for (const [reason, certificate] of bad) {
    expect(looksLike(await bare(phone, certificate)), String(reason)).toEqual(plain);
    expect((await journal(offhook))[0]).toMatchObject({
      proof: 'none',
      reason: expect.stringMatching(reason) as string,
    });
  }
  const good = await makerCa.issue({ ...own, extendedKeyUsage: [CLIENT_AUTH] });
  expect((await bare(phone, good)).text).toContain(phone.sipPassword);
});

test('T3 a revoked certificate is none from the next request on, on a connection that is open and on a resumed session', async () => {
  const phone = await addPhone(offhook, 'strict', 'yealink', 'aa0043');
  const certificate = await factoryCertificate(makerCa, 'yealink', phone.mac);
  const successor = await factoryCertificate(makerCa, 'yealink', phone.mac);
  expect((await bare(phone, certificate)).text).toContain(phone.sipPassword);
  const fingerprint = await fingerprintSeen(phone);

  const options: ConnectionOptions = {
    port: offhook.port('secure'),
    host: '127.0.0.1',
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.2',
    ...shown(certificate),
  };
  const open = connect(options);
  const request = (last: boolean): string =>
    `GET /${phone.file} HTTP/1.1\r\nHost: x\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
  let received = '';
  open.setEncoding('latin1');
  open.on('data', (text: string) => (received += text));
  const heard = async (what: string): Promise<void> => {
    while (!received.includes(what)) await new Promise((resolve) => open.once('data', resolve));
  };
  open.write(request(false));
  await heard(phone.sipPassword);
  const session = open.getSession();

  await offhook.must('POST', '/revocations', { fingerprint, note: 'sold with its flash' });
  received = '';
  open.write(request(true));
  await heard('Not found');
  expect(received).toMatch(/^HTTP\/1\.1 404/);
  expect(received).not.toContain(phone.sipPassword);
  open.destroy();

  const resumed = connect({ ...options, ...(session === undefined ? {} : { session }) });
  let again = '';
  let isReused = false;
  resumed.once('secureConnect', () => (isReused = resumed.isSessionReused()));
  resumed.on('data', (bytes: Buffer) => (again += bytes.toString('latin1')));
  resumed.write(request(true));
  await new Promise((resolve) => resumed.once('close', resolve));
  expect(isReused).toBe(true);
  expect(again).toMatch(/^HTTP\/1\.1 404/);

  expect(looksLike(await bare(phone, certificate))).toEqual(looksLike(await bare(phone)));
  const refused = (await journal(offhook)).find(({ reason }) => reason.includes('is revoked'));
  expect(refused).toMatchObject({ proof: 'none', reason: expect.stringContaining(fingerprint) as string });
  // The MAC stays good: with another certificate, or the phone's own URL beside the revoked one.
  expect((await bare(phone, successor)).text).toContain(phone.sipPassword);
  const byUrl = `${offhook.door('secure')}/p/${phone.token}/${phone.file}`;
  expect((await ask(byUrl, { certificate: shown(certificate) })).text).toContain(phone.sipPassword);

  expect((await offhook.must('GET', '/revocations')).items).toMatchObject([{ fingerprint, by: 'admin' }]);
  await offhook.must('DELETE', `/revocations/${fingerprint}`);
  expect((await bare(phone, certificate)).text).toContain(phone.sipPassword);
  const audit = ((await offhook.must('GET', '/audit')) as { readonly items: readonly { readonly what: string }[] })
    .items;
  expect(audit.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['certificate.revoked', 'certificate.reinstated']),
  );
});

test('T4 a blocked phone gets nothing by any other proof, on any door', async () => {
  const phone = await addPhone(offhook, 'acme', 'yealink', 'aa0044');
  const certificate = await factoryCertificate(makerCa, 'yealink', phone.mac);
  const basic = `Basic ${Buffer.from(`${phone.httpUser}:${phone.httpPassword}`).toString('base64')}`;
  const ways: readonly (readonly [string, Ask])[] = [
    [`${offhook.door('secure')}/${phone.file}`, { certificate: shown(certificate) }],
    [`${offhook.door('secure')}/p/${phone.token}/${phone.file}`, {}],
    [`${offhook.door('secure')}/${phone.file}`, { headers: { authorization: basic } }],
    [`${offhook.door('legacy')}/${phone.file}`, {}],
    [`${offhook.door('legacy')}/p/${phone.token}/${phone.file}`, { headers: { authorization: basic } }],
    [`${offhook.door('bootstrap')}/p/${phone.token}/${phone.file}`, {}],
    [`${offhook.door('spa')}/p/${phone.token}/${phone.file}`, { certificate: shown(certificate) }],
  ];
  const answers = async (): Promise<readonly string[]> => [
    ...(await Promise.all(ways.map(async ([url, how]) => (await ask(url, how)).text))),
    (await fetchTftp({ port: offhook.port('tftp') }, phone.file)).bytes.toString(),
  ];
  const isOpen = (await answers()).map((text) => text.includes(phone.sipPassword));
  // All but the bootstrap door, which never gives more; the SPA door serves whoever proves it.
  expect(isOpen).toEqual([true, true, true, true, true, false, true, true]);
  const path = `/tenants/acme/phones/${phone.mac}`;
  await offhook.must('PUT', `${path}/window`, { minutes: 10, content: 'full' });
  await offhook.must('PATCH', path, { blocked: true });
  for (const text of await answers()) {
    expect(text).not.toContain(phone.sipPassword);
    expect(text).not.toContain(phone.httpPassword);
  }
  const stranger = { ...phone, mac: '805ec0aa0099', file: '805ec0aa0099.cfg' };
  expect(looksLike(await bare(phone, certificate))).toEqual(looksLike(await bare(stranger)));
});

const tlsDoors = (): readonly number[] => [offhook.port('secure'), offhook.port('spa')];

const handshake = (port: number, options: ConnectionOptions): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      resolve(socket.getProtocol() ?? '');
      socket.destroy();
    });
    socket.on('error', () => {
      resolve('refused');
    });
  });

test('T6 TLS 1.0 and 1.1 are refused at a door that was not opened for old phones', async () => {
  for (const port of tlsDoors()) {
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const old = { minVersion: version, maxVersion: version, ciphers: 'ALL@SECLEVEL=0' };
      expect(await handshake(port, old)).toBe('refused');
    }
    expect(await handshake(port, { maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
  }
});

test('T6 RC4, NULL, anonymous and export suites are refused, also at a door that was opened for old phones', async () => {
  const opened = await startTestProduct({ environment: { OFFHOOK_DOORS_SPA_LEGACYTLS: 'true' } });
  // RSA with RC4 and SHA-1 or MD5, ECDHE with RC4, NULL, DH anonymous, export (RFC 5246 A.5, RFC 4492 §6, RFC 2246 A.5).
  const weak = [0x0005, 0x0004, 0xc011, 0x0002, 0x003b, 0x0034, 0x006c, 0x0003, 0x0008];
  for (const port of [...tlsDoors(), opened.port('spa')]) {
    for (const version of [0x0301, 0x0303])
      for (const suite of weak) expect(await firstRecord(port, clientHello('a', [suite], version))).toBe(21);
    expect(await firstRecord(port, clientHello('a', [0xc02f, 0xc02b]))).toBe(22);
  }
  await opened.close();
});

test('T6 a host name of 64 KB, or one that is none, ends the handshake and not the process', async () => {
  for (const port of tlsDoors()) {
    for (const host of ['x'.repeat(64_000), 'x'.repeat(256), 'a\0b'])
      expect(await firstRecord(port, clientHello(host, [0xc02f, 0xc02b])), host.slice(0, 5)).toBe(21);
    expect(await handshake(port, { servername: 'never-heard-of.example.com' })).toBe('TLSv1.3');
  }
});

const missing = missingTools('openssl');

test.skipIf(missing.length > 0)(
  `T6 a client that renegotiates is cut off${missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')})`}`,
  async () => {
    for (const port of tlsDoors()) {
      const said = await new Promise<string>((resolve) => {
        const client = execFile(
          'openssl',
          ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2', '-legacy_renegotiation'],
          { timeout: 10_000 },
          (_failure, stdout, stderr) => {
            resolve(stdout + stderr);
          },
        );
        // openssl takes a line with R for the wish to renegotiate once the handshake is done.
        client.stdout?.once('data', () => void client.stdin?.write('R\n'));
      });
      expect(said).toContain('RENEGOTIATING');
      expect(said).toMatch(/no renegotiation|handshake failure|unexpected message|no_renegotiation/i);
      expect(await handshake(port, {})).toBe('TLSv1.3');
    }
  },
);
