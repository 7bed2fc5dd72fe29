import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootPhone } from '../../src/simulate/boot.ts';
import { answerChallenge, fetchFile } from '../../src/simulate/fetch.ts';
import { runOffhook } from '../kit/cli.ts';
import { fetchOwn, MAKER_NAMES, MAKERS, nextMac, openOffice, placeOf, read, type Maker } from '../kit/office.ts';
import { factoryPhone, writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { fetchTftp, RawClient } from '../kit/tftp-client.ts';

/** Of this run alone, so that whoever else has 5555 or 69 on this machine is not in the way. */
const OWN_ADDRESS = `127.55.${String((process.pid >> 8) & 255)}.${String(process.pid & 255 || 1)}`;

// What is settled at the start needs a product of its own; four of them serve all tests here.
let asItComes: TestProduct;
let preset: TestProduct;
let moved: TestProduct;
let offhook: TestProduct;
let ports: { readonly http: number; readonly tftp: number; readonly closedTftp: number };

beforeAll(async () => {
  ports = { http: await freeTcpPort(), tftp: await freeUdpPort(), closedTftp: await freeUdpPort() };
  const legacy = { OFFHOOK_DOORS_LEGACY_OPEN: 'true', OFFHOOK_DOORS_LEGACY_ADDRESS: OWN_ADDRESS };
  const environments = [
    {
      OFFHOOK_DOORS_LEGACY_PORT: undefined,
      OFFHOOK_DOORS_TFTP_PORT: undefined,
      OFFHOOK_DOORS_TFTP_ADDRESS: OWN_ADDRESS,
    },
    {
      ...legacy,
      OFFHOOK_DOORS_LEGACY_PORT: undefined,
      OFFHOOK_DOORS_TFTP_OPEN: 'false',
      OFFHOOK_DOORS_TFTP_PORT: String(ports.closedTftp),
    },
    {
      ...legacy,
      OFFHOOK_DOORS_LEGACY_PORT: String(ports.http),
      OFFHOOK_DOORS_TFTP_PORT: String(ports.tftp),
      OFFHOOK_DOORS_SECURE_HTTPAUTH: 'basic',
      OFFHOOK_DOORS_SPA_HTTPAUTH: 'digest',
    },
    { OFFHOOK_DOORS_TFTP_NETWORKS: '["127.0.0.2/32"]' },
  ];
  const started: TestProduct[] = [];
  for (const environment of environments) started.push(await startTestProduct({ environment }));
  [asItComes, preset, moved, offhook] = started as [TestProduct, TestProduct, TestProduct, TestProduct];
  await moved.must('PUT', '/tenants/acme', { title: 'Acme' });
}, 180_000);
afterAll(async () => {
  for (const product of [asItComes, preset, moved, offhook]) await product.close();
});

const reportOf = ({ product }: TestProduct, name: string) => product.reports.find((report) => report.name === name);

function freeTcpPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => {
        resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
      });
    });
  });
}

async function freeUdpPort(): Promise<number> {
  const client = await RawClient.open({ port: 0 });
  const { port } = client.socket.address();
  await new Promise<void>((resolve) => client.socket.close(resolve));
  return port;
}

/** What the system says of a datagram to this port, when nobody has it open. */
function errorOfDatagram(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.on('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code ?? '');
    });
    socket.connect(port, '127.0.0.1', () => {
      socket.send('\0\x01805ec0000001.cfg\0octet\0');
    });
  });
}

const MODEL_FILE = 'y000000000108.cfg';
const BOOTSTRAP = /^#!version:1\.0\.0\.1/;

interface Credentials {
  readonly token: string;
  readonly httpUser: string;
  readonly httpPassword: string;
}
const credentialsOf = (offhook: TestProduct, path: string): Promise<Credentials> =>
  read<Credentials>(offhook, `${path}/credentials`);

const basic = ({ httpUser, httpPassword }: Credentials): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${httpUser}:${httpPassword}`).toString('base64')}`,
});

const challengesIn = ({ rawHeaders }: Answer): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'www-authenticate');

