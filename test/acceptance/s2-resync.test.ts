import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runOffhook } from '../kit/cli.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { digestFields, isRightDigest, startSipPeer, type Heard, type Reply, type SipPeer } from '../kit/sip-peer.ts';

const HOST = 'pbx.example.com';
const T = '/tenants/acme';
const OK = '200 OK';

let offhook: TestProduct;
let peer: SipPeer | undefined;
let ahead = 0;
let count = 0;

beforeAll(async () => {
  const clock = { now: () => new Date(Date.now() + ahead) };
  const environment = { OFFHOOK_DOORS_LEGACY_OPEN: 'true' };
  offhook = await startTestProduct({ clock, environment });
  await offhook.must('PUT', T, {
    networks: ['127.0.0.0/8'],
    policy: { lowered: [{ door: 'legacy', networks: ['127.0.0.0/8'], content: 'full', level: 3 }] },
  });
});
afterEach(async () => {
  await peer?.close();
  peer = undefined;
});
afterAll(() => offhook.close());

interface Made {
  readonly path: string;
  readonly mac: string;
  readonly number: string;
  readonly password: string;
}

/** A phone of its own for each test: while one is being told, it is not told again. */
async function phone(fields: object = {}, extension: object = {}): Promise<Made> {
  count += 1;
  const [number, mac] = [String(200 + count), `000e08${count.toString(16).padStart(6, '0')}`];
  const password = `sip-secret-${number}`;
  const path = `${T}/phones/${mac}`;
  await offhook.must('PUT', `${T}/extensions/${number}`, {
    displayName: number,
    password,
    serverHost: HOST,
    ...extension,
  });
  await offhook.must('PUT', path, { vendor: 'cisco-spa', model: 'SPA942', lines: [number], ...fields });
  return { path, mac, number, password };
}

/** What the tenant's requests go through from now on. */
async function proxy(reply: Reply, more: object = {}): Promise<SipPeer> {
  peer = await startSipPeer(reply);
  await offhook.must('PATCH', T, { sip: { proxy: { host: '127.0.0.1', port: peer.port }, realms: [], ...more } });
  return peer;
}

type Shown = Answer['json'];

