import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, credentialsOf, logOf, looksLike, type KnownPhone } from '../kit/attack.ts';
import { digest, nonceOf, type Digest } from '../kit/digest.ts';
import { NONCE_SECONDS } from '../../src/app/serve/http-credentials.ts';
import { ask, startTestProduct, type Answer, type Ask, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
let phone: KnownPhone;
let other: KnownPhone;
let directory: string;
/** How far the product's clock is ahead of the machine's. */
let aheadSeconds = 0;
beforeAll(async () => {
  offhook = await startTestProduct({
    environment: { OFFHOOK_DOORS_SPA_HTTPAUTH: 'basic', OFFHOOK_DOORS_LEGACY_OPEN: 'true' },
    clock: { now: () => new Date(Date.now() + aheadSeconds * 1000) },
  });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme', policy: { httpAuth: 'digest' } });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0021');
  other = await addPhone(offhook, 'acme', 'yealink', 'aa0022');
  directory = `/t/${(await credentialsOf(offhook, '/tenants/acme')).token}/`;
});
afterAll(() => offhook.close());

const fetchWith = (file: string, authorization?: string): Promise<Answer> =>
  ask(
    `${offhook.door('secure')}${directory}${file}`,
    authorization === undefined ? {} : { headers: { authorization } },
  );

/** What the phone itself would answer to a fresh challenge. */
async function rightDigest(change: Partial<Digest> = {}): Promise<Digest> {
  return {
    nonce: nonceOf(await fetchWith(phone.file)),
    uri: directory + phone.file,
    user: phone.httpUser,
    password: phone.httpPassword,
    count: '00000001',
    ...change,
  };
}

test('A1 a digest over a nonce that was never issued gets 401 and a fresh nonce', async () => {
  const right = await rightDigest();
  expect((await fetchWith(phone.file, digest(right))).text).toContain(phone.sipPassword);
  const [time = '', random = '', seal = ''] = right.nonce.split('-');
  const forged = [
    'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    // Ours in form, but the seal is of another time, or missing.
    `${(Number.parseInt(time, 36) + 1).toString(36)}-${random}-${seal}`,
    `${time}-${random}-`,
    `${time}-${random}-${seal}-more`,
  ];
  for (const nonce of forged) {
    const refused = await fetchWith(phone.file, digest({ ...right, nonce }));
    expect(refused.status).toBe(401);
    expect(refused.text).toBe('Unauthorized\n');
    expect(nonceOf(refused)).not.toBe('');
    expect([right.nonce, nonce]).not.toContain(nonceOf(refused));
    expect((await fetchWith(phone.file, digest({ ...right, nonce: nonceOf(refused) }))).status).toBe(200);
  }
});

test('A2 the same Authorization header is good once, with the next count good again', async () => {
  const right = await rightDigest();
  const authorization = digest(right);
  expect((await fetchWith(phone.file, authorization)).status).toBe(200);
  const again = await fetchWith(phone.file, authorization);
  expect(again.status).toBe(401);
  expect(again.text).not.toContain(phone.sipPassword);
  expect(again.headers['www-authenticate']).toContain('stale=true');
  expect((await fetchWith(phone.file, digest({ ...right, count: '00000002' }))).status).toBe(200);
  expect((await fetchWith(phone.file, digest({ ...right, count: '00000002' }))).status).toBe(401);
});

test('A3 a header made for one file is not good for another', async () => {
  const right = await rightDigest();
  // Of the same phone, and of its neighbour.
  for (const file of [`${phone.mac}-local.cfg`, `${phone.file}?`, other.file]) {
    const refused = await fetchWith(file, digest(right));
    expect(refused.status).toBe(401);
    expect(refused.text).toBe('Unauthorized\n');
  }
  expect((await fetchWith(phone.file, digest({ ...right, uri: directory + other.file }))).status).toBe(401);
  expect((await fetchWith(phone.file, digest(right))).status).toBe(200);
});