describe('ports', () => {
  test('S4.17 the HTTP provisioning port is settable; it is closed unless opened, and 5555 where no other is named', async () => {
    expect(reportOf(asItComes, 'legacy')).toMatchObject({ open: false, port: 5555 });
    expect(reportOf(asItComes, 'legacy')?.remark).toContain('doors.legacy.open: true');

    expect(reportOf(preset, 'legacy')).toMatchObject({ open: true, port: 5555 });
    const answer = await ask(`http://${OWN_ADDRESS}:5555/tftpboot/${MODEL_FILE}`);
    expect([answer.status, BOOTSTRAP.test(answer.text)]).toEqual([200, true]);

    expect(reportOf(moved, 'legacy')).toMatchObject({ open: true, port: ports.http });
    expect((await ask(`http://${OWN_ADDRESS}:${String(ports.http)}/tftpboot/${MODEL_FILE}`)).status).toBe(200);
    // Phones that can have their files nowhere else are told this port.
    const mac = nextMac('cisco-spa');
    await moved.must('PUT', `/tenants/acme/phones/${mac}`, { vendor: 'cisco-spa', model: 'SPA504G' });
    expect((await placeOf(moved, 'acme', mac)).directory).toMatch(
      new RegExp(`^http://127\\.0\\.0\\.1:${String(ports.http)}/tftpboot/p/`),
    );
  });

  test('S4.18 TFTP is on UDP 69, and on another port where one is set', async () => {
    const report = reportOf(asItComes, 'tftp');
    expect(report).toMatchObject({ scheme: 'tftp', port: 69 });
    // An account without the right to bind it is told which setting to change.
    if (report?.open !== true) expect(report?.remark).toMatch(/more rights.*doors\.tftp\.port/);
    else {
      const fetched = await fetchFile(new URL(`tftp://${OWN_ADDRESS}/${MODEL_FILE}`), {});
      expect([fetched.status, BOOTSTRAP.test(fetched.text)]).toEqual([200, true]);
    }
    expect(reportOf(moved, 'tftp')).toMatchObject({ open: true, port: ports.tftp });
    expect((await fetchTftp({ port: ports.tftp }, MODEL_FILE)).bytes.toString()).toMatch(BOOTSTRAP);
  });
});

describe('TFTP', () => {
  const RANGES_OF_NOBODY = [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '169.254.0.0/16',
    '127.0.0.0/8',
    '::1/128',
    'fc00::/7',
    'fe80::/10',
  ];

  /** One address may ask, the other may not: both have asked when the first has its answer, since one socket hears both in turn. */
  async function expectOnly(allowed: string, refused: string): Promise<void> {
    const server = { port: offhook.port('tftp') };
    const open = async (address: string): Promise<RawClient> => {
      const socket = createSocket('udp4');
      await new Promise<void>((resolve) => socket.bind(0, address, resolve));
      return new RawClient(socket, server);
    };
    const [outsider, insider] = [await open(refused), await open(allowed)];
    outsider.ask(MODEL_FILE);
    insider.ask(MODEL_FILE);
    expect((await insider.next())?.packet.kind).toBe('data');
    expect(outsider.received).toEqual([]);
    outsider.close();
    insider.close();
    await offhook.product.settle();
    const { items } = await read<{ items: readonly object[] }>(offhook, '/journal');
    expect(items).toContainEqual(
      expect.objectContaining({ door: 'tftp', address: refused, outcome: 'refused', reason: 'foreign_network' }),
    );
  }

  /** What a known phone gets, what somebody with its MAC off by one gets. */
  async function fetchBoth(offhook: TestProduct, mac: string, prefix = ''): Promise<readonly [string, string]> {
    const unknown = `${mac.slice(0, -4)}ffff`;
    const fetch = async (name: string): Promise<string> =>
      (await fetchTftp({ port: offhook.port('tftp') }, `${prefix}${name}.cfg`)).bytes.toString();
    return [await fetch(mac), await fetch(unknown)];
  }

  test('S4.19 TFTP can be refused as a whole and per network, and gives secrets to the unproven only where a tenant insists', async () => {
    expect(reportOf(preset, 'tftp')?.open).toBe(false);
    expect(await errorOfDatagram(ports.closedTftp)).toBe('ECONNREFUSED');

    await expectOnly('127.0.0.2', '127.0.0.3');
    expect(new Set(moved.config.doors.tftp.networks)).toEqual(new Set(RANGES_OF_NOBODY));

    const mac = nextMac('yealink');
    const phone = { tenant: 'acme', vendor: 'yealink', model: 'T46U', mac, extension: '201' } as const;
    await writePhone(moved, { ...phone, password: 'sip-secret-201' });
    const { token } = await credentialsOf(moved, `/tenants/acme/phones/${mac}`);

    const [known, unknown] = await fetchBoth(moved, mac);
    expect(known).toMatch(BOOTSTRAP);
    expect(known).toBe(unknown);
    expect(known).not.toMatch(/\b201\b/);
    // Even the phone's own token is no use on a wire that everybody can read.
    expect((await fetchBoth(moved, mac, `p/${token}/`))[0]).not.toContain('sip-secret');

    const lower = (networks: readonly string[]): Promise<unknown> =>
      moved.must('PATCH', '/tenants/acme', {
        policy: { lowered: [{ door: 'tftp', networks, content: 'full', level: 0 }] },
      });
    await lower(['192.0.2.0/24']);
    expect((await fetchBoth(moved, mac))[0]).toBe(known);
    await lower(['127.0.0.0/8']);
    const [insisted, stranger] = await fetchBoth(moved, mac);
    expect(insisted).toContain('account.1.password = sip-secret-201');
    expect(stranger).toBe(unknown);
    const { warnings } = await read<{ warnings: readonly { message: string }[] }>(moved, '/tenants/acme');
    expect(JSON.stringify(warnings)).toContain('tftp');
  });
});

