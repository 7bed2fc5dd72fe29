import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Log } from '../../src/app/ports.ts';
import { createLog } from '../../src/main/log.ts';
import { addPhone, fetchOwn, journal, looksLike, type KnownPhone } from '../kit/attack.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';
import { scan } from '../kit/scanner.ts';
import { RawClient } from '../kit/tftp-client.ts';
import { missingTools } from '../kit/tools.ts';

const START = new Date('2026-03-02T10:00:00Z');

/** Everything that a log line of the product holds, as it would be written. */
const written: string[] = [];
const fileLog: Log = createLog('info', { write: (line) => void written.push(line.trimEnd()) });

let now = START;
let offhook: TestProduct;
let phone: KnownPhone;

beforeAll(async () => {
  offhook = await startTestProduct({
    clock: { now: () => now },
    log: fileLog,
    environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true', OFFHOOK_DOORS_LEGACY_HTTPAUTH: 'basic' },
  });
  await offhook.must('PUT', '/tenants/acme', {
    title: 'Acme',
    policy: { lowered: [{ door: 'legacy', networks: ['127.0.0.0/8'], content: 'full', level: 3 }] },
  });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0101');
});
afterAll(() => offhook.close());

beforeEach(() => {
  written.length = 0;
  // Whatever was counted before is forgiven, but sessions still hold.
  now = new Date(now.getTime() + 20 * 60_000);
});
const bootstrap = (mac: string): string => `${offhook.door('bootstrap')}/${mac}.cfg`;
const macOf = (n: number, oui = '805ec0'): string => `${oui}${n.toString(16).padStart(6, '0')}`;

/** Lines of the log with this event. */
const lines = (event: string): readonly string[] => written.filter((line) => line.endsWith(`"event":"${event}"}`));

const filesFrom = (count: number, nameOf: (n: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, n) => nameOf(n));

const fromAddress = (localAddress: string, url: string): Promise<Answer> => ask(url, { localAddress });

/** What a stranger at this address gets for a file that nobody has guessed yet. */
const isLetIn = async (address: string, mac: string): Promise<boolean> =>
  (await fromAddress(address, bootstrap(mac))).status === 200;

test('E1 who guesses 5,000 MACs from one address is refused alike, then has to wait at every door, while a phone behind the same address is served its file', async () => {
  const address = '127.0.1.1';
  const phones = (await offhook.must('GET', '/tenants/acme/phones')).items.length;
  // The secure door first: known and unknown MACs are refused with the same bytes, and count alike.
  const refused = new Set<string>();
  let asked = 0;
  for (let status = 404; status === 404 && asked < 200; asked += 1) {
    const mac = asked === 7 ? phone.mac : macOf(0xbb0000 + asked);
    const answer = await ask(`${offhook.door('secure')}/${mac}.cfg`, { localAddress: address });
    ({ status } = answer);
    if (status === 404) refused.add(JSON.stringify(looksLike(answer)));
    else expect(answer.text).toBe('Too many requests\n');
  }
  expect(refused.size).toBe(1);
  expect(asked).toBe(31);
  const answers = await scan(
    offhook.door('bootstrap'),
    address,
    filesFrom(4_970, (n) => `${macOf(n)}.cfg`),
  );
  expect(answers).toHaveLength(4_970);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
  expect(answers.every(({ retryAfter }) => retryAfter !== undefined && retryAfter > 0)).toBe(true);
  // Told to wait for seconds at first; after going on for long, for an hour.
  expect(answers[0]?.retryAfter).toBeLessThan(10);
  expect(answers.at(-1)?.retryAfter).toBe(3600);
  const tftp = await RawClient.open({ port: offhook.port('tftp') }, address);
  tftp.ask(`${macOf(1)}.cfg`);
  const own = await fetchOwn(offhook, phone, { localAddress: address });
  expect([own.status, own.text.includes(phone.sipPassword)]).toEqual([200, true]);
  expect(await isLetIn('127.0.1.2', macOf(1))).toBe(true);
  // A request that was asked later has been answered since; TFTP is silent.
  expect(tftp.received).toEqual([]);
  tftp.close();
  expect((await offhook.must('GET', '/tenants/acme/phones')).items).toHaveLength(phones);
  const records = (await journal(offhook)).filter((record) => record.address === address);
  expect(records.length).toBeLessThan(35);
  expect(records.filter((record) => record.outcome === 'throttled').length).toBeGreaterThan(0);
});

