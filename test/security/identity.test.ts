import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trimJournal } from '../../src/app/serve/journal-writer.ts';
import {
  addPhone,
  credentialsOf,
  fetchOwn,
  logOf,
  looksLike,
  MAKERS,
  type KnownPhone,
  type Maker,
} from '../kit/attack.ts';
import { digest, nonceOf } from '../kit/digest.ts';
import { factoryCertificate, shown } from '../kit/phones.ts';
import { ask, startTestProduct, type Ask, type TestProduct } from '../kit/product.ts';
import { createTestCa, selfSigned, type TestCa } from '../kit/test-ca.ts';
import { fetchTftp } from '../kit/tftp-client.ts';

const VENDORS = Object.keys(MAKERS) as readonly Maker[];
const UNKNOWN = 'aa0009';
const NOBODYS_TOKEN = 'abcdefghijklmnopqrstuvwxyz234567';

let offhook: TestProduct;
let tenantToken: string;
let ca: TestCa;
const own = new Map<Maker, KnownPhone>();
const neighbour = new Map<Maker, KnownPhone>();
const blocked = new Map<Maker, KnownPhone>();
const foreign = new Map<Maker, KnownPhone>();

const of = (phones: ReadonlyMap<Maker, KnownPhone>, vendor: Maker): KnownPhone => {
  const phone = phones.get(vendor);
  if (phone === undefined) throw new Error(vendor);
  return phone;
};

beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_DOORS_LEGACY_OPEN: 'true' } });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme', networks: ['127.0.0.0/8'] });
  await offhook.must('PUT', '/tenants/rival', { title: 'Rival Ltd' });
  tenantToken = (await credentialsOf(offhook, '/tenants/acme')).token;
  for (const vendor of VENDORS) {
    own.set(vendor, await addPhone(offhook, 'acme', vendor, '000601'));
    neighbour.set(vendor, await addPhone(offhook, 'acme', vendor, '000602'));
    blocked.set(vendor, await addPhone(offhook, 'acme', vendor, '000603', { blocked: true }));
    foreign.set(vendor, await addPhone(offhook, 'rival', vendor, '000604'));
  }
  ca = await createTestCa('Test Maker Root CA');
  await offhook.must('POST', '/authorities', { vendor: 'yealink', pem: ca.certificate });
});
afterAll(() => offhook.close());

/** What the same request gets for a MAC nobody knows, one of ours, one that is blocked, and one of another tenant. */
async function answers(vendor: Maker, directory: string, how: Ask = {}) {
  const { oui, file, door } = MAKERS[vendor];
  const unknown = await ask(`${offhook.door(door)}/${directory}${file(oui + UNKNOWN)}`, how);
  const known = [];
  for (const phones of [own, blocked, foreign])
    known.push(await ask(`${offhook.door(door)}/${directory}${of(phones, vendor).file}`, how));
  return { unknown, known };
}

const secretsOf = (phone: KnownPhone): readonly string[] => [
  phone.sipPassword,
  phone.token,
  phone.httpPassword,
  `Person ${phone.mac}`,
  `pbx-${phone.tenant}`,
];

test('E6 a known MAC with a wrong proof or none gets what an unknown MAC gets, and no part of its configuration', async () => {
  const stranger = await selfSigned({ subject: [['CN', of(own, 'yealink').mac]] });
  for (const vendor of VENDORS) {
    const phone = of(own, vendor);
    expect((await fetchOwn(offhook, phone)).text).toContain(phone.sipPassword);
    const basic = Buffer.from(`${phone.httpUser}:wrong`).toString('base64');
    const wrong: readonly (readonly [string, Ask])[] = [
      ['', {}],
      [`p/${NOBODYS_TOKEN}/`, {}],
      [`t/${NOBODYS_TOKEN}/`, {}],
      [`p/${tenantToken}/`, {}],
      [`t/${phone.token}/`, {}],
      ['', { headers: { authorization: `Basic ${basic}` } }],
      ['', { headers: { authorization: 'Digest username="x"' } }],
      ['', { certificate: { key: stranger.key, cert: stranger.certificate } }],
    ];
    for (const [directory, how] of wrong) {
      const { unknown, known } = await answers(vendor, directory, how);
      expect(unknown.status).toBe(404);
      for (const answer of known) expect(looksLike(answer)).toEqual(looksLike(unknown));
      for (const secret of secretsOf(phone)) expect(unknown.text).not.toContain(secret);
    }
  }
});

