import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readParams } from '../../src/simulate/readers.ts';
import { credentialsOf, looksLike } from '../kit/attack.ts';
import { fetchOwn, MAKER_NAMES, MAKERS, nextMac, placeOf, type Maker, type OfEach } from '../kit/office.ts';
import { factoryCertificate, shown } from '../kit/phones.ts';
import { ask, startTestProduct, type Answer, type Ask, type TestProduct } from '../kit/product.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';

let offhook: TestProduct;
const cas = new Map<Maker, TestCa>();
beforeAll(async () => {
  offhook = await startTestProduct();
  for (const maker of MAKER_NAMES) {
    const ca = await createTestCa(`Factory Root CA of ${maker}`);
    cas.set(maker, ca);
    await offhook.must('POST', '/authorities', { vendor: maker, pem: ca.certificate });
  }
  await offhook.must('PUT', '/tenants/acme', {
    title: 'Acme',
    settings: { 'security.adminPassword': 'admin-of-acme', 'time.ntp1': 'ntp.acme.example' },
  });
  await offhook.must('PUT', '/tenants/acme/groups/sales', { title: 'Sales' });
  await offhook.must('PUT', '/tenants/acme/people/alice', { displayName: 'Alice Archer', groups: ['sales'] });
  await offhook.must('PUT', '/tenants/rival', { title: 'Rival Ltd' });
});
afterAll(() => offhook.close());

/** What stood in the phone's file while it was acme's, and must never come again. */
const OF_ACME = ['admin-of-acme', 'ldap-of-acme', 'ntp.acme.example', 'Alice', 'pbx.acme.example'];

interface Moving {
  readonly mac: string;
  readonly file: string;
  /** Paths at which it asked while it was acme's. */
  readonly oldDirectories: readonly string[];
  readonly oldSecrets: readonly string[];
  /** Parameters of its last file from acme. */
  readonly held: ReadonlyMap<string, string>;
  readonly oldLogin: Ask;
}

/** A phone of acme with all that an administrator can give it, which has fetched its file. */
async function servedPhone(maker: Maker): Promise<Moving> {
  const mac = nextMac(maker);
  const sipPassword = `sip-of-acme-${mac}`;
  const extension = { displayName: 'Alice Archer', password: sipPassword, serverHost: 'pbx.acme.example' };
  const path = `/tenants/acme/phones/${mac}`;
  await offhook.must('PUT', `/tenants/acme/extensions/${mac}`, extension);
  await offhook.must('PUT', path, {
    vendor: maker,
    model: MAKERS[maker].model,
    label: 'Alice',
    person: 'alice',
    group: 'sales',
    settings: { 'services.ldapPassword': 'ldap-of-acme' },
    keys: { 'key/2': { key: { type: 'speed_dial', line: 1, dial: '230', label: 'Alice' } } },
    lines: [mac],
  });
  const { answer, params } = await fetchOwn(offhook, 'acme', maker, mac);
  for (const text of [sipPassword, 'Alice', 'pbx.acme.example']) expect(answer.text).toContain(text);
  await offhook.product.settle();
  const { token, httpUser, httpPassword } = await credentialsOf(offhook, path);
  const { directory, files } = await placeOf(offhook, 'acme', mac);
  const tenant = await credentialsOf(offhook, '/tenants/acme');
  return {
    mac,
    file: files[0] ?? '',
    oldDirectories: [new URL(directory).pathname, `/t/${tenant.token}/`],
    oldSecrets: [sipPassword, token, httpPassword, ...OF_ACME],
    held: params,
    oldLogin: { headers: { authorization: `Basic ${Buffer.from(`${httpUser}:${httpPassword}`).toString('base64')}` } },
  };
}

/** The two ways in which a device changes hands. */
const WAYS = {
  'was moved': async (mac: string) => {
    await offhook.must('POST', `/tenants/acme/phones/${mac}/move`, { to: 'rival' });
  },
  'was removed and made again': async (mac: string) => {
    const phone = (await offhook.must('GET', `/tenants/acme/phones/${mac}`)) as { vendor: string; model: string };
    await offhook.must('DELETE', `/tenants/acme/phones/${mac}`);
    await offhook.must('PUT', `/tenants/rival/phones/${mac}`, { vendor: phone.vendor, model: phone.model });
  },
} as const;

const expectNothingOld = ({ text }: Answer, { oldSecrets }: Moving): void => {
  for (const secret of oldSecrets) expect(text).not.toContain(secret);
};

/** An answer as a phone that nobody knows gets it under the same URL; its own MAC is the other thing that differs. */
const sameName = (maker: Maker, file: string, mac: string): string =>
  file.replace(new RegExp(mac, 'i'), `${MAKERS[maker].oui}fffff1`);

/** What a maker's phones must keep, or could not be reached again by; a VVX takes everything that is absent as its default. */
const STAYS: OfEach<RegExp> = {
  yealink: /^static\.security\.user_password$/,
  snom: /^admin_mode$/,
  polycom: /./,
  'cisco-spa': /^Admin_Passwd$/,
};