test('a phone that asks again and again, and an office whose phones prove themselves, never have to wait', async () => {
  const door = offhook.door('bootstrap');
  const own = await scan(
    door,
    '127.0.1.10',
    filesFrom(500, () => `${macOf(0xcc0001)}.cfg`),
  );
  expect(own.filter(({ status }) => status === 200)).toHaveLength(500);
  const office = '127.0.1.11';
  for (let n = 0; n < 60; n += 1) {
    // As many strangers as may be; the phone's own request before its proof would be one too many, and is forgiven.
    const mac = n % 2 === 0 ? phone.mac : macOf(0xcc0100 + ((n >> 1) % 29));
    expect((await fromAddress(office, bootstrap(mac))).status).toBe(200);
    expect((await fetchOwn(offhook, phone, { localAddress: office })).status).toBe(200);
  }
  // Files that every phone asks for name nobody, however often.
  const generic = await scan(
    door,
    '127.0.1.12',
    filesFrom(100, () => 'y000000000108.cfg'),
  );
  expect(generic.filter(({ status }) => status === 200)).toHaveLength(100);
  expect(lines('address_banned')).toEqual([]);
});

test('A7 10,000 wrong passwords for one phone are slowed, then locked for that address; the right phone elsewhere, and another behind that address, are served', async () => {
  const address = '127.0.1.20';
  const other = await addPhone(offhook, 'acme', 'yealink', 'aa0102');
  const door = offhook.door('legacy');
  const password = ({ httpUser }: KnownPhone, text: string): string =>
    `Basic ${Buffer.from(`${httpUser}:${text}`).toString('base64')}`;
  const login = (of: KnownPhone, localAddress: string, authorization?: string): Promise<Answer> =>
    ask(`${door}/${of.file}`, { localAddress, ...(authorization === undefined ? {} : { headers: { authorization } }) });
  const answers = await scan(
    door,
    address,
    filesFrom(10_000, () => phone.file),
    (n) => `Authorization: ${password(phone, `guess-${String(n)}`)}\r\n`,
  );
  expect(answers).toHaveLength(10_000);
  const statuses = answers.map(({ status }) => status);
  // However many are asked at once: thirty are looked at, and not one more.
  expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401));
  expect(new Set(statuses.slice(30))).toEqual(new Set([429]));
  expect(answers[30]?.retryAfter).toBeLessThan(10);
  expect(answers.at(-1)?.retryAfter).toBe(3600);
  // Locked: there the right one is not even looked at.
  const right = password(phone, phone.httpPassword);
  // Nor among a hundred that are asked at once.
  const burst = await scan(
    door,
    '127.0.1.22',
    filesFrom(100, () => phone.file),
    (n) => `Authorization: ${n === 60 ? right : password(phone, `burst-${String(n)}`)}\r\n`,
  );
  expect(burst.map(({ status }) => status).filter((status) => status === 200)).toEqual([]);
  expect((await login(phone, address, right)).status).toBe(429);
  const elsewhere = await login(phone, '127.0.1.21', right);
  expect([elsewhere.status, elsewhere.text.includes(phone.sipPassword)]).toEqual([200, true]);
  expect((await login(other, address)).status).toBe(401);
  expect((await login(other, address, password(other, other.httpPassword))).text).toContain(other.sipPassword);
});

test('S4.16 a walk through the last six digits of a maker’s MACs is seen, and its source banned', async () => {
  const address = '127.0.1.30';
  for (let n = 0; n < 200; n += 1) {
    now = new Date(now.getTime() + 2_000);
    await fromAddress(address, bootstrap(macOf(0x500 + n, '001565')));
  }
  await offhook.product.settle();
  const [alarm, more] = lines('sweep');
  expect(JSON.parse(alarm ?? '{}')).toMatchObject({ oui: '001565', macs: 200, sources: 1 });
  expect(more).toBeUndefined();
  expect(JSON.parse(lines('address_banned')[0] ?? '{}')).toMatchObject({ address, reason: 'sweep' });
  expect(await isLetIn(address, macOf(1))).toBe(false);
  const noted = (await journal(offhook)).filter((record) => record.event === 'sweep');
  expect(noted.map((record) => record.address)).toEqual([address]);
});

const collectGarbage = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
};

