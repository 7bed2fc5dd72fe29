import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { missingTools } from '../kit/tools.ts';

const run = promisify(execFile);
const missing = missingTools('curl', 'tftp', 'openssl');
const without = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')})`;
const COMPANY = new URL('../../examples/acme.yaml', import.meta.url);

/** The file names that the makers' phones ask for, of a MAC in some spelling. */
const NAMES: readonly ((mac: string) => string)[] = [
  (mac) => `${mac}.cfg`,
  (mac) => `${mac}.boot`,
  (mac) => `${mac}.xml`,
  (mac) => `spa${mac}.xml`,
  (mac) => `snomD735-${mac}.htm`,
  (mac) => `snomM300-${mac}.htm`,
  (mac) => `${mac}-offhook.cfg`,
  (mac) => `${mac}-phone.cfg`,
  (mac) => `${mac}-directory.xml`,
];

const pairs = (mac: string): readonly string[] => mac.match(/../g) ?? [];
const SPELLINGS: readonly ((mac: string) => string)[] = [
  (mac) => mac,
  (mac) => mac.toUpperCase(),
  (mac) => pairs(mac).join(':'),
  (mac) => pairs(mac).join('-').toUpperCase(),
  (mac) => mac.replace(/(.{4})(?=.)/g, '$1.'),
  (mac) => pairs(mac).join('%3A'),
];

/** With each spelling of each MAC under each name, in every directory, there would be tens of thousands; each MAC gets each name twice. */
const spellingsOf = (name: number): readonly ((mac: string) => string)[] =>
  SPELLINGS.filter((_, spelling) => spelling === 0 || spelling === 1 + (name % (SPELLINGS.length - 1)));

let offhook: TestProduct;
let directory: string;
let macs: readonly string[] = [];
let secrets: readonly string[] = [];

interface Listed {
  readonly items: readonly { readonly name: string }[];
}