test('the doors that give a bootstrap give a known MAC the same public one as an unknown MAC', async () => {
  for (const vendor of VENDORS) {
    const { oui, file } = MAKERS[vendor];
    const names = [oui + UNKNOWN, ...[own, blocked, foreign].map((phones) => of(phones, vendor).mac)].map(file);
    for (const base of [`${offhook.door('bootstrap')}/`, `${offhook.door('legacy')}/tftpboot/`])
      for (const prefix of ['', `p/${NOBODYS_TOKEN}/`, `t/${NOBODYS_TOKEN}/`, `t/${tenantToken}/`]) {
        const got = [];
        for (const name of names) got.push(await ask(`${base}${prefix}${name}`));
        expect(new Set(got.map((answer) => JSON.stringify(looksLike(answer)))).size).toBe(1);
        for (const secret of secretsOf(of(own, vendor))) expect(got[1]?.text).not.toContain(secret);
      }
    const overTftp = [];
    for (const name of names) overTftp.push(await fetchTftp({ port: offhook.port('tftp') }, name));
    expect(new Set(overTftp.map(({ bytes, error }) => JSON.stringify([bytes.toString(), error]))).size).toBe(1);
  }
});

test('E7 what proves one phone does not open the file of another, and the other one’s log shows the attempt', async () => {
  const { cookie } = await adminCookie();
  for (const vendor of VENDORS) {
    const [mine, theirs] = [of(own, vendor), of(neighbour, vendor)];
    const { door, oui, file } = MAKERS[vendor];
    // The address alone, that of a network of the tenant; with a cookie; with the other phone's token. Neither address nor
    // cookie is a proof of anybody: nothing of the other phone was shown, so the attempt is in the log and no alarm.
    for (const [directory, how] of [
      ['', {}],
      ['', { headers: { cookie } }],
      [`p/${mine.token}/`, {}],
      [`p/${mine.token}/`, { headers: { cookie } }],
    ] as const) {
      const refused = await ask(`${offhook.door(door)}/${directory}${theirs.file}`, how);
      const unknown = await ask(`${offhook.door(door)}/${directory}${file(oui + UNKNOWN)}`, how);
      expect(refused.status).toBe(404);
      expect(looksLike(refused)).toEqual(looksLike(unknown));
    }
    const alarms = (await logOf(offhook, theirs)).filter((record) => record.event === 'foreign_proof');
    expect(alarms.map((record) => record.decision)).toEqual(['refused (class public)', 'refused (class public)']);
    expect((await logOf(offhook, mine)).filter((record) => record.event !== undefined)).toEqual([]);
  }
  // A blocked one is no other: its log shows the attempt, the answer does not.
  const certificate = shown(await factoryCertificate(ca, 'yealink', of(own, 'yealink').mac));
  const theirs = of(blocked, 'yealink');
  expect((await ask(`${offhook.door('secure')}/${theirs.file}`, { certificate })).status).toBe(404);
  expect((await logOf(offhook, theirs))[0]?.event).toBe('foreign_proof');
});

test('E7 the factory certificate or password of one phone opens the file of no other, of whichever maker', async () => {
  for (const vendor of VENDORS) {
    const [mine, theirs] = [of(own, vendor), of(neighbour, vendor)];
    const { door, oui, file } = MAKERS[vendor];
    const maker = await createTestCa(`Factory CA of ${vendor}`);
    await offhook.must('POST', '/authorities', { vendor, pem: maker.certificate });
    const certificate = shown(await factoryCertificate(maker, vendor, mine.mac));
    const login = Buffer.from(`${mine.httpUser}:${mine.httpPassword}`).toString('base64');
    expect((await ask(`${offhook.door(door)}/${mine.file}`, { certificate })).text).toContain(mine.sipPassword);
    const ways: readonly (readonly [Ask, object])[] = [
      [{ certificate }, { event: 'foreign_proof', proof: 'place, certificate' }],
      [
        { headers: { authorization: `Basic ${login}` } },
        {
          event: 'foreign_proof',
          proof: 'place, phone_password',
          reason: expect.stringContaining('wrong HTTP credentials') as string,
        },
      ],
      [{ certificate, headers: { authorization: `Basic ${login}` } }, { event: 'foreign_proof' }],
    ];
    for (const [how, noted] of ways) {
      const refused = await ask(`${offhook.door(door)}/${theirs.file}`, how);
      const unknown = await ask(`${offhook.door(door)}/${file(oui + UNKNOWN)}`, how);
      expect(refused.status).toBe(404);
      expect(looksLike(refused)).toEqual(looksLike(unknown));
      expect((await logOf(offhook, theirs))[0]).toMatchObject(noted);
    }
  }
});