test('A4 a nonce older than its life, or of a time to come, gets 401 with stale=true and locks nobody out', async () => {
  const right = await rightDigest();
  for (const seconds of [NONCE_SECONDS + 1, 86_400, -86_400]) {
    aheadSeconds = seconds;
    for (let tries = 1; tries <= 20; tries += 1) {
      const refused = await fetchWith(phone.file, digest({ ...right, count: tries.toString(16).padStart(8, '0') }));
      expect(refused.status).toBe(401);
      expect(refused.headers['www-authenticate']).toContain('stale=true');
      expect(refused.text).toBe('Unauthorized\n');
    }
    expect((await fetchWith(phone.file, digest(await rightDigest()))).status).toBe(200);
  }
  // At the very end of its life it is good still; and with a wrong password it is not called stale.
  aheadSeconds = 0;
  const late = await rightDigest();
  aheadSeconds = NONCE_SECONDS - 30;
  expect((await fetchWith(phone.file, digest(late))).status).toBe(200);
  aheadSeconds = NONCE_SECONDS + 1;
  const wrong = await fetchWith(phone.file, digest({ ...late, password: 'wrong', count: '00000002' }));
  expect(wrong.status).toBe(401);
  expect(wrong.headers['www-authenticate']).not.toContain('stale');
  aheadSeconds = 0;
});

test('A5 an unknown algorithm, MD5 where SHA-256 is demanded or a missing qop gets 401, two Authorization headers get 400', async () => {
  const right = await rightDigest();
  for (const algorithm of ['none', 'SHA-1', 'SHA-256-sess', 'MD5-sess', 'SHA-512-256', '"', 'constructor'])
    expect((await fetchWith(phone.file, digest({ ...right, algorithm }))).status).toBe(401);
  for (const qop of ['none', 'auth-int', 'AUTH', '""'])
    expect((await fetchWith(phone.file, digest({ ...right, qop }))).status).toBe(401);
  for (const count of ['1', 'zzzzzzzz', '000000001', ''])
    expect((await fetchWith(phone.file, digest({ ...right, count }))).status).toBe(401);
  const second = digest(await rightDigest());
  for (const authorization of [
    [digest(right), second],
    [digest(right), 'Basic eDp5'],
    [digest(right), digest(right)],
  ])
    expect(
      (await ask(`${offhook.door('secure')}${directory}${phone.file}`, { headers: { authorization } })).status,
    ).toBe(400);
  // Nothing of that has used the nonce up, and the weaker algorithm is good where only a digest is asked for.
  expect((await fetchWith(phone.file, digest(right))).status).toBe(200);
  const md5 = await rightDigest({ algorithm: 'MD5' });
  expect((await fetchWith(phone.file, digest(md5))).text).toContain(phone.sipPassword);

  await offhook.must('PUT', '/tenants/strict', { title: 'Strict', policy: { httpAuth: 'digest-sha256' } });
  const strict = await addPhone(offhook, 'strict', 'yealink', 'aa0026');
  const uri = `/t/${(await credentialsOf(offhook, '/tenants/strict')).token}/${strict.file}`;
  const fetchStrict = (how: Ask = {}): Promise<Answer> => ask(`${offhook.door('secure')}${uri}`, how);
  const challenged = await fetchStrict();
  expect(challenged.rawHeaders.filter((name) => name === 'WWW-Authenticate')).toHaveLength(1);
  expect(challenged.headers['www-authenticate']).toContain('algorithm=SHA-256');
  const own = { nonce: nonceOf(challenged), uri, user: strict.httpUser, password: strict.httpPassword };
  const basic = `Basic ${Buffer.from(`${strict.httpUser}:${strict.httpPassword}`).toString('base64')}`;
  for (const authorization of [digest({ ...own, count: '00000001', algorithm: 'MD5' }), basic])
    expect((await fetchStrict({ headers: { authorization } })).status).toBe(401);
  const authorization = digest({ ...own, count: '00000002' });
  expect((await fetchStrict({ headers: { authorization } })).text).toContain(strict.sipPassword);
});