describe('HTTP authentication', () => {
  /** What a bare MAC says, and what a MAC that nobody has says; each must be the same 401, without any content. */
  async function expectNothingFor(directory: string, mac: string): Promise<readonly string[]> {
    const known = await ask(`${directory}${mac}.cfg`);
    const unknown = await ask(`${directory}${mac.slice(0, -4)}ffff.cfg`);
    expect([known.status, known.text]).toEqual([401, 'Unauthorized\n']);
    expect([unknown.status, unknown.text]).toEqual([401, 'Unauthorized\n']);
    const schemes = (answer: Answer): readonly string[] =>
      challengesIn(answer).map((challenge) => challenge.replace(/nonce="[^"]+"/, 'nonce'));
    expect(schemes(known)).toEqual(schemes(unknown));
    expect(schemes(known)).not.toEqual([]);
    return schemes(known);
  }

  test('S4.21 a bare MAC without credentials gets 401 and no content where HTTP authentication is on', async () => {
    await offhook.must('PUT', '/tenants/guarded', { policy: { httpAuth: 'basic' } });
    const mac = nextMac('yealink');
    const phone = { vendor: 'yealink', model: 'T46U', mac, extension: '221', password: 'sip-secret-221' } as const;
    await writePhone(offhook, { tenant: 'guarded', ...phone });
    const tenant = await credentialsOf(offhook, '/tenants/guarded');
    const own = await credentialsOf(offhook, `/tenants/guarded/phones/${mac}`);
    const prefix = `${offhook.door('secure')}/t/${tenant.token}/`;
    await expectNothingFor(prefix, mac);
    const wrong = await ask(`${prefix}${mac}.cfg`, {
      headers: basic({ ...own, httpPassword: `${own.httpPassword}x` }),
    });
    expect([wrong.status, wrong.text]).toEqual([401, 'Unauthorized\n']);
    const right = await ask(`${prefix}${mac}.cfg`, { headers: basic(own) });
    expect([right.status, right.text.includes('sip-secret-221')]).toEqual([200, true]);

    await writePhone(moved, { tenant: 'acme', ...phone });
    await expectNothingFor(`${moved.door('secure')}/`, mac);
    const proven = await ask(`${moved.door('secure')}/${mac}.cfg`, {
      headers: basic(await credentialsOf(moved, `/tenants/acme/phones/${mac}`)),
    });
    expect([proven.status, proven.text.includes('sip-secret-221')]).toEqual([200, true]);
  });

  /** The maker's words for the credentials that a phone is to use from now on. */
  const HELD: Readonly<Record<Maker, (params: ReadonlyMap<string, string>) => readonly (string | undefined)[]>> = {
    yealink: (params) => ['username', 'password'].map((name) => params.get(`static.auto_provision.server.${name}`)),
    snom: (params) => ['http_client_user', 'http_client_pass'].map((name) => params.get(name)),
    polycom: (params) => ['device.prov.user', 'device.prov.password'].map((name) => params.get(name)),
    'cisco-spa': (params) => /--uid (\S+) --pwd (\S+)\]/.exec(params.get('Profile_Rule') ?? '')?.slice(1) ?? [],
  };

  /** One phone’s credentials, drawn or written by an administrator, are not its neighbour’s; a window hands them out. */
  async function expectOwnOnly(): Promise<void> {
    await offhook.must('PUT', '/tenants/window-co', { policy: { httpAuth: 'digest' } });
    const [one, other] = [nextMac('yealink'), nextMac('yealink')];
    for (const [mac, extension] of [
      [one, '211'],
      [other, '212'],
    ] as const) {
      const phone = { tenant: 'window-co', vendor: 'yealink', model: 'T46U', mac, extension } as const;
      await writePhone(offhook, { ...phone, password: `sip-secret-${extension}` });
    }
    const drawn = await credentialsOf(offhook, `/tenants/window-co/phones/${one}`);
    const own = { ...drawn, httpUser: 'reception', httpPassword: 'http-secret-211' };
    await offhook.must('PATCH', `/tenants/window-co/phones/${one}`, {
      httpUser: own.httpUser,
      httpPassword: own.httpPassword,
    });
    const { token } = await credentialsOf(offhook, '/tenants/window-co');
    const fetchWith = async (mac: string, { httpUser, httpPassword } = own): Promise<Answer> => {
      const url = new URL(`${offhook.door('secure')}/t/${token}/${mac}.cfg`);
      const login = { user: httpUser, password: httpPassword };
      const authorization = answerChallenge(challengesIn(await ask(url.href)), url, login) ?? '';
      return ask(url.href, { headers: { authorization } });
    };
    expect((await fetchWith(one)).text).toContain('sip-secret-211');
    expect((await fetchWith(one, drawn)).status).toBe(401);
    const foreign = await fetchWith(other);
    expect([foreign.status, foreign.text]).toEqual([401, 'Unauthorized\n']);

    const bare = `${offhook.door('secure')}/${one}.cfg`;
    const window = `/tenants/window-co/phones/${one}/window`;
    expect((await ask(bare)).status).toBe(404);
    await offhook.must('PUT', window, { content: 'full', minutes: 5 });
    expect((await ask(bare)).text).toContain(`static.auto_provision.server.password = ${own.httpPassword}`);
    await offhook.must('DELETE', window);
    expect((await ask(bare)).status).toBe(404);
    expect((await fetchOwn(offhook, 'window-co', 'yealink', one)).answer.status).toBe(401);
  }

  test('S4.22 Basic and Digest can be set per tenant and per door; each phone has credentials of its own, told in proven answers only', async () => {
    const office = await openOffice(offhook, 'digest-co');
    await offhook.must('PATCH', '/tenants/digest-co', { policy: { httpAuth: 'digest' } });
    await openOffice(offhook, 'open-co');
    const prefixOf = async (tenant: string): Promise<string> =>
      `${offhook.door('secure')}/t/${(await credentialsOf(offhook, `/tenants/${tenant}`)).token}/`;
    const prefix = await prefixOf('digest-co');

    // Per tenant: the one asks for Digest, its neighbour at the same door does not ask.
    const schemes = await expectNothingFor(prefix, office.macs.yealink);
    expect(schemes.map((challenge) => /^Digest .*algorithm=([\w-]+)/.exec(challenge)?.[1])).toEqual(['SHA-256', 'MD5']);
    expect((await ask(`${await prefixOf('open-co')}${office.macs.yealink}.cfg`)).status).not.toBe(401);
    await offhook.must('PATCH', '/tenants/digest-co', { policy: { httpAuth: 'basic' } });
    expect(await expectNothingFor(prefix, office.macs.yealink)).toEqual([expect.stringMatching(/^Basic realm=/)]);
    await offhook.must('PATCH', '/tenants/digest-co', { policy: { httpAuth: 'digest' } });
    // Per door, whatever the tenant: this product was started with Basic at the one and Digest at the other.
    expect(await expectNothingFor(`${moved.door('secure')}/`, nextMac('yealink'))).toEqual([
      expect.stringMatching(/^Basic realm=/),
    ]);
    expect((await expectNothingFor(`${moved.door('spa')}/`, nextMac('yealink')))[0]).toMatch(/^Digest realm=/);

    const seen = new Set<string>();
    for (const maker of MAKER_NAMES) {
      const mac = office.macs[maker];
      const own = await credentialsOf(offhook, `/tenants/digest-co/phones/${mac}`);
      expect(seen).not.toContain(own.httpPassword);
      seen.add(own.httpPassword);
      // A URL with the phone's token, as a maker's redirect service hands it over, leads to an answer with the credentials,
      // and the phone goes on with them.
      const handedOver = `${offhook.door(maker === 'cisco-spa' ? 'spa' : 'secure')}/p/${own.token}/`;
      const phone = factoryPhone(maker, MAKERS[maker].model, mac, { ignoresCertificate: true });
      const booted = await bootPhone(phone, handedOver);
      expect(booted.reason).toBeUndefined();
      expect(HELD[maker](booted.params)).toEqual([own.httpUser, own.httpPassword]);
      expect(booted.home).toContain('/t/');
    }
    // Never in what anyone may fetch.
    for (const url of [`${offhook.door('bootstrap')}/`, `${offhook.door('bootstrap')}${new URL(prefix).pathname}`]) {
      const bootstrap = await ask(`${url}${office.macs.yealink}.cfg`);
      expect(bootstrap.status).toBe(200);
      expect(Array.from(seen).filter((password) => bootstrap.text.includes(password))).toEqual([]);
      expect(bootstrap.text).not.toContain('server.username');
    }
    await expectOwnOnly();
  });
});