/** A tenant whose prefix asks everybody for a digest. */
async function digestTenant(name: string): Promise<string> {
  await offhook.must('PUT', `/tenants/${name}`, { title: name, policy: { httpAuth: 'digest' } });
  return (await credentialsOf(offhook, `/tenants/${name}`)).token;
}

test('E7 the password of one phone, as Basic or Digest, is an alarm on the other whose file is asked for, also of another tenant, and on nobody else', async () => {
  const ours = await digestTenant('digests');
  const theirTenant = await digestTenant('strangers');
  const mine = await addPhone(offhook, 'digests', 'yealink', '000711');
  const theirs = await addPhone(offhook, 'digests', 'yealink', '000712');
  const stranger = await addPhone(offhook, 'strangers', 'yealink', '000713');
  const unknown = MAKERS.yealink.file(`${MAKERS.yealink.oui}000719`);

  const digestFor = async (uri: string, { httpUser: user, httpPassword: password }: KnownPhone): Promise<string> => {
    const nonce = nonceOf(await ask(`${offhook.door('secure')}${uri}`));
    return digest({ nonce, uri, user, password, count: '00000001' });
  };
  const basicFor = (_uri: string, { httpUser, httpPassword }: KnownPhone): Promise<string> =>
    Promise.resolve(`Basic ${Buffer.from(`${httpUser}:${httpPassword}`).toString('base64')}`);
  const eventsOf = async (phone: KnownPhone): Promise<readonly (string | undefined)[]> =>
    (await logOf(offhook, phone)).map(({ event }) => event);

  let round = 0;
  for (const headerFor of [digestFor, basicFor]) {
    round += 1;
    const show = async (uri: string, phone: KnownPhone) =>
      ask(`${offhook.door('secure')}${uri}`, { headers: { authorization: await headerFor(uri, phone) } });
    expect((await show(`/t/${ours}/${mine.file}`, mine)).text).toContain(mine.sipPassword);

    const wrong = { ...mine, httpPassword: `${mine.httpPassword}x` };
    for (const [prefix, other] of [
      [ours, theirs],
      [theirTenant, stranger],
    ] as const) {
      const refused = await show(`/t/${prefix}/${other.file}`, mine);
      expect(refused.status).toBe(401);
      expect(refused.headers['www-authenticate']).not.toContain('stale');
      // A wrong password, one of nobody, and a file of nobody answer alike.
      for (const [name, phone] of [
        [other.file, wrong],
        [other.file, { ...mine, httpUser: `phone-${MAKERS.yealink.oui}000718` }],
        [unknown, mine],
        [unknown, wrong],
      ] as const)
        expect(looksLike(await show(`/t/${prefix}/${name}`, phone))).toEqual(looksLike(refused));
      const alarms = (await logOf(offhook, other)).filter(({ event }) => event === 'foreign_proof');
      expect(alarms.map(({ proof }) => proof)).toEqual(Array(round).fill('tenant_token, phone_password'));
      expect(JSON.stringify(alarms)).not.toMatch(/000711/);
    }
    expect(new Set(await eventsOf(mine))).toEqual(new Set([undefined]));
  }
  // Over a nonce that is nobody's or too old it is no proof that somebody has it now.
  const uri = `/t/${ours}/${theirs.file}`;
  const forged = digest({ nonce: 'made-up', uri, user: mine.httpUser, password: mine.httpPassword, count: '00000001' });
  expect((await ask(`${offhook.door('secure')}${uri}`, { headers: { authorization: forged } })).status).toBe(401);
  expect((await logOf(offhook, theirs))[0]?.event).toBeUndefined();
  // The password of another beside its own token: two proofs that name two phones.
  const torn = await ask(`${offhook.door('secure')}/p/${theirs.token}/${theirs.file}`, {
    headers: { authorization: await basicFor('', mine) },
  });
  expect(torn.status).toBe(404);
  expect((await logOf(offhook, theirs))[0]).toMatchObject({ event: 'foreign_proof' });
  expect((await fetchOwn(offhook, theirs)).text).toContain(theirs.sipPassword);
  expect((await fetchOwn(offhook, mine)).text).toContain(mine.sipPassword);
});

