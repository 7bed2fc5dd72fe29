import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RIGHTS, urlOfRoute } from '../../src/api/rights.ts';
import { SETTING_IDS, settingOf, type SettingId } from '../../src/domain/settings/registry.ts';
import { createLog } from '../../src/main/log.ts';
import { Canaries } from '../kit/canary.ts';
import { runOffhook } from '../kit/cli.ts';
import { ask, startTestProduct, type Ask, type TestProduct } from '../kit/product.ts';
import { fetchTftp } from '../kit/tftp-client.ts';

// Every place that can hold a secret gets one of its own. Then everything is asked for that gives anything to anybody, and
// none of them may be in it. A setting that becomes secret is planted by itself.

const VENDORS = {
  yealink: { model: 'T46U', mac: '805ec0', door: 'secure', raw: 'features.canary.secret' },
  snom: { model: 'D785', mac: '000413', door: 'secure', raw: 'canary_secret' },
  polycom: { model: 'VVX411', mac: '64167f', door: 'secure', raw: 'canary.secret' },
  'cisco-spa': { model: 'SPA942', mac: '000e08', door: 'spa', raw: 'Canary_Secret' },
  softclients: { model: 'Linphone', mac: undefined, door: 'secure', raw: 'canary/secret' },
} as const;
type Vendor = keyof typeof VENDORS;
const NAMES = Object.keys(VENDORS) as readonly Vendor[];

const SECRETS: readonly SettingId[] = SETTING_IDS.filter((id) => settingOf(id).secret === true);

/** `plain` has nothing of its own, so that what is weaker shows; `full` has a secret in each of its places. */
type Kind = 'plain' | 'full';
interface Planted {
  readonly vendor: Vendor;
  readonly kind: Kind;
  readonly name: string;
  readonly token: string;
  readonly files: readonly string[];
}

const canaries = new Canaries();
const written: string[] = [];
let offhook: TestProduct;
const phones: Planted[] = [];
let callers: ReadonlyMap<string, Ask['headers']>;

const secretSettings = (place: string, ids: readonly SettingId[] = SECRETS): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [id, canaries.plant(`${place} ${id}`)]));

async function plantPhone(vendor: Vendor, kind: Kind): Promise<Planted> {
  const { model, mac, raw } = VENDORS[vendor];
  const number = `${kind === 'full' ? '7' : '8'}${String(NAMES.indexOf(vendor))}`;
  const name = mac === undefined ? `linphone-${kind}` : `${mac}ca${number.padStart(4, '0')}`;
  const place = `${kind} ${vendor} phone`;
  await offhook.must('PUT', `/tenants/acme/extensions/${number}`, {
    password: canaries.plant(`${place} extension`),
    serverHost: 'pbx.example.com',
  });
  const own = {
    template: vendor,
    profile: 'desk',
    settings: secretSettings(
      place,
      SECRETS.filter((id) => settingOf(id).scope === 'phone'),
    ),
    raw: { [raw]: canaries.plant(`${place} raw`) },
    httpPassword: canaries.plant(`${place} httpPassword`),
  };
  const line = kind === 'full' ? secretSettings(`${place} line`, ['line.password']) : {};
  await offhook.must('PUT', `/tenants/acme/phones/${name}`, {
    vendor,
    model,
    label: `public-${name}`,
    lines: [{ extension: number, settings: line }],
    ...(kind === 'full' ? own : {}),
  });
  const { token, httpPassword } = await offhook.must('GET', `/tenants/acme/phones/${name}/credentials`);
  canaries.add(`${place} token`, token);
  if (kind === 'plain') canaries.add(`${place} httpPassword`, httpPassword);
  const { files } = await offhook.must('GET', `/tenants/acme/phones/${name}/files`);
  return { vendor, kind, name, token, files: files.map((file: { readonly name: string }) => file.name) };
}