describe.each(MAKER_NAMES)('%s', (maker) => {
  const door = (): string => offhook.door(maker === 'cisco-spa' ? 'spa' : 'secure');

  test.each(Object.entries(WAYS))(`W9 ${maker}: a phone that %s gets nothing under its old URL`, async (_, change) => {
    const phone = await servedPhone(maker);
    await change(phone.mac);
    for (const how of [{}, phone.oldLogin])
      for (const directory of ['/', ...phone.oldDirectories]) {
        const refused = await ask(`${door()}${directory}${phone.file}`, how);
        const unknown = await ask(`${door()}${directory}${sameName(maker, phone.file, phone.mac)}`, how);
        expect(refused.status).toBe(404);
        expect(looksLike(refused)).toEqual(looksLike(unknown));
      }
    expect((await offhook.api('GET', `/tenants/acme/phones/${phone.mac}`)).status).toBe(404);
    // Its extension is free for another phone of acme.
    await offhook.must('PUT', `/tenants/acme/phones/${nextMac(maker)}`, {
      vendor: maker,
      model: MAKERS[maker].model,
      lines: [phone.mac],
    });
  });

  test.each(Object.entries(WAYS))(
    `W9 ${maker}: the new file of a phone that %s holds nothing old, and clears all that it was given`,
    async (_, change) => {
      const phone = await servedPhone(maker);
      await change(phone.mac);
      const { answer, params } = await fetchOwn(offhook, 'rival', maker, phone.mac);
      expect(answer.status).toBe(200);
      expectNothingOld(answer, phone);
      expect(Array.from(phone.held.keys()).filter((name) => !params.has(name) && !STAYS[maker].test(name))).toEqual([]);
      for (const [name, value] of phone.held)
        if (phone.oldSecrets.some((secret) => value.includes(secret))) expect(params.get(name)).not.toBe(value);
    },
  );

  test.each(Object.entries(WAYS))(
    `W9 ${maker}: a phone that %s and shows its factory certificate is told its new URL, and nothing else`,
    async (_, change) => {
      const phone = await servedPhone(maker);
      const ca = cas.get(maker);
      if (ca === undefined) throw new Error(maker);
      const certificate = shown(await factoryCertificate(ca, maker, phone.mac));
      await change(phone.mac);
      const { directory } = await placeOf(offhook, 'rival', phone.mac);
      const rival = await credentialsOf(offhook, `/tenants/rival/phones/${phone.mac}`);
      for (const old of phone.oldDirectories) {
        const told = await ask(`${door()}${old}${phone.file}`, { certificate });
        expect(told.status).toBe(200);
        expectNothingOld(told, phone);
        expect(told.text).not.toContain(rival.httpPassword);
        const params = readParams(MAKERS[maker].format, told.text);
        const { pathname } = new URL(directory);
        expect(Array.from(params.values()).filter((value) => `${value}/`.includes(pathname))).not.toEqual([]);
        // As short as what a stranger is told on the plain door.
        const public_ = await ask(`${offhook.door('bootstrap')}/${phone.file}`);
        expect(Array.from(params.keys())).toEqual(Array.from(readParams(MAKERS[maker].format, public_.text).keys()));
        for (const name of [`${phone.mac}-boot.log`, phone.file])
          expect((await ask(`${door()}${old}${name}`, { certificate, method: 'PUT', body: 'log' })).status).toBe(404);
        // Somebody else's certificate, and none, tell nothing.
        const other = shown(await factoryCertificate(ca, maker, nextMac(maker)));
        expect((await ask(`${door()}${old}${phone.file}`, { certificate: other })).status).toBe(404);
      }
      expect((await ask(`${directory}${phone.file}`, { certificate })).status).toBe(200);
      // Where it names no old place, its certificate is enough.
      expect((await ask(`${door()}/${phone.file}`, { certificate })).status).toBe(200);
    },
  );
});

test('a move is for the operator, stands in the audit log of both tenants, and takes a blocked phone along as blocked', async () => {
  const { mac } = await servedPhone('yealink');
  const move = `/tenants/acme/phones/${mac}/move`;
  const asAdmin = async (tenant: string): Promise<Readonly<Record<string, string>>> => {
    const login = { name: `admin-of-${tenant}`, password: 'correct horse battery' };
    await offhook.must('PUT', `/users/${login.name}`, { role: 'admin', tenant, password: login.password });
    const session = (await offhook.api('POST', '/sessions', login)).json as { readonly token: string };
    return { authorization: `Bearer ${session.token}` };
  };
  expect((await offhook.api('POST', move, { to: 'rival' }, await asAdmin('acme'))).status).toBe(403);
  for (const to of ['acme', 'nobody', 'Not A Name']) {
    const refused = await offhook.api('POST', move, { to });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('"to"');
  }
  expect((await offhook.api('POST', '/tenants/rival/phones/805ec0ffffff/move', { to: 'acme' })).status).toBe(404);
  await offhook.api(
    'PATCH',
    `/tenants/acme/phones/${mac}`,
    { blocked: true },
    { 'content-type': 'application/merge-patch+json' },
  );
  expect(await offhook.must('POST', move, { to: 'rival' })).toMatchObject({
    name: mac,
    blocked: true,
    lines: [],
    state: 'owned',
  });
  for (const [tenant, what] of [
    ['acme', 'phone.moved_away'],
    ['rival', 'phone.moved_in'],
  ] as const) {
    const audit = await offhook.api('GET', '/audit', undefined, await asAdmin(tenant));
    const { items } = audit.json as {
      readonly items: readonly { readonly what: string; readonly object: string; readonly who: string }[];
    };
    const entry = items.find((one) => one.what === what && one.object === mac);
    expect(entry).toMatchObject({ who: 'admin' });
    expect(JSON.stringify(audit.json)).not.toContain(tenant === 'acme' ? 'rival' : 'acme');
  }
});