test('E8 a token of one tenant does not open, nor tell of, the phone of another', async () => {
  for (const vendor of VENDORS) {
    const [mine, theirs] = [of(own, vendor), of(foreign, vendor)];
    for (const directory of [`t/${tenantToken}/`, `p/${mine.token}/`]) {
      const { door, oui, file } = MAKERS[vendor];
      const refused = await ask(`${offhook.door(door)}/${directory}${theirs.file}`);
      const unknown = await ask(`${offhook.door(door)}/${directory}${file(oui + UNKNOWN)}`);
      expect(refused.status).toBe(404);
      expect(looksLike(refused)).toEqual(looksLike(unknown));
      for (const secret of secretsOf(theirs)) expect(refused.text).not.toContain(secret);
    }
    const alarms = (await logOf(offhook, theirs)).filter(
      (record) => record.event === 'foreign_proof' && record.door === MAKERS[vendor].door,
    );
    expect(alarms).toHaveLength(2);
    // Neither side learns the other's name.
    expect(JSON.stringify(alarms)).not.toMatch(/acme/i);
  }
});

/** What each table of the store holds. */
function rowsByTable(): ReadonlyMap<string, number> {
  const database = new Database(join(offhook.dataDir, 'offhook.db'), { readonly: true });
  try {
    const tables = database.prepare<[], { name: string }>("select name from sqlite_master where type = 'table'").all();
    return new Map(
      tables.map(({ name }) => [
        name,
        database.prepare<[], { n: number }>(`select count(*) as n from "${name}"`).get()?.n ?? 0,
      ]),
    );
  } finally {
    database.close();
  }
}

/** What each maker's phones say of themselves. */
const AGENTS: Readonly<Record<Maker, (mac: string) => string>> = {
  yealink: (mac) => `Yealink SIP-T46U 108.86.0.20 ${mac.match(/../g)?.join(':') ?? ''}`,
  snom: (mac) => `Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12 ${mac.toUpperCase()} SXM:0 UXM:0)`,
  polycom: (mac) => `FileTransport PolycomVVX-VVX_411-UA/6.4.0.1000 (SN:${mac}) Type/Application`,
  'cisco-spa': (mac) => `Cisco/SPA942-7.6.2 (${mac.toUpperCase()})(CCQ00000001)`,
};

/** Bounded by its limit of rows and days, and written by every request whoever asks. */
const JOURNAL = /^journal$|_seq/;

test('E4 a thousand invented MACs that speak as real phones do leave nothing behind but rows of the journal, which is bounded', async () => {
  await offhook.product.settle();
  const before = rowsByTable();
  const statuses = new Set<number>();
  for (let n = 0; n < 1000; n += VENDORS.length)
    await Promise.all(
      VENDORS.map(async (vendor, place) => {
        const { oui, file, door } = MAKERS[vendor];
        const mac = `${oui}e4${(n + place).toString(16).padStart(4, '0')}`;
        const base = offhook.door(n % 40 === 0 ? door : 'bootstrap');
        const { status, text } = await ask(`${base}/${file(mac)}`, { headers: { 'user-agent': AGENTS[vendor](mac) } });
        statuses.add(status);
        expect(text).not.toMatch(/acme|rival/i);
      }),
    );
  expect(Array.from(statuses).toSorted()).toEqual([200, 404]);
  await offhook.product.settle();
  const after = rowsByTable();
  const grown = Array.from(after).filter(([table, rows]) => rows !== before.get(table) && !JOURNAL.test(table));
  expect(grown).toEqual([]);
  expect((after.get('journal') ?? 0) - (before.get('journal') ?? 0)).toBe(1000);
  await trimJournal(offhook.product.store.journal, { rows: 300, days: 30 }, new Date());
  expect(rowsByTable().get('journal')).toBe(300);
  for (const tenant of ['acme', 'rival'])
    expect((await offhook.api('GET', `/tenants/${tenant}/phones/805ec0e40000`)).status).toBe(404);
});