/** What the product has made itself: keys, the first password, the tenant's token. */
async function addOwnSecrets(): Promise<void> {
  canaries.add('first password', offhook.login.password);
  canaries.add('session', offhook.bearer.authorization.replace('Bearer ', ''));
  canaries.add('tenant token', (await offhook.must('GET', '/tenants/acme/credentials')).token);
  for (const { name, privateKey } of await offhook.product.store.platform.certificates.list({ limit: 100 })) {
    // The secret number (RFC 7518 §6.2.2, §6.3.2), without the zeros that it may begin with.
    const { d = '' } = createPrivateKey(privateKey.reveal()).export({ format: 'jwk' });
    canaries.add(`private key ${name}`, Buffer.from(d, 'base64url').subarray(2, 30));
  }
  const keyFile: unknown = JSON.parse(readFileSync(offhook.config.keyFile, 'utf8'));
  for (const text of JSON.stringify(keyFile).match(/[A-Za-z0-9+/]{40,}=*/g) ?? [])
    canaries.add('master key', Buffer.from(text, 'base64'));
}

const USERS = {
  'operator-blind': { role: 'operator' },
  'admin-blind': { role: 'admin', tenant: 'acme' },
  'csr-blind': { role: 'csr', tenant: 'acme' },
  'user-blind': { role: 'user', tenant: 'acme', person: 'alice' },
} as const;

/** Everybody who may see something, and no secret; and the operator who may, asking for what shows none. */
async function logIn(): Promise<ReadonlyMap<string, Ask['headers']>> {
  const found = new Map<string, Ask['headers']>([
    ['nobody', {}],
    ['operator', offhook.bearer],
  ]);
  for (const [name, who] of Object.entries(USERS)) {
    const password = canaries.plant(`password of ${name}`);
    await offhook.must('PUT', `/users/${name}`, { ...who, mayReveal: false, password });
    const { token } = await offhook.must('POST', '/sessions', { name, password });
    canaries.add(`session of ${name}`, token);
    found.set(name, { authorization: `Bearer ${String(token)}` });
  }
  return found;
}

beforeAll(async () => {
  offhook = await startTestProduct({
    environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' },
    log: createLog('trace', { write: (text) => void written.push(text) }),
  });
  await offhook.must('PUT', '/platform', { settings: secretSettings('platform') });
  await offhook.must('PUT', '/tenants/acme', {
    title: 'Acme',
    settings: secretSettings('tenant'),
    httpPassword: canaries.plant('tenant httpPassword'),
  });
  await offhook.must('PUT', '/tenants/acme/people/alice', {});
  await offhook.must('PUT', '/tenants/acme/groups/sales', {});
  await offhook.must('PUT', '/tenants/acme/profiles/desk', { settings: secretSettings('profile') });
  for (const vendor of NAMES) {
    const { model, raw } = VENDORS[vendor];
    const settings = secretSettings(`template ${vendor}`);
    const rawOf = { [`${raw}2`]: canaries.plant(`template ${vendor} raw`) };
    await offhook.must('PUT', `/tenants/acme/templates/${vendor}`, { vendor, models: [model], settings, raw: rawOf });
    await offhook.must('PUT', `/templates/${vendor}`, {
      vendor,
      models: [model],
      settings: secretSettings(`global template ${vendor}`),
    });
    for (const kind of ['plain', 'full'] as const) phones.push(await plantPhone(vendor, kind));
  }
  await offhook.must('POST', '/certificates', { door: 'secure', host: 'prov.example.com', keyType: 'ec' });
  await addOwnSecrets();
  callers = await logIn();
}, 120_000);
afterAll(() => offhook.close());