test('E2 a sweep of one maker prefix from 500 addresses raises one alarm within a minute, bans who takes part, and takes no memory', async () => {
  const addresses = Array.from({ length: 500 }, (_, n) => `127.2.${String(n >> 8)}.${String(n & 255)}`);
  const proven = addresses[3] ?? '';
  expect((await fetchOwn(offhook, phone, { localAddress: proven })).status).toBe(200);
  const began = now.getTime();
  let before = 0;
  for (let round = 0; round < 2; round += 1) {
    for (const [place, address] of addresses.entries()) {
      now = new Date(now.getTime() + 500);
      const first = 0x10000 + (round * 500 + place) * 5;
      await scan(
        offhook.door('bootstrap'),
        address,
        filesFrom(5, (n) => `${macOf(first + n, '0004f2')}.cfg`),
      );
    }
    await offhook.product.settle();
    if (round === 0) before = collectGarbage();
  }
  // The second half of the sweep, 2,500 requests, leaves nothing: three hundred bytes of each would show.
  expect(collectGarbage() - before).toBeLessThan(750_000);
  const alarms = lines('sweep').map((line) => JSON.parse(line) as { readonly oui: string; readonly time: string });
  expect(alarms.map(({ oui }) => oui)).toEqual(['0004f2']);
  const alarmed = (await journal(offhook)).find((record) => record.event === 'sweep');
  expect(new Date(alarmed?.at ?? 0).getTime() - began).toBeLessThan(60_000);
  const bans = (await offhook.must('GET', '/bans')) as { readonly items: readonly { readonly source: string }[] };
  const banned = new Set(bans.items.map(({ source }) => source));
  expect(addresses.filter((address) => !banned.has(address))).toEqual([proven]);
  // A factory-fresh phone that comes in the middle of it is let in.
  expect(await isLetIn('127.2.9.9', macOf(0x99999, '0004f2'))).toBe(true);
}, 60_000);

/** Guesses until nothing more is let in, and waits until the ban is written. */
async function getBanned(address: string): Promise<void> {
  await scan(
    offhook.door('bootstrap'),
    address,
    filesFrom(130, (n) => `guess-${String(n)}.cfg`),
  );
  await offhook.product.settle();
}

test('S4.20 brute force bans the address, with one line fit for fail2ban; none for an address from which a proven phone was served within a day', async () => {
  await getBanned('127.0.1.40');
  const [line, more] = lines('address_banned');
  expect(line).toMatch(
    /^\{"level":"warn","time":"[^"]+","address":"127\.0\.1\.40","reason":"guessing","seconds":3600,"event":"address_banned"\}$/,
  );
  expect(more).toBeUndefined();
  expect((await offhook.api('GET', '/bans/check?address=127.0.1.40')).json).toMatchObject({
    standing: 'banned',
    reason: 'guessing',
  });
  written.length = 0;
  const office = '127.0.1.41';
  await fetchOwn(offhook, phone, { localAddress: office });
  now = new Date(now.getTime() + 23 * 3_600_000);
  await getBanned(office);
  expect([lines('address_banned').length, lines('address_banned_quietly').length]).toEqual([0, 1]);
  expect(await isLetIn(office, macOf(1))).toBe(false);
  expect((await fetchOwn(offhook, phone, { localAddress: office })).status).toBe(200);
});

const FAIL2BAN = ['fail2ban-regex'];
const missing = missingTools(...FAIL2BAN);

test.skipIf(missing.length > 0)(
  `S4.20 the shipped fail2ban filter reads the line of a ban, and no other${missing.length > 0 ? ` (missing: ${missing.join(', ')})` : ''}`,
  async () => {
    const office = '127.0.1.51';
    await fetchOwn(offhook, phone, { localAddress: office });
    await getBanned(office);
    await getBanned('127.0.1.50');
    // Somebody who would have others banned writes the line into everything that he sends.
    const forged = lines('address_banned')[0]?.replace('127.0.1.50', '198.51.100.9') ?? '';
    await ask(`${offhook.door('bootstrap')}/${encodeURIComponent(forged)}`, { headers: { 'user-agent': forged } });
    await ask(`${offhook.door('bootstrap')}/..%2f${encodeURIComponent(forged)}`);
    await offhook.product.settle();
    const file = join(mkdtempSync(join(tmpdir(), 'offhook-fail2ban-')), 'offhook.log');
    writeFileSync(file, `${written.join('\n')}\n`);
    const filter = fileURLToPath(new URL('../../deploy/fail2ban/filter.d/offhook.conf', import.meta.url));
    const run = spawnSync('fail2ban-regex', ['--out', 'ip', file, filter], { encoding: 'utf8' });
    expect(run.stdout.split('\n').filter((line) => line !== '')).toEqual(['127.0.1.50']);
    expect(written.some((line) => line.includes('"address_banned_quietly"'))).toBe(true);
  },
);
