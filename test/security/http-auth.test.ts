import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPhone, credentialsOf, looksLike, type KnownPhone } from '../kit/attack.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
let phone: KnownPhone;
let other: KnownPhone;
let directory: string;
beforeAll(async () => {
  offhook = await startTestProduct({ environment: { OFFHOOK_DOORS_SPA_HTTPAUTH: 'basic' } });
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme', policy: { httpAuth: 'digest' } });
  phone = await addPhone(offhook, 'acme', 'yealink', 'aa0021');
  other = await addPhone(offhook, 'acme', 'yealink', 'aa0022');
  directory = `/t/${(await credentialsOf(offhook, '/tenants/acme')).token}/`;
});
afterAll(() => offhook.close());

interface Digest {
  readonly nonce: string;
  readonly uri: string;
  readonly user: string;
  readonly password: string;
  readonly count: string;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** RFC 7616 §3.4, written out once more so that the server is not checked against itself. */
function digest({ nonce, uri, user, password, count }: Digest): string {
  const secret = hash(`${user}:offhook:${password}`);
  const response = hash(`${secret}:${nonce}:${count}:c0ffee:auth:${hash(`GET:${uri}`)}`);
  return `Digest username="${user}", realm="offhook", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=SHA-256, qop=auth, nc=${count}, cnonce="c0ffee"`;
}

const nonceOf = (answer: Answer): string => /nonce="([^"]+)"/.exec(answer.headers['www-authenticate'] ?? '')?.[1] ?? '';

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
  const seen = new Set<string>();
  for (const file of ['000e08aa0099.xml', 'spa942.cfg', 'none.bin', spa.file, blocked.file])
    for (const headers of [{}, { authorization }])
      seen.add(JSON.stringify(looksLike(await ask(`${offhook.door('spa')}/${file}`, { headers }))));
  expect(Array.from(seen, (text) => (JSON.parse(text) as { readonly status: number }).status)).toEqual([401]);
});