/** Asks many things, a few at a time. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const one = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

test('the search finds a secret in every spelling, and where there is none it finds nothing', () => {
  const some = new Canaries();
  const text = some.plant('here');
  const bytes = Buffer.from(text);
  const spellings = [
    text,
    text.toUpperCase(),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(text),
    bytes.toString('hex').replace(/../g, '%$&'),
    Buffer.from(text, 'utf16le').toString('latin1'),
    ...['', 'x', 'xy', 'xyz'].map((before) => Buffer.from(`${before}${text}${before}`).toString('base64')),
    ...['', 'x', 'xy', 'xyz'].map((before) => Buffer.from(`${before}${text}ÿ¿`).toString('base64url')),
  ];
  for (const spelling of spellings) expect(some.findIn(`before${spelling}after`), spelling).toEqual(['here']);
  expect(some.findIn(`${text.slice(0, 15)} ${new Canaries().plant('elsewhere')}`)).toEqual([]);
});

test('W6 at the right proof a phone’s file holds its own secrets, and no other phone’s', async () => {
  const seen = new Set<string>();
  for (const { vendor, kind, name, token, files } of phones) {
    const found = new Set<string>();
    for (const file of files) {
      const { bytes } = await ask(`${offhook.door(VENDORS[vendor].door)}/p/${token}/${file}`);
      for (const where of canaries.findIn(bytes)) found.add(where);
    }
    const place = `${kind} ${vendor} phone`;
    expect(found, name).toContain(kind === 'full' ? `${place} line line.password` : `${place} extension`);
    if (kind === 'full')
      for (const raw of [`${place} raw`, `template ${vendor} raw`]) expect(found, name).toContain(raw);
    const others = [...found].filter((where) => / phone /.test(where) && !where.startsWith(place));
    expect(others, name).toEqual([]);
    for (const where of found) seen.add(where);
  }
  // Each secret setting is written by somebody, so each canary could have been found.
  const written_ = SECRETS.filter((id) => [...seen].some((where) => where.endsWith(` ${id}`)));
  expect(written_).toEqual(SECRETS);
  for (const id of ['security.adminPassword', 'security.userPassword'])
    expect(
      [...seen].filter((where) => where === `tenant ${id}` || where.endsWith(`phone ${id}`)).length,
    ).toBeGreaterThan(1);
});

test('W6 below the proof that earns it, no door gives a secret of anybody, whatever is asked', async () => {
  const [tenant, other] = [await offhook.must('GET', '/tenants/acme/credentials'), phones[0]];
  const asks: { readonly url: string; readonly how: Ask; readonly own: string }[] = [];
  for (const { vendor, kind, name, token, files } of phones) {
    // What the asker has put into the path may come back to him in a URL.
    const own = `${kind} ${vendor} phone token`;
    const wrong = { authorization: `Basic ${Buffer.from(`${name}:wrong`).toString('base64')}` };
    for (const file of [...files, `${name}-local.cfg`, 'nobody.cfg'])
      for (const door of ['secure', 'spa', 'bootstrap', 'legacy'] as const) {
        const base = offhook.door(door);
        asks.push({ url: `${base}/${file}`, how: {}, own: '' });
        if (kind === 'plain') continue;
        asks.push({ url: `${base}/${file}`, how: { headers: wrong }, own: '' });
        asks.push({ url: `${base}/t/${String(tenant.token)}/${file}`, how: {}, own: 'tenant token' });
        asks.push({ url: `${base}/p/${'a'.repeat(32)}/${file}`, how: {}, own: '' });
        if (other !== undefined && other.name !== name)
          asks.push({
            url: `${base}/p/${other.token}/${file}`,
            how: {},
            own: `${other.kind} ${other.vendor} phone token`,
          });
        if (door === 'bootstrap' || door === 'legacy') asks.push({ url: `${base}/p/${token}/${file}`, how: {}, own });
        asks.push({ url: `${base}/${file}`, how: { method: 'PUT', body: 'x' }, own: '' });
      }
  }
  const leaks: string[] = [];
  let answered = 0;
  await each(asks, async ({ url, how, own }) => {
    const { bytes, rawHeaders, status } = await ask(url, how);
    if (status === 200) answered += 1;
    for (const where of canaries.findIn(Buffer.concat([bytes, Buffer.from(rawHeaders.join('\n'))])))
      if (where !== own) leaks.push(`${where} at ${url}`);
  });
  for (const file of new Set(
    phones.flatMap(({ files, token }) => files.flatMap((one) => [one, `p/${token}/${one}`])),
  )) {
    const { bytes } = await fetchTftp({ port: offhook.port('tftp') }, file);
    for (const where of canaries.findIn(bytes)) if (!where.endsWith('token')) leaks.push(`${where} by TFTP in ${file}`);
  }
  expect(leaks).toEqual([]);
  // Bootstraps came, and configurations without secrets for the tenant's token: it was not refusals that were searched.
  expect(answered).toBeGreaterThan(50);
});

const OBJECTS: Readonly<Record<string, string>> = {
  tenant: 'acme',
  group: 'sales',
  profile: 'desk',
  person: 'alice',
  user: 'admin-blind',
  from: '1.1.1.1',
  fileName: 'none.rom',
  door: 'secure',
  host: 'prov.example.com',
  keyType: 'ec',
  type: 'forbidden',
};

/** A route as it can be asked: for each phone, each template, each maker where it names one. */
const pathsOf = (route: string): readonly string[] =>
  phones.flatMap(({ vendor, kind, name, files }) => {
    if (kind === 'plain') return [];
    const objects: Readonly<Record<string, string>> = {
      ...OBJECTS,
      phone: name,
      template: vendor,
      vendor,
      number: '70',
    };
    const path = route.replace(/:(\w+)/g, (_, parameter: string) => objects[parameter] ?? 'none');
    return path.endsWith('/*') ? files.map((file) => path.replace('*', file)) : [path];
  });

