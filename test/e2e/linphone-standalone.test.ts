import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { softclients } from '../../src/vendors/softclients/index.ts';
import { startKamailio, type Kamailio, type SipUser } from '../kit/kamailio.ts';
import { startLinphone, type LinphoneOptions } from '../kit/linphone.ts';
import { openNamespace, type Namespace } from '../kit/netns.ts';
import { renderPhone, type NeutralPhone } from '../kit/render-input.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';
import { missingTools } from '../kit/tools.ts';

const { driver } = softclients;
const PATH = '/p/abcdefgh2345/';
const REALM = 'pbx.example.com';

/** What the real program asked for and was given, and what it is to be given next. */
interface FileServer {
  readonly url: string;
  readonly requests: { readonly path: string; readonly userAgent: string | undefined }[];
  body: Uint8Array;
  readonly close: () => Promise<void>;
}

async function serve(address: string, ca: TestCa): Promise<FileServer> {
  // No subjectAltName: Linphone's TLS reads no addresses there, but then it does not look at the common name (seen: 5.1.65).
  const { key, chain } = await ca.issue({ subject: [['CN', address]] });
  const server: Server = createServer({ key, cert: chain }, (request, response) => {
    files.requests.push({ path: request.url ?? '', userAgent: request.headers['user-agent'] });
    const found = request.url === `${PATH}linphone.xml`;
    response.writeHead(found ? 200 : 404, { 'Content-Type': driver.codec.contentType('settings') });
    response.end(found ? files.body : '');
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const files: FileServer = {
    url: `https://${address}:${String(bound.port)}${PATH}`,
    requests: [],
    body: new Uint8Array(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
  return files;
}

const missing = missingTools('netns', 'ip', 'timeout', 'linphonec', 'kamailio');
const why = missing.length === 0 ? '' : ` (skipped: this machine lacks ${missing.join(', ')})`;

describe.skipIf(missing.length > 0)(`a real Linphone with our file${why}`, () => {
  let namespace: Namespace;
  let files: FileServer;
  let ca: TestCa;

  beforeEach(async () => {
    namespace = openNamespace();
    ca = await createTestCa('Offhook test CA');
    files = await serve(namespace.hostAddress, ca);
  });

  afterEach(async () => {
    await files.close();
    await namespace.close();
  });

  const fileOf = (name: string, from: TestCa): string => {
    const path = join(namespace.folder, name);
    writeFileSync(path, from.certificate);
    return path;
  };

  const started = (users: readonly SipUser[]): Promise<Kamailio> => startKamailio(namespace, { realm: REALM, users });

  const linphone = (options: Partial<LinphoneOptions> = {}): ReturnType<typeof startLinphone> =>
    startLinphone(namespace, { configUri: `${files.url}linphone.xml`, rootCa: fileOf('ca.pem', ca), ...options });

  /** The neutral phone of these tests, through the whole driver; the registrar is reached as an outbound proxy would be. */
  const render = (
    lines: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    more: Partial<NeutralPhone> = {},
  ): ReturnType<typeof renderPhone> => {
    const server = {
      'line.serverHost': REALM,
      'line.outboundProxyHost': namespace.address,
      'line.outboundProxyPort': 5070,
      'line.transport': 'udp',
    };
    const all = Object.entries(lines).map(([line, settings]) => [line, { ...server, ...settings }]);
    return renderPhone(driver, {
      model: 'Linphone',
      mac: '',
      lines: Object.fromEntries(all) as NonNullable<NeutralPhone['lines']>,
      ...more,
      settings: { 'provisioning.url': files.url, ...more.settings },
    });
  };

  test('fetches it over HTTPS and registers as the right user, with a password and a name that need every escape', async () => {
    const password = 'p"a<s>s&w\\o;r#d=%\'x';
    const kamailio = await started([{ user: '201', authUser: 'auth-201', password }]);
    const line = {
      'line.displayName': 'Ali"ce \\ <Exämple> & Co; x=y',
      'line.user': '201',
      'line.authUser': 'auth-201',
      'line.password': password,
      'line.registerExpiresSeconds': 720,
    };
    files.body = render({ 1: line }).bytes;
    const program = linphone();
    const registration = await kamailio.registered(({ expires }) => expires > 0);
    expect(registration).toMatchObject({ user: '201', domain: REALM, authUser: 'auth-201', expires: 720 });
    expect(registration.transport).toBe('udp');
    expect(registration.userAgent).toMatch(/^Linphonec\//);
    expect(registration.from).toContain('"Ali\\"ce \\\\ <Exämple> & Co; x=y" <sip:201@pbx.example.com>');
    expect(await program.registered()).toHaveLength(1);
    expect(kamailio.refusals()).toEqual([]);
    expect(files.requests).toEqual([{ path: `${PATH}linphone.xml`, userAgent: 'Unknown' }]);
    await program.stop();
    expect(program.saved()).not.toContain(password);
  });

  test('the same program started again registers again, and once more after the password was changed', async () => {
    const before: SipUser = { user: '201', password: 'first-secret' };
    const after: SipUser = { user: '201', password: 'second-secret' };
    const bytesFor = ({ user, password }: SipUser): Uint8Array =>
      render({ 1: { 'line.user': user, 'line.password': password } }).bytes;
    let kamailio = await started([before]);
    files.body = bytesFor(before);
    for (const turn of ['first start', 'second start']) {
      const program = linphone();
      expect(await program.registered(), turn).toHaveLength(1);
      await program.stop();
    }
    await kamailio.stop();
    kamailio = await started([after]);
    files.body = bytesFor(after);
    const program = linphone();
    expect(await program.registered()).toHaveLength(1);
    expect(kamailio.refusals()).toEqual([]);
    // The URL it comes back with is the one we gave it, which it had saved.
    expect(files.requests).toHaveLength(3);
  });

  test('two lines register, over UDP and TCP; a line that is taken away is gone at the next start', async () => {
    const users = [
      { user: '201', password: 'secret-201' },
      { user: '203', password: 'secret-203' },
    ];
    const kamailio = await started(users);
    const [one, three] = users.map(({ user, password }) => ({ 'line.user': user, 'line.password': password }));
    const both = render({ 1: { ...one }, 3: { ...three, 'line.transport': 'tcp' } });
    files.body = both.bytes;
    const first = linphone();
    expect(await first.registered(2)).toHaveLength(2);
    const transports = kamailio.registrations().map(({ user, transport }) => [user, transport]);
    expect(transports).toContainEqual(['201', 'udp']);
    expect(transports).toContainEqual(['203', 'tcp']);
    await first.stop();

    const seen = kamailio.registrations().length;
    files.body = render({ 1: { ...one } }, { given: both.params.map(({ name }) => name) }).bytes;
    const second = linphone();
    expect(await second.registered()).toHaveLength(1);
    await second.stop();
    const users2 = new Set(
      kamailio
        .registrations()
        .slice(seen)
        .map(({ user }) => user),
    );
    expect(Array.from(users2)).toEqual(['201']);
    expect(second.saved()).not.toContain('sip:203@');
  });

  test('the codecs on its list are ours, in our order; when ours are gone its own come back, and ours stay switched on', async () => {
    await started([{ user: '201', password: 'secret-201' }]);
    const line = { 'line.user': '201', 'line.password': 'secret-201' };
    const codecsOf = async (program: ReturnType<typeof linphone>): Promise<readonly string[]> => {
      await program.registered();
      program.type('codec list');
      await new Promise((resolve) => setTimeout(resolve, 500));
      await program.stop();
      return Array.from(program.console().matchAll(/^ ?\d+: (\S+) \(\d+\) enabled/gm), ([, mime = '']) => mime);
    };
    files.body = render({ 1: line }).bytes;
    const own = await codecsOf(linphone());
    const chosen = render({ 1: { ...line, 'line.codecs': ['g722', 'pcma', 'gsm'] } });
    files.body = chosen.bytes;
    expect(await codecsOf(linphone())).toEqual(['G722', 'PCMA', 'GSM']);
    files.body = render({ 1: line }, { given: chosen.params.map(({ name }) => name) }).bytes;
    const after = await codecsOf(linphone());
    expect(new Set(after)).toEqual(new Set([...own, 'G722', 'PCMA', 'GSM']));
    expect(after.filter((mime) => own.includes(mime))).toEqual(own);
  });

  test('a server whose certificate it does not trust gets no request from it', async () => {
    const kamailio = await started([{ user: '201', password: 'secret-201' }]);
    files.body = render({ 1: { 'line.user': '201', 'line.password': 'secret-201' } }).bytes;
    const program = linphone({ rootCa: fileOf('other.pem', await createTestCa('Somebody else')) });
    await expect(program.registered(1, 4_000)).rejects.toThrow('did not register');
    expect(files.requests).toEqual([]);
    expect(kamailio.registrations()).toEqual([]);
  });

  test('told not to come back, it fetches no more and still registers with what it saved', async () => {
    const kamailio = await started([{ user: '201', password: 'secret-201' }]);
    const settings = { 'provisioning.syncMethods': [] };
    files.body = render({ 1: { 'line.user': '201', 'line.password': 'secret-201' } }, { settings }).bytes;
    for (const turn of ['first start', 'second start']) {
      const program = linphone();
      expect(await program.registered(), turn).toHaveLength(1);
      await program.stop();
    }
    expect(files.requests).toHaveLength(1);
    expect(kamailio.refusals()).toEqual([]);
  });
});