async function adminCookie(): Promise<{ readonly cookie: string }> {
  const answer = await ask(`${offhook.door('admin')}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(offhook.login),
  });
  return { cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? 'none=1' };
}

describe('a tenant whose prefix asks for HTTP credentials', () => {
  let tenant: Awaited<ReturnType<typeof credentialsOf>>;
  beforeAll(async () => {
    await offhook.must('PUT', '/tenants/asking', { title: 'Asking', policy: { httpAuth: 'basic' } });
    await offhook.must('PUT', '/tenants/asking/phones/805ec0000605', { vendor: 'yealink', model: 'T46U' });
    tenant = await credentialsOf(offhook, '/tenants/asking');
  });

  test('answers 401 for every name alike without credentials, and 404 for every name alike that is not its own with them', async () => {
    const authorization = `Basic ${Buffer.from(`${tenant.httpUser}:${tenant.httpPassword}`).toString('base64')}`;
    const without = await answers('yealink', `t/${tenant.token}/`);
    expect(without.unknown.status).toBe(401);
    for (const answer of without.known) expect(looksLike(answer)).toEqual(looksLike(without.unknown));
    const own = await ask(`${offhook.door('secure')}/t/${tenant.token}/805ec0000605.cfg`);
    expect(looksLike(own)).toEqual(looksLike(without.unknown));
    const withThem = await answers('yealink', `t/${tenant.token}/`, { headers: { authorization } });
    expect(withThem.unknown.status).toBe(404);
    for (const answer of withThem.known) expect(looksLike(answer)).toEqual(looksLike(withThem.unknown));
  });
});

test('T1 the certificate of one phone does not open the file of another, which is alarmed', async () => {
  const [mine, theirs] = [of(own, 'yealink'), of(neighbour, 'yealink')];
  const { key, certificate: cert } = await ca.issue({ subject: [['CN', mine.mac.toUpperCase()]] });
  const how = { certificate: { key, cert } };
  const door = offhook.door('secure');
  expect((await ask(`${door}/${mine.file}`, how)).text).toContain(mine.sipPassword);
  const refused = await ask(`${door}/${theirs.file}`, how);
  const unknown = await ask(`${door}/${MAKERS.yealink.file(`805ec0${UNKNOWN}`)}`, how);
  expect(refused.status).toBe(404);
  expect(looksLike(refused)).toEqual(looksLike(unknown));
  expect((await logOf(offhook, theirs))[0]).toMatchObject({ event: 'foreign_proof', proof: 'place, certificate' });
  // Its own token beside it helps nothing: two proofs that name two phones prove neither.
  expect((await ask(`${door}/p/${theirs.token}/${theirs.file}`, how)).status).toBe(404);
});

test('T2 a certificate of another maker’s CA, or of one that is not trusted for this maker, proves no phone', async () => {
  const phone = of(own, 'yealink');
  const otherMaker = await createTestCa('Other Maker Root CA');
  await offhook.must('POST', '/authorities', { vendor: 'snom', pem: otherMaker.certificate });
  const nobodys = await createTestCa('Nobody’s Root CA');
  const door = offhook.door('secure');
  const agents = [{}, { 'user-agent': 'Yealink SIP-T46U 108.86.0.20' }];
  for (const [issuer, reason] of [
    [otherMaker, /another maker/],
    [nobodys, /not accepted: signed by no imported CA/],
  ] as const) {
    const { key, chain: cert } = await issuer.issue({ subject: [['CN', phone.mac]] });
    for (const headers of agents) {
      const how = { certificate: { key, cert }, headers };
      const refused = await ask(`${door}/${phone.file}`, how);
      const unknown = await ask(`${door}/${MAKERS.yealink.file(`805ec0${UNKNOWN}`)}`, how);
      expect(refused.status).toBe(404);
      expect(looksLike(refused)).toEqual(looksLike(unknown));
      // The reason is told to the administrator only.
      const [record] = await logOf(offhook, phone);
      expect(record?.proof).toBe('place');
      if (headers === agents[0]) expect(record?.reason).toMatch(reason);
    }
  }
  // The other maker's CA is good for the phones of its own maker, and this maker's for this phone.
  const snom = of(own, 'snom');
  for (const [issuer, known] of [
    [otherMaker, snom],
    [ca, phone],
  ] as const) {
    const { key, chain: cert } = await issuer.issue({ subject: [['CN', known.mac]] });
    expect((await ask(`${door}/${known.file}`, { certificate: { key, cert } })).text).toContain(known.sipPassword);
    const crossed = issuer === ca ? snom : phone;
    expect((await ask(`${door}/${crossed.file}`, { certificate: { key, cert } })).status).toBe(404);
  }
});