/** Documents that are refused, each with a secret in it. */
const refusedDocuments = (): readonly (readonly [string, unknown])[] => {
  const bad = (where: string): string => `${canaries.plant(`refused ${where}`)} \n`;
  return [
    ['/tenants/acme/extensions/70', { password: bad('extension').repeat(20), serverHost: 'not a host' }],
    ['/tenants/acme/extensions/70', { password: [bad('list')] }],
    ['/tenants/acme', { settings: { 'security.adminPassword': bad('setting') } }],
    ['/tenants/acme', { httpPassword: { value: bad('object') } }],
    [
      '/tenants/acme/templates/yealink',
      { vendor: 'yealink', models: ['T46U'], raw: { 'a.b': bad('raw') }, settings: { nothing: 1 } },
    ],
    [
      `/tenants/acme/phones/${phones[0]?.name ?? ''}`,
      { vendor: 'yealink', model: 'T46U', httpPassword: bad('phone'), blocked: 'x' },
    ],
    ['/users/admin-blind', { role: 'nobody', password: bad('user') }],
  ];
};

const REVEALS = /\/(?:credentials|url|resync-url)$|reveal=true$/;

describe('W6 no route shows a secret to somebody without the right to see it, nor any that is not there for it', () => {
  const paths = (): readonly string[] => {
    const readable = Object.keys(RIGHTS).filter((name) => name.startsWith('GET '));
    return [...new Set(readable.flatMap((name) => pathsOf(name.slice(4))).map(urlOfRoute))];
  };

  test.each(['nobody', 'operator', ...Object.keys(USERS)])('%s', async (who) => {
    const headers = callers.get(who) ?? {};
    const leaks: string[] = [];
    let shown = 0;
    // The operator who may see secrets asks for everything but them.
    await each(
      paths().filter((path) => who !== 'operator' || !REVEALS.test(path)),
      async (path) => {
        const answer = await ask(`${offhook.door('admin')}${path}`, { headers });
        if (answer.status === 200) shown += 1;
        for (const where of canaries.findIn(`${answer.text}${answer.rawHeaders.join('\n')}`))
          leaks.push(`${where} at ${path}`);
      },
    );
    for (const [path, document] of refusedDocuments()) {
      const body = JSON.stringify(document);
      const how = { method: 'PUT', headers: { ...headers, 'content-type': 'application/json' }, body };
      const { status, text } = await ask(`${offhook.door('admin')}/api/v1${path}`, how);
      expect(status, path).toBeGreaterThanOrEqual(400);
      for (const where of canaries.findIn(text)) leaks.push(`${where} in the refusal of ${path}`);
    }
    expect(leaks).toEqual([]);
    expect(shown).toBeGreaterThan(who === 'nobody' ? 2 : who === 'user-blind' ? 4 : 20);
  });
});