test('A5 a missing qop is accepted on the legacy door, where old phones ask', async () => {
  const policy = {
    httpAuth: 'digest',
    lowered: [{ door: 'legacy', networks: ['127.0.0.0/8'], content: 'full', level: 3 }],
  };
  await offhook.must('PUT', '/tenants/old', { title: 'Old', policy });
  const old = await addPhone(offhook, 'old', 'yealink', 'aa0027');
  const uri = `/t/${(await credentialsOf(offhook, '/tenants/old')).token}/${old.file}`;
  const at = async (door: 'secure' | 'legacy', count: string): Promise<Answer> => {
    const nonce = nonceOf(await ask(`${offhook.door(door)}${uri}`));
    const sent = { nonce, uri, user: old.httpUser, password: old.httpPassword, count, algorithm: 'MD5', qop: 'none' };
    return ask(`${offhook.door(door)}${uri}`, { headers: { authorization: digest(sent) } });
  };
  expect((await at('secure', '00000001')).status).toBe(401);
  expect((await at('legacy', '00000001')).text).toContain(old.sipPassword);
});

test('A2 without a qop nothing covers the count, so that a replay with another one is a replay', async () => {
  const policy = {
    httpAuth: 'digest',
    lowered: [{ door: 'legacy', networks: ['127.0.0.0/8'], content: 'full', level: 3 }],
  };
  await offhook.must('PUT', '/tenants/older', { title: 'Older', policy });
  const old = await addPhone(offhook, 'older', 'yealink', 'aa0028');
  const uri = `/t/${(await credentialsOf(offhook, '/tenants/older')).token}/${old.file}`;
  const url = `${offhook.door('legacy')}${uri}`;
  const nonce = nonceOf(await ask(url));
  const sent = { nonce, uri, user: old.httpUser, password: old.httpPassword, algorithm: 'MD5', qop: 'none', count: '' };
  const authorization = digest(sent);
  expect((await ask(url, { headers: { authorization } })).text).toContain(old.sipPassword);
  for (const more of ['', ', nc=00000001', ', nc=00000002, cnonce="c0ffee"'])
    expect((await ask(url, { headers: { authorization: `${authorization}${more}` } })).status).toBe(401);
});

test('A2 a header that was good before a restart is not good after it, and the fresh nonce is', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'offhook-restart-'));
  const first = await startTestProduct({ dataDir });
  await first.must('PUT', '/tenants/acme', { title: 'Acme', policy: { httpAuth: 'digest' } });
  const own = await addPhone(first, 'acme', 'yealink', 'aa0029');
  const uri = `/t/${(await credentialsOf(first, '/tenants/acme')).token}/${own.file}`;
  const asked = (product: TestProduct, authorization?: string): Promise<Answer> =>
    ask(`${product.door('secure')}${uri}`, authorization === undefined ? {} : { headers: { authorization } });
  const who = { uri, user: own.httpUser, password: own.httpPassword, count: '00000001' };
  const authorization = digest({ ...who, nonce: nonceOf(await asked(first)) });
  expect((await asked(first, authorization)).text).toContain(own.sipPassword);
  await first.close();

  const second = await startTestProduct({ dataDir });
  const replayed = await asked(second, authorization);
  expect(replayed.status).toBe(401);
  expect(replayed.headers['www-authenticate']).toContain('stale=true');
  expect((await asked(second, digest({ ...who, nonce: nonceOf(replayed) }))).text).toContain(own.sipPassword);
  await second.close();
  await rm(dataDir, { recursive: true });
});

test('A6 the right password with a wrong user name gets 401, by Digest and by Basic', async () => {
  const right = await rightDigest();
  for (const user of [other.httpUser, phone.httpUser.toUpperCase(), `${phone.httpUser} `, '', 'admin']) {
    expect((await fetchWith(phone.file, digest({ ...right, user }))).status).toBe(401);
  }
  expect((await fetchWith(phone.file, digest(right))).status).toBe(200);

  const spa = await addPhone(offhook, 'acme', 'cisco-spa', 'aa0023');
  const basic = (user: string): Promise<Answer> =>
    ask(`${offhook.door('spa')}/${spa.file}`, {
      headers: { authorization: `Basic ${Buffer.from(`${user}:${spa.httpPassword}`).toString('base64')}` },
    });
  for (const user of [other.httpUser, spa.httpUser.toUpperCase(), `${spa.httpUser} `, '', 'admin'])
    expect((await basic(user)).status).toBe(401);
  expect((await basic(spa.httpUser)).text).toContain(spa.sipPassword);
});