/** Looks again until it has come so far, or to its end. */
async function until({ path }: Made, step: string): Promise<Shown> {
  for (;;) {
    const resync = await offhook.must('GET', `${path}/resync`);
    const isDone = resync.steps.some((one: Shown) => one.step === step && one.state === 'done');
    if (resync.state !== 'running' || isDone) return resync;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function resync(made: Made, body: object = {}): Promise<Shown> {
  await offhook.must('POST', `${made.path}/resync`, body);
  return until(made, 'answered');
}

const challenge = (more = 'qop="auth", algorithm=MD5', realm = HOST): string =>
  `401 Unauthorized\r\nWWW-Authenticate: Digest realm="${realm}", nonce="n1", ${more}`;

/** The nth request that was heard. */
function nth(heard: readonly Heard[], index: number): Heard {
  const found = heard[index];
  if (found === undefined) throw new Error(`only ${String(heard.length)} requests were heard`);
  return found;
}

const authorization = (heard: Heard | undefined): string | undefined => heard?.header('Authorization');

/** Lets pass who answers the challenge with this password. */
const challenging =
  (password: () => string, asked = challenge()): Reply =>
  (heard) => {
    if (authorization(heard) === undefined) return asked;
    return isRightDigest(authorization(heard), password()) ? OK : asked;
  };

async function fetchOwn({ path, mac }: Made): Promise<number> {
  const { url } = (await offhook.must('GET', `${path}/url`)) as { readonly url: string };
  const directory = new URL(url).pathname;
  return (await ask(`${offhook.door('legacy')}${directory}${mac}.xml`)).status;
}

test('S2.2 a change for one phone is pushed at once, and each step until the phone has it is shown', async () => {
  const made = await phone();
  await proxy(() => OK);
  expect(await fetchOwn(made)).toBe(200);
  await offhook.product.settle();
  await offhook.must('PATCH', made.path, { label: 'Reception' });
  expect(await offhook.must('GET', made.path)).toMatchObject({ state: 'outdated' });
  const told = await resync(made);
  expect(told.steps.map((step: Shown) => step.state)).toEqual(['done', 'done', 'awaited', 'open']);
  expect(await fetchOwn(made)).toBe(200);
  const end = await until(made, 'up_to_date');
  expect(end).toMatchObject({ state: 'done', answers: [200] });
  expect(await offhook.must('GET', made.path)).toMatchObject({ state: 'served' });
});

test('S2.3 nobody touches the phone: what is needed is sent to it, and what it fetches is its own request', async () => {
  const made = await phone();
  const { heard } = await proxy(() => OK);
  await resync(made);
  expect(heard).toHaveLength(1);
  expect(await fetchOwn(made)).toBe(200);
  expect(await until(made, 'up_to_date')).toMatchObject({ state: 'done' });
});

test('S2.4 an SPA phone is bootstrapped from its resync URL: the browser is sent there, and the phone fetches what the URL names', async () => {
  const made = await phone();
  const { url } = (await offhook.must('GET', `${made.path}/resync-url?phoneAddress=192.0.2.7`)) as {
    readonly url: string;
  };
  const [, profile = ''] = /^http:\/\/192\.0\.2\.7\/admin\/resync\?(.+)$/.exec(url) ?? [];
  // What the phone does with the URL, which names the secure door: its own MAC in place of the macro.
  const { pathname } = new URL(profile.replace('$MA', made.mac));
  const { status, text } = await ask(`${offhook.door('legacy')}${pathname}`);
  expect(status).toBe(200);
  expect(text).toContain(made.password);
});

test('S2.5 a phone whose line is registered is resynced by SIP, with no address asked for: the server of the line is told', async () => {
  peer = await startSipPeer(() => OK);
  await offhook.must('PATCH', T, { sip: null });
  const made = await phone({}, { serverHost: '127.0.0.1', serverPort: peer.port });
  expect(await resync(made)).toMatchObject({ answers: [200], server: '127.0.0.1', extension: made.number });
  expect(peer.heard[0]?.startLine).toBe(`NOTIFY sip:${made.number}@127.0.0.1 SIP/2.0`);
});

test('S2.6 the NOTIFY has the form that phones know', async () => {
  const [one, other] = [await phone(), await phone()];
  const { heard } = await proxy(() => OK);
  await resync(one);
  await resync(other);
  const [notify, next] = [nth(heard, 0), nth(heard, 1)];
  const aor = `sip:${one.number}@${HOST}`;
  expect(notify.startLine).toBe(`NOTIFY ${aor} SIP/2.0`);
  expect(notify.header('To')).toBe(`<${aor}>`);
  expect(notify.header('From')).toMatch(new RegExp(`^<${aor}>;tag=[a-z0-9]{16,}$`));
  expect(notify.header('Call-ID')).toMatch(/^[a-z0-9]{16,}@/);
  expect(notify.header('CSeq')).toBe('1 NOTIFY');
  expect(notify.header('Subscription-State')).toBe('active');
  expect(notify.header('Event')).toBe('check-sync');
  expect(notify.header('Content-Length')).toBe('0');
  expect(notify.header('Max-Forwards')).toBe('70');
  expect(notify.header('Via')).toMatch(/^SIP\/2\.0\/UDP 127\.0\.0\.1:\d+;branch=z9hG4bK[a-z0-9]{16,};rport$/);
  expect(notify.header('Contact')).toMatch(/^<sip:127\.0\.0\.1:\d+>$/);
  expect(notify.body).toBe('');
  for (const name of ['From', 'Call-ID', 'Via']) expect(next.header(name)).not.toBe(notify.header(name));
});

/** Ways in which phones ask: with and without qop, each algorithm, and one that nobody knows before one that we do. */
const CHALLENGES = [
  challenge(),
  challenge('algorithm=MD5'),
  challenge('opaque="o"'),
  challenge('qop="auth,auth-int", algorithm=SHA-256'),
  `${challenge('algorithm=ROT13')}\r\nWWW-Authenticate: Digest realm="${HOST}", nonce="n2", algorithm=SHA-256`,
];

test('S2.7 the first NOTIFY shows nothing, and the phone’s challenge is answered with the line’s own credentials, however it asks', async () => {
  for (const asked of CHALLENGES) {
    const made = await phone();
    const { heard } = await proxy(challenging(() => made.password, asked));
    expect(await resync(made)).toMatchObject({ answers: [401, 200] });
    const [first, second] = heard;
    expect(authorization(first)).toBeUndefined();
    expect(digestFields(authorization(second)).get('username')).toBe(made.number);
    expect(digestFields(authorization(second)).get('uri')).toBe(`sip:${made.number}@${HOST}`);
    for (const name of ['Call-ID', 'From', 'To']) expect(second?.header(name)).toBe(first?.header(name));
    expect(second?.header('CSeq')).toBe('2 NOTIFY');
    expect(second?.header('Via')).not.toBe(first?.header('Via'));
    await peer?.close();
    peer = undefined;
  }
});

test('S2.7 a proxy’s challenge is answered with the tenant’s account, the phone’s after it with the line’s', async () => {
  const made = await phone();
  const account = { user: 'offhook', password: 'proxy-secret' };
  const { heard } = await proxy(
    (request) => {
      if (request.header('Proxy-Authorization') === undefined)
        return `407 Proxy\r\nProxy-Authenticate: Digest realm="proxy", nonce="p1", qop="auth"`;
      if (authorization(request) === undefined) return challenge();
      const isRight =
        isRightDigest(request.header('Proxy-Authorization'), account.password) &&
        isRightDigest(authorization(request), made.password);
      return isRight ? OK : '403 Forbidden';
    },
    { account, realms: ['proxy'] },
  );
  expect(await resync(made)).toMatchObject({ answers: [407, 401, 200] });
  expect(digestFields(heard[2]?.header('Proxy-Authorization')).get('nc')).toBe('00000002');
  expect(await offhook.must('GET', T)).toMatchObject({ sip: { account: { user: 'offhook', password: '***' } } });
});

test('S2.8 wrong credentials end after one retry, and are reported as such', async () => {
  const made = await phone();
  const { heard } = await proxy(challenging(() => 'another'));
  const end = await resync(made);
  expect(end).toMatchObject({ state: 'failed', answers: [401, 401] });
  expect(end.why).toContain(`the credentials of the line are wrong for realm "${HOST}"`);
  expect(heard).toHaveLength(2);
  const stale = await phone();
  const again = await proxy(() => challenge('qop="auth", stale=true'));
  expect(await resync(stale)).toMatchObject({ state: 'failed', answers: [401, 401] });
  expect(again.heard).toHaveLength(2);
});

test('S2.8 a nonce that was only too old is answered once more', async () => {
  const made = await phone();
  await proxy((heard, nth) => {
    if (nth < 3)
      return challenge(`nonce="n${String(nth)}"${nth === 2 ? ', stale=true' : ''}, qop="auth"`).replace(
        'nonce="n1", ',
        '',
      );
    return isRightDigest(authorization(heard), made.password) ? OK : '403 Forbidden';
  });
  expect(await resync(made)).toMatchObject({ answers: [401, 401, 200] });
});

test('S2.9 while no line of the phone is registered that is said, with its resync URL as the way out', async () => {
  const made = await phone();
  await proxy(() => '480 Temporarily Unavailable');
  const { exitCode, stdout } = await runOffhook(offhook, 'resync', made.mac);
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain('the phone is not registered (480)');
  expect(stdout).toContain('resync URL');
});

test('S2.9 another line of the phone that is registered is used', async () => {
  const [first, second] = [await phone(), await phone()];
  await offhook.must('DELETE', second.path);
  await offhook.must('PATCH', first.path, { lines: [first.number, second.number] });
  await proxy((heard) => (heard.startLine.includes(first.number) ? '480 Not here' : OK));
  expect(await resync(first)).toMatchObject({ answers: [480, 200], extension: second.number });
});

test('S2.10 only the phone that is meant is told: a line that it shares is left out', async () => {
  const [made, other] = [await phone({}, { shared: true }), await phone()];
  await offhook.must('PATCH', other.path, { lines: [made.number, other.number] });
  const { heard } = await proxy(() => OK);
  expect(await resync(other)).toMatchObject({ extension: other.number });
  const refused = await offhook.api('POST', `${made.path}/resync`, {});
  expect(refused.json).toMatchObject({ status: 409, type: '/api/v1/problems/cannot-resync' });
  expect(refused.json.detail).toContain(made.number);
  expect(heard).toHaveLength(1);
});

test('S2.33 later resyncs of a Yealink go as for Cisco: by SIP, its challenge answered with the line’s credentials', async () => {
  const made = await phone({ vendor: 'yealink', model: 'T46U' });
  // The realm that Yealink phones name by themselves.
  const { heard } = await proxy(challenging(() => made.password, challenge('qop="auth"', 'YealinkSPIP')));
  expect(await resync(made)).toMatchObject({ answers: [401, 200] });
  expect(heard[0]?.header('Event')).toBe('check-sync;reboot=false');
});

test('a phone is told to restart where its maker has an event for it, and that none is there is said', async () => {
  const made = await phone({ vendor: 'snom', model: 'D785' });
  const { heard } = await proxy(() => OK);
  await resync(made, { kind: 'refetch_and_reboot' });
  expect(heard[0]?.header('Event')).toBe('check-sync;reboot=true');
  const polycom = await phone({ vendor: 'polycom', model: 'VVX411' });
  const refused = await offhook.api('POST', `${polycom.path}/resync`, { kind: 'reboot' });
  expect(refused).toMatchObject({ status: 409, json: { detail: 'phones of this maker have no SIP event for reboot' } });
});

test('U10 a challenge for a foreign realm, or for a password in the clear, gets nothing and is not repeated', async () => {
  for (const asked of [
    challenge('qop="auth"', 'bank.example.net'),
    `401 Unauthorized\r\nWWW-Authenticate: Basic realm="${HOST}"`,
  ]) {
    const made = await phone();
    const { heard } = await proxy(() => asked);
    const end = await resync(made);
    expect(end).toMatchObject({ state: 'failed', answers: [401] });
    expect(heard.map(authorization)).toEqual([undefined]);
    await peer?.close();
  }
  const made = await phone();
  await proxy(
    challenging(() => made.password, challenge('qop="auth"', 'bank.example.net')),
    { realms: ['bank.example.net'] },
  );
  expect(await resync(made)).toMatchObject({ answers: [401, 200] });
});

test('nothing is sent to this machine itself or to its link, whatever a tenant names as its server', async () => {
  const cautious = await startTestProduct({ environment: { OFFHOOK_SIP_NEVER: undefined } });
  const listener = await startSipPeer(() => OK);
  const path = `${T}/phones/000e08fffff1`;
  for (const host of ['127.0.0.1', 'localhost', '::1', '169.254.169.254']) {
    await cautious.must('PUT', T, { sip: { proxy: { host, port: listener.port } } });
    await cautious.must('PUT', `${T}/extensions/201`, {
      displayName: 'A',
      password: 'sip-secret-201',
      serverHost: HOST,
    });
    await cautious.must('PUT', path, { vendor: 'cisco-spa', model: 'SPA942', lines: ['201'] });
    const { stdout } = await runOffhook(cautious, 'resync', '000e08fffff1');
    expect(stdout).toMatch(/Why: {2}this server sends no SIP to (?:127\.0\.0\.1|::1|169\.254\.169\.254)\n/);
  }
  expect(listener.heard).toEqual([]);
  await listener.close();
  await cautious.close();
});

test('a user that is written with its host is told at that host', async () => {
  const made = await phone();
  await offhook.must('PATCH', made.path, {
    lines: [{ position: 1, extension: made.number, settings: { 'line.user': `${made.number}@voice.example.com` } }],
  });
  const { heard } = await proxy(() => OK);
  await resync(made);
  expect(nth(heard, 0).startLine).toBe(`NOTIFY sip:${made.number}@voice.example.com SIP/2.0`);
});

test('a phone that is being told is not told twice, and one that does not come within its time has failed', async () => {
  const made = await phone();
  const { heard } = await proxy(() => OK);
  const { id } = await resync(made);
  expect(await resync(made)).toMatchObject({ id });
  expect(heard).toHaveLength(1);
  ahead += 121_000;
  const end = await until(made, 'fetched');
  expect(end).toMatchObject({ id, state: 'failed' });
  expect(end.why).toContain('did not fetch');
  expect(await resync(made)).not.toMatchObject({ id });
});

test('of a phone that was looked after by a server that ended it is said that nobody did any more', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'offhook-resync-'));
  const before = await startTestProduct({ dataDir });
  const listener = await startSipPeer(() => OK);
  const path = `${T}/phones/000e08fffff2`;
  await before.must('PUT', T, { sip: { proxy: { host: '127.0.0.1', port: listener.port } } });
  await before.must('PUT', `${T}/extensions/201`, { displayName: 'A', password: 'sip-secret-201', serverHost: HOST });
  await before.must('PUT', path, { vendor: 'cisco-spa', model: 'SPA942', lines: ['201'] });
  await before.must('POST', `${path}/resync`, {});
  const startedAt = performance.now();
  await before.close();
  // Whoever waits for the phone does not keep the server from ending.
  expect(performance.now() - startedAt).toBeLessThan(9_000);
  await listener.close();
  let late = 0;
  const clock = { now: () => new Date(Date.now() + late) };
  const after = await startTestProduct({ dataDir, login: before.login, clock });
  expect(await after.must('GET', `${path}/resync`)).toMatchObject({ state: 'running' });
  late = 200_000;
  const end = await after.must('GET', `${path}/resync`);
  expect(end).toMatchObject({ state: 'failed', why: 'the server that looked after it was stopped meanwhile' });
  await after.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('what was sent is in the audit log, and no password in an answer', async () => {
  const made = await phone();
  await proxy(challenging(() => made.password));
  expect(JSON.stringify(await resync(made))).not.toContain(made.password);
  const { items } = (await offhook.must('GET', '/audit')) as { readonly items: readonly Shown[] };
  expect(items).toContainEqual(expect.objectContaining({ what: 'phone.resynced', object: made.mac }));
});

test('U11 a flood of requests for one phone sends one message, and ten phones a second are told through one server', async () => {
  const made = await phone();
  const { heard } = await proxy(() => OK);
  const flood = await Promise.all(Array.from({ length: 100 }, () => offhook.api('POST', `${made.path}/resync`, {})));
  expect(new Set(flood.map(({ json }) => json.id)).size).toBe(1);
  await until(made, 'answered');
  expect(heard).toHaveLength(1);
});

test('U11 one server is told of ten phones a second, however many are asked for', async () => {
  const phones = await Promise.all(Array.from({ length: 12 }, () => phone()));
  await proxy(() => OK);
  const startedAt = performance.now();
  for (const made of phones) await offhook.must('POST', `${made.path}/resync`, {});
  for (const made of phones) await until(made, 'answered');
  // Eleven pauses of 50 to 150 ms.
  expect(performance.now() - startedAt).toBeGreaterThan(550);
});

test('U11 whoever would have to wait too long for his turn at the server is told when to come again', async () => {
  const [first, second] = [await phone(), await phone()];
  await proxy(() => OK);
  await resync(first);
  // A minute back: as if ten times sixty others stood before it.
  ahead -= 60_000;
  const refused = await offhook.api('POST', `${second.path}/resync`, {});
  ahead += 60_000;
  expect(refused.json).toMatchObject({ status: 429, type: '/api/v1/problems/resync-queue-full' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(10);
  expect(await resync(second)).toMatchObject({ answers: [200] });
});

/** A change of the tenant makes every phone one that may be outdated, until it is compared. */
async function tellOutdated(): ReturnType<typeof runOffhook> {
  await offhook.product.settle();
  return runOffhook(offhook, 'resync', '--tenant', 'acme', '--outdated');
}

/** Only these are outdated: they were served, and something has changed since. */
async function outdate(phones: readonly Made[]): Promise<void> {
  for (const made of phones) await fetchOwn(made);
  for (const made of phones) await offhook.must('PATCH', made.path, { label: 'changed' });
}

test('the outdated phones of a tenant are told by one command, and it says how many came', async () => {
  const phones = await Promise.all(Array.from({ length: 3 }, () => phone()));
  await outdate(phones);
  await proxy((heard) => {
    const told = phones.find(({ number }) => heard.startLine.includes(`sip:${number}@`));
    if (told !== undefined) setTimeout(() => void fetchOwn(told), 10);
    return OK;
  });
  const { exitCode, stdout } = await tellOutdated();
  expect(stdout).toBe('3 phones told: 3 came and have what they should have, 0 failed.\n');
  expect(exitCode).toBe(0);
});

test('when more than a fifth of many phones fail, the others are not told', async () => {
  const phones = await Promise.all(Array.from({ length: 70 }, () => phone()));
  await outdate(phones);
  const { heard } = await proxy(() => '480 Not here');
  const { exitCode, stdout } = await tellOutdated();
  expect(exitCode).not.toBe(0);
  // Fifty at once; of those who ended first, nine were followed by another before a fifth of ten had failed.
  expect(heard.length).toBeLessThan(60);
  expect(stdout).toContain(`Stopped: more than a fifth failed. ${String(70 - heard.length)} phones not told`);
  expect(stdout).toMatch(/\d+ +the phone is not registered \(480\) {2,}000e08\w{6} and \d+ more/);
});