describe('documents', () => {
  const ROOT = join(import.meta.dirname, '..', '..');
  const markdownBelow = (folder: string): readonly string[] =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));

  /** Names of the inner commands in a help text: below its headings, but arguments stand below one as well. */
  const commandsIn = (help: string): readonly string[] =>
    help
      .split(/^(?=\S[^\n]*:$)/m)
      .filter((section) => !/^(?:Arguments|Options|Examples?):/.test(section))
      .slice(1)
      .flatMap((section) => Array.from(section.matchAll(/^ {2}([a-z][a-z-]*) /gm), ([, name = '']) => name))
      .filter((name) => !['offhook', 'help'].includes(name));

  /** Everything a user reads: the documents, what every command says of itself, what the API says of itself. */
  async function textsForUsers(): Promise<ReadonlyMap<string, string>> {
    const topLevel = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
    const files = [...topLevel, ...markdownBelow('docs'), ...markdownBelow('src'), ...markdownBelow('examples')];
    const texts = new Map(files.map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]));
    const waiting: (readonly string[])[] = [[]];
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const { stdout } = await runOffhook(offhook, ...path, '--help');
      texts.set(`offhook ${path.join(' ')} --help`, stdout);
      for (const name of commandsIn(stdout)) waiting.push([...path, name]);
    }
    for (const path of ['/openapi.json', '/settings', '/catalogue'])
      texts.set(path, (await offhook.api('GET', path)).text);
    return texts;
  }

  const PREFIX = /\bOUIs?\b|\bprefix|first (?:six|6|three|3)\b|vendor part/i;
  const REST =
    /(?:last|remaining|other|lower) (?:six|6|three|3|24)\b|(?:last|remaining) (?:hex )?(?:digits|bits|octets|bytes)|suffix|2\^24|2²⁴|16[ .,]?777[ .,]?216|0{6}\S* *(?:to|-|–|…|\.\.) *\S*f{6}/i;
  const TRIES =
    /\b(?:try|tries|trying|walk|guess|enumerat|iterat|brute|count(?:s|ing)? (?:up|through)|request(?:s|ing)? (?:each|all|every)|one after (?:another|the other))/i;

  /** Whether a paragraph tells how: whose half of the address is known, which half is open, and that one goes through it. */
  const tellsHow = (text: string): readonly string[] =>
    text
      .split(/\n\s*\n|\\n\\n|","/)
      .filter((paragraph) => [PREFIX, REST, TRIES].every((pattern) => pattern.test(paragraph)));

  test('S4.23 neither documents nor help nor API texts print how the attack on MAC addresses is made', async () => {
    expect(tellsHow('Take a maker’s OUI and try the last six digits one after another.')).toHaveLength(1);
    expect(tellsHow('An attacker walks 000000..ffffff behind a known prefix.')).toHaveLength(1);
    expect(tellsHow('Nobody who guesses a MAC gets a password.')).toEqual([]);

    const texts = await textsForUsers();
    const names = Array.from(texts.keys());
    expect(names).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'docs/problems.md', '/openapi.json']));
    expect(names).toEqual(expect.arrayContaining(['offhook phone --help', 'offhook phone create --help']));
    expect(names.filter((name) => (texts.get(name) ?? '').length < 100)).toEqual([]);
    expect(names.flatMap((name) => tellsHow(texts.get(name) ?? '').map((found) => `${name}: ${found}`))).toEqual([]);
  }, 60_000);
});