test('W6 no command prints a secret unless it is asked to reveal it', async () => {
  const [first] = phones;
  if (first === undefined) throw new Error('there is no phone');
  const commands = [
    ['phone', 'list'],
    ['tenant', 'list'],
    ['user', 'list'],
    ['certificate', 'list'],
    ['authority', 'missing'],
    ['journal'],
    ['audit', '--limit', '1000'],
    ['object', 'get', 'platform'],
    ['object', 'get', 'tenants/acme'],
    ['object', 'get', 'tenants/acme/profiles'],
    ['object', 'get', 'tenants/acme/templates'],
    ['object', 'get', 'tenants/acme/extensions'],
    ['object', 'get', 'templates'],
    ...phones.flatMap(({ name, files }) => [
      ['phone', 'show', name],
      ['phone', 'log', name],
      ['explain', '--phone', name],
      ...files.map((file) => ['render', '--phone', name, '--file', file]),
    ]),
  ];
  for (const command of commands) {
    const { exitCode, stdout, stderr } = await runOffhook(offhook, ...command);
    expect(exitCode, `${command.join(' ')}: ${stderr}`).toBe(0);
    expect(canaries.findIn(stdout + stderr), command.join(' ')).toEqual([]);
  }
  const revealed = await runOffhook(
    offhook,
    'render',
    '--phone',
    first.name,
    '--file',
    first.files[0] ?? '',
    '--reveal',
  );
  expect(canaries.findIn(revealed.stdout)).toContain(`plain ${first.vendor} phone extension`);
});

/** Every file below the data directory but the key, the write-ahead log included. */
function dataFiles(directory: string): readonly (readonly [string, Buffer])[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile() && path !== offhook.config.keyFile)
    .map((path) => [path, readFileSync(path)]);
}

test('W6 log at its finest, journal, audit and metrics hold no secret', async () => {
  const [{ token, name } = { token: '', name: '' }] = phones;
  // What is asked for wrongly is where a log would be tempted.
  for (const target of [`/${token}/${name}.cfg`, `/p/${token}/%00`, `/p/${token}/../x`])
    await ask(`${offhook.door('secure')}${target}`);
  await offhook.product.settle();
  const places = {
    log: [...offhook.log, ...written].join('\n'),
    journal: JSON.stringify(await offhook.product.store.journal.list({ limit: 5000 })),
    audit: JSON.stringify(await offhook.product.store.platform.auditLog({ limit: 5000 })),
    metrics: (await ask(`${offhook.door('admin')}/metrics`, { headers: offhook.bearer })).text,
  };
  for (const [place, text] of Object.entries(places)) expect(canaries.findIn(text), place).toEqual([]);
  expect(places.journal).toContain(name);
  expect(places.log).toContain('door_refused');
});

test('W6 the data directory holds no secret in the clear, not in any byte of it', async () => {
  const [first] = phones;
  if (first === undefined) throw new Error('there is no phone');
  const upload = canaries.plant('upload of a phone');
  const sent = await ask(`${offhook.door('secure')}/p/${first.token}/${first.name}-local.cfg`, {
    method: 'PUT',
    body: `x=${upload}\n`,
  });
  expect(sent.status).toBe(200);
  await offhook.product.settle();
  const files = dataFiles(offhook.dataDir);
  const everything = Buffer.concat(files.map(([, bytes]) => bytes));
  // What is no secret stands there as it is: it is the right bytes that are searched.
  expect(everything.includes(`public-${first.name}`)).toBe(true);
  for (const [path, bytes] of files) expect(canaries.findIn(bytes), path).toEqual([]);
  expect(canaries.size).toBeGreaterThan(100);
});