/** Everything that only phones and administrators of the company may know, as the company wrote it and as the server drew it. */
async function secretsOf(company: string): Promise<readonly string[]> {
  const written = Array.from(
    company.matchAll(/(?:password|Password)\w*'?:\s*'?([^,'}\s]+)/g),
    ([, value]) => value ?? '',
  );
  const people = Array.from(company.matchAll(/displayName: ([A-Z]\w+ [A-Z]\w+)/g), ([, name]) => name ?? '');
  const drawn: string[] = [];
  for (const path of ['/tenants/acme', ...macs.map((mac) => `/tenants/acme/phones/${mac}`)]) {
    const { token, httpPassword } = (await offhook.must('GET', `${path}/credentials`)) as Record<string, string>;
    drawn.push(token ?? '', httpPassword ?? '');
  }
  return [...written, ...people, ...drawn, 'pbx.acme.example', 'ntp.acme.example'];
}

beforeAll(async () => {
  if (missing.length > 0) return;
  offhook = await startTestProduct({ environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' } });
  directory = await mkdtemp(join(tmpdir(), 'offhook-stranger-'));
  const company = await readFile(COMPANY, 'utf8');
  const applied = await offhook.api('POST', '/apply', company, { 'content-type': 'application/yaml' });
  expect(applied.status).toBe(200);
  const { items } = (await offhook.must('GET', '/tenants/acme/phones?limit=1000')) as Listed;
  macs = items.map(({ name }) => name);
  secrets = await secretsOf(company);
});
afterAll(async () => {
  if (missing.length > 0) return;
  await offhook.close();
  await rm(directory, { recursive: true, force: true });
});

const nobodyLike = (mac: string): string => `${mac.slice(0, 6)}fedcba`;

function expectNoSecret(received: string, what: string): void {
  expect(
    secrets.filter((secret) => received.includes(secret)),
    what,
  ).toEqual([]);
}

/** What came, without what tells the time, and with the MAC, in whatever spelling, replaced. */
const leveled = (received: string, mac: string): string => {
  const shown = SPELLINGS.reduce((text, spell) => text.replaceAll(spell(mac), '<MAC>'), received);
  return shown.replace(/^Date: .*$/m, 'Date: …').replace(/nonce="[^"]*"/g, 'nonce="…"');
};

interface Wanted {
  readonly mac: string;
  /** The same of a MAC that nobody has is told by the same place. */
  readonly place: string;
  readonly target: string;
}

/** Every name of every MAC, and of one that nobody has with the same prefix. */
function wantedFrom(base: string): readonly Wanted[] {
  const all = [...macs, ...new Set(macs.map(nobodyLike))];
  return all.flatMap((mac) =>
    NAMES.flatMap((name, n) =>
      spellingsOf(n).map((spell, s) => ({
        mac,
        place: `${mac.slice(0, 6)} ${n} ${s}`,
        target: `${base}${name(spell(mac))}`,
      })),
    ),
  );
}

const fileOf = (n: number): string => join(directory, `${n}.answer`);

/** One run of curl over all of them; answers with their headers, in order. */
async function fetchAll(wanted: readonly Wanted[], ...options: readonly string[]): Promise<readonly string[]> {
  const config = join(directory, 'curl.config');
  await writeFile(config, wanted.map(({ target }, n) => `url = "${target}"\noutput = "${fileOf(n)}"\n`).join(''));
  await run('curl', ['-sSgik', '--path-as-is', ...options, '-K', config], { maxBuffer: 1 << 20 });
  const answers = await Promise.all(wanted.map((_, n) => readFile(fileOf(n), 'utf8')));
  await Promise.all(wanted.map((_, n) => rm(fileOf(n))));
  return answers;
}

/** That all answers at one place are one and the same but for the MAC, and hold no secret. */
function expectAlike(wanted: readonly Wanted[], answers: readonly string[], where: string): void {
  const byPlace = new Map<string, Set<string>>();
  for (const [n, { mac, place }] of wanted.entries()) {
    const answer = answers[n] ?? '';
    expect(answer.length).toBeGreaterThan(0);
    byPlace.set(place, (byPlace.get(place) ?? new Set()).add(leveled(answer, mac)));
  }
  expectNoSecret(answers.join('\n'), where);
  expect(Array.from(byPlace).filter(([, seen]) => seen.size !== 1)).toEqual([]);
}

describe.skipIf(missing.length > 0)(`a stranger with every MAC of a company${without}`, () => {
  test.each(['bootstrap', 'legacy', 'secure', 'spa'] as const)(
    'gets no secret byte with curl at the %s door, and for a known MAC the bytes of an unknown one',
    async (door) => {
      const wanted = wantedFrom(`${offhook.door(door)}/`);
      expectAlike(wanted, await fetchAll(wanted), door);
    },
  );

  test('gets no more with a made-up token, a guessed password or a certificate of his own making', async () => {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const subject = `/CN=${macs[0] ?? ''}`;
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      subject,
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    const plain = (base: string): readonly Wanted[] => wantedFrom(base).filter(({ place }) => / [03] 0$/.test(place));
    const door = offhook.door('secure');
    for (const [base, ...options] of [
      [`${door}/`, '--cert', cert, '--key', key],
      [`${door}/`, '-u', `phone-${macs[0] ?? ''}:${macs[0] ?? ''}`],
      [`${door}/p/abcdefghijklmnopqrstuvwxyz234567/`],
      [`${door}/t/abcdefghijklmnopqrstuvwxyz234567/`, '--digest', '-u', 'acme:acme'],
      [`${offhook.door('spa')}/`, '-H', `X-SSL-Client-S-DN: CN=${macs[0] ?? ''}`],
    ] as const)
      expectAlike(plain(base), await fetchAll(plain(base), ...options), `${base} ${options.join(' ')}`);
  });

  test('gets no secret byte with tftp, and for a known MAC the bytes of an unknown one', async () => {
    const wanted = wantedFrom('').filter(({ target, place }) => place.endsWith(' 0') && !/[%:]/.test(target));
    const commands = wanted.map(({ target }, n) => `get ${target} ${fileOf(n)}\n`).join('');
    const client = spawn('tftp', ['-m', 'binary', '127.0.0.1', String(offhook.port('tftp'))]);
    client.stdout.resume();
    client.stdin.end(`${commands}quit\n`);
    await new Promise((resolve) => client.on('close', resolve));
    // Refused is an empty file, or none.
    const answers = await Promise.all(wanted.map((_, n) => readFile(fileOf(n), 'utf8').catch(() => '')));
    expect(answers.filter((answer) => answer.length > 0).length).toBeGreaterThan(macs.length);
    expectAlike(
      wanted,
      answers.map((answer) => `${answer}.`),
      'tftp',
    );
  });

  test.each(['secure', 'spa'] as const)('sees no secret byte with openssl at the %s door', async (door) => {
    const requests = macs.map((mac, n) => {
      const last = n === macs.length - 1 ? 'Connection: close\r\n' : '';
      return `GET /${mac}.cfg HTTP/1.1\r\nHost: x\r\n${last}\r\n`;
    });
    const client = spawn('openssl', [
      's_client',
      '-ign_eof',
      '-showcerts',
      '-connect',
      `127.0.0.1:${offhook.port(door)}`,
    ]);
    let received = '';
    client.stdout.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    client.stdin.write(requests.join(''));
    await new Promise((resolve) => client.on('close', resolve));
    expect(received).toContain('BEGIN CERTIFICATE');
    expect(received.split('HTTP/1.1 404').length - 1).toBe(macs.length);
    expectNoSecret(received, door);
  });

  test('and the owner of the company gets them: what was looked for is there to be found', async () => {
    expect(macs.length).toBe(30);
    expect(new Set(secrets).size).toBeGreaterThan(90);
    const [mac = ''] = macs.filter((one) => one.startsWith('805ec0'));
    const { url } = (await offhook.must('GET', `/tenants/acme/phones/${mac}/url`)) as { readonly url: string };
    const { stdout } = await run('curl', ['-sSk', `${url}${mac}.cfg`]);
    expect(secrets.filter((secret) => stdout.includes(secret)).length).toBeGreaterThan(3);
  });
});