test('a door that asks for credentials asks for every name alike, and for a wrong password as for none', async () => {
  const spa = await addPhone(offhook, 'acme', 'cisco-spa', 'aa0024');
  const blocked = await addPhone(offhook, 'acme', 'cisco-spa', 'aa0025', { blocked: true });
  const authorization = `Basic ${Buffer.from(`${spa.httpUser}:wrong`).toString('base64')}`;
  expect(
    await statusesOf(
      ['000e08aa0099.xml', 'spa942.cfg', 'none.bin', spa.file, blocked.file].flatMap((file) =>
        [{}, { authorization }].map((headers) => [`${offhook.door('spa')}/${file}`, { headers }] as const),
      ),
    ),
  ).toEqual([401]);
});

/** The statuses of all answers; one where all of them look alike. */
async function statusesOf(requests: readonly (readonly [string, Ask])[]): Promise<readonly number[]> {
  const seen = new Set<string>();
  for (const [url, how] of requests) seen.add(JSON.stringify(looksLike(await ask(url, how))));
  return Array.from(seen, (text) => (JSON.parse(text) as { readonly status: number }).status);
}

const basicOf = (httpUser: string, httpPassword: string): Ask['headers'] => ({
  authorization: `Basic ${Buffer.from(`${httpUser}:${httpPassword}`).toString('base64')}`,
});

test('where credentials are asked for, a contradiction and the right password of a blocked phone look like a wrong one', async () => {
  const spa = await addPhone(offhook, 'acme', 'cisco-spa', 'aa0028');
  const blocked = await addPhone(offhook, 'acme', 'cisco-spa', 'aa0029', { blocked: true });
  const tenant = await credentialsOf(offhook, '/tenants/acme');
  const door = offhook.door('spa');
  const unknown = '000e08aa0098.xml';
  const contradicting = { 'user-agent': 'Cisco/SPA942-7.6.2 (000E08AA0097)(CCQ00000001)' };
  const right = basicOf(spa.httpUser, spa.httpPassword);
  expect((await ask(`${door}/${spa.file}`, { headers: right ?? {} })).text).toContain(spa.sipPassword);
  const conflicts = [unknown, spa.file, blocked.file].flatMap((file) =>
    [{}, right, basicOf(tenant.httpUser, tenant.httpPassword)].map(
      (headers) => [`${door}/${file}`, { headers: { ...headers, ...contradicting } }] as const,
    ),
  );
  const proofsOfBlocked = [unknown, blocked.file].flatMap((file) => [
    [`${door}/${file}`, { headers: { ...basicOf(blocked.httpUser, blocked.httpPassword) } }] as const,
    [`${door}/p/${blocked.token}/${file}`, {}] as const,
    [`${door}/p/abcdefghijklmnopqrstuvwxyz234567/${file}`, {}] as const,
    // Of its tenant: they open what is plain of a phone that is not blocked.
    [`${door}/${file}`, { headers: { ...basicOf(tenant.httpUser, tenant.httpPassword) } }] as const,
  ]);
  expect(await statusesOf([...conflicts, ...proofsOfBlocked])).toEqual([401]);
  // The administrator is told of the contradiction all the same.
  expect((await logOf(offhook, spa)).filter((record) => record.event === 'identity_conflict')).toHaveLength(3);
  const underPrefix = [unknown, spa.file, blocked.file].map(
    (file) => [`${offhook.door('secure')}${directory}${file}`, { headers: contradicting }] as const,
  );
  expect(await statusesOf(underPrefix)).toEqual([401]);
});
