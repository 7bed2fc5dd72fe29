import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootPhone } from '../../src/simulate/boot.ts';
import { fetchOwn, gapsOf, MAKERS, nextMac, placeOf, read, type Maker } from '../kit/office.ts';
import { factoryPhone, writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
});
afterAll(() => offhook.close());

interface Vendor {
  readonly id: string;
  readonly models: readonly { readonly id: string; readonly lines: number; readonly features: readonly string[] }[];
}

const catalogue = async (): Promise<readonly Vendor[]> =>
  (await read<{ items: readonly Vendor[] }>(offhook, '/catalogue')).items;

interface Listed {
  readonly phone: string;
  readonly document: { readonly model: string; readonly lines: readonly string[] };
  readonly extension: { readonly number: string; readonly password: string; readonly serverHost: string };
}

const ouiOf = (vendor: string): string | undefined => Object.entries(MAKERS).find(([id]) => id === vendor)?.[1].oui;

/** One phone of every model on every maker's list. */
function phonesOf(vendors: readonly Vendor[]): readonly Listed[] {
  const models = vendors.flatMap((vendor) => vendor.models.map((model) => ({ vendor: vendor.id, model })));
  return models.map(({ vendor, model }, index) => {
    const number = String(1000 + index);
    const oui = ouiOf(vendor);
    const phone = oui === undefined ? `soft-${number}` : `${oui}${(0x7000 + index).toString(16).padStart(6, '0')}`;
    return {
      phone,
      document: {
        ...(oui === undefined ? { name: phone } : { mac: phone }),
        vendor,
        model: model.id,
        // A base station that only carries others has no account of its own.
        lines: model.lines === 0 ? [] : [number],
      },
      extension: { number, password: `sip-secret-${number}-end`, serverHost: 'pbx.example.com' },
    };
  });
}

/** On the list for stock only: what it reads is not known, so it is given nothing, and a gap for everything. */
const UNWRITTEN = ['PA1'];

const LOGIN = /sip-secret-\d+-end/g;

describe('the product writes configuration files for many SIP devices', () => {
  test('S4.1 a phone of every model on the list gets a file of its own, with its own account and nobody else’s', async () => {
    const vendors = await catalogue();
    const phones = phonesOf(vendors.filter(({ id }) => id !== 'example'));
    expect(phones.length).toBeGreaterThan(150);
    expect(new Set(vendors.map(({ id }) => id))).toEqual(
      new Set(['yealink', 'snom', 'polycom', 'cisco-spa', 'softclients']),
    );
    const { created } = (await offhook.must('POST', '/apply', {
      tenants: [
        {
          name: 'every-model',
          extensions: phones.map(({ extension }) => extension),
          phones: phones.map(({ document }) => document),
        },
      ],
    })) as { created: readonly { kind: string }[] };
    expect(created.filter(({ kind }) => kind === 'phone')).toHaveLength(phones.length);
    for (const { phone, document, extension } of phones) {
      const { directory, files } = await placeOf(offhook, 'every-model', phone);
      const answer = await ask(`${directory}${files[0] ?? ''}`);
      expect(answer.status, phone).toBe(200);
      const given = new Set(answer.text.match(LOGIN));
      if (UNWRITTEN.includes(document.model)) {
        expect(given).toEqual(new Set());
        const gaps = await gapsOf(offhook, 'every-model', phone);
        expect(gaps.map(({ wanted }) => wanted)).toContain('line.password');
      } else {
        const own = document.lines.length === 0 ? [] : [extension.password];
        expect(given, document.model).toEqual(new Set(own));
      }
    }
  }, 120_000);
});

describe('templates', () => {
  test('S4.13 any number of templates can be made for one model, and each phone gets the one it was given', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `desk-${String(index)}`);
    for (const [index, name] of names.entries())
      await offhook.must('PUT', `/tenants/acme/templates/${name}`, {
        vendor: 'yealink',
        models: ['T46U'],
        settings: { 'time.ntp1': `ntp${String(index)}.example.com` },
      });
    const choices = await read<{ items: readonly { reference: string }[] }>(
      offhook,
      '/tenants/acme/template-choices?vendor=yealink&model=T46U',
    );
    expect(new Set(choices.items.map(({ reference }) => reference))).toEqual(new Set(names));
    const mac = nextMac('yealink');
    await writePhone(offhook, {
      tenant: 'acme',
      vendor: 'yealink',
      model: 'T46U',
      mac,
      extension: '301',
      password: 'sip-secret-301',
    });
    for (const index of [0, 57, 119]) {
      await offhook.must('PATCH', `/tenants/acme/phones/${mac}`, { template: names[index] });
      const { params } = await fetchOwn(offhook, 'acme', 'yealink', mac);
      expect(params.get('local_time.ntp_server1')).toBe(`ntp${String(index)}.example.com`);
    }
  });
});

interface Problem {
  readonly errors: readonly { readonly field: string; readonly message: string; readonly value?: unknown }[];
}
const errorsOf = (answer: Answer): Problem['errors'] => (answer.json as Problem).errors;

describe('extensions', () => {
  const phone = (extension: string): object => ({ vendor: 'yealink', model: 'T46U', lines: [extension] });

  test('S4.14 an extension that does not exist is refused on every way to a phone, and taken once it exists', async () => {
    const mac = nextMac('yealink');
    const one = `/tenants/acme/phones/${mac}`;
    const unknown = { field: 'lines[0].extension', message: 'there is no such extension', value: '401' };
    const put = await offhook.api('PUT', one, phone('401'));
    expect([put.status, errorsOf(put)]).toEqual([
      422,
      [expect.objectContaining({ field: unknown.field, value: '401' })],
    ]);
    const post = await offhook.api('POST', '/tenants/acme/phones', { mac, ...phone('401') });
    expect([post.status, errorsOf(post)[0]?.field]).toEqual([422, unknown.field]);
    const applied = await offhook.api('POST', '/apply', {
      tenants: [{ name: 'acme', phones: [{ mac, ...phone('401') }] }],
    });
    expect([applied.status, errorsOf(applied)[0]?.field]).toEqual([422, 'tenants[0].phones[0].lines[0].extension']);
    expect((await offhook.api('GET', one)).status).toBe(404);

    await offhook.must('PUT', one, { vendor: 'yealink', model: 'T46U' });
    const patch = await offhook.api('PATCH', one, { lines: [{ extension: '401' }] });
    expect([patch.status, errorsOf(patch)[0]?.field]).toEqual([422, unknown.field]);
    expect(await read(offhook, one)).toMatchObject({ lines: [] });

    await offhook.must('PUT', '/tenants/acme/extensions/401', {
      password: 'sip-secret-401',
      serverHost: 'pbx.example.com',
    });
    await offhook.must('PUT', one, phone('401'));
    const { params } = await fetchOwn(offhook, 'acme', 'yealink', mac);
    expect(params.get('account.1.user_name')).toBe('401');
  });
});

const VENDORS = [
  {
    part: 'a',
    maker: 'yealink',
    model: 'T54W',
    name: 'Yealink',
    begins: /^#!version:1\.0\.0\.1\n/,
    account: { 'account.1.user_name': '501', 'account.1.password': 'sip-secret-501' },
  },
  {
    part: 'c',
    maker: 'polycom',
    model: 'VVX411',
    name: 'Polycom',
    begins: /^<\?xml [^>]+>\s*<polycomConfig\s/,
    account: { 'reg.1.auth.userId': '503', 'reg.1.auth.password': 'sip-secret-503' },
  },
  {
    part: 'e',
    maker: 'cisco-spa',
    model: 'SPA942',
    name: 'Cisco SPA',
    begins: /^<\?xml [^>]+>\s*<flat-profile>/,
    account: { User_ID_1_: '505', Password_1_: 'sip-secret-505' },
  },
  {
    part: 'i',
    maker: 'snom',
    model: 'D785',
    name: 'Snom',
    begins: /^<\?xml [^>]+>\s*<settings>\s*<phone-settings/,
    account: { 'user_name[1]': '509', 'user_pass[1]': 'sip-secret-509' },
  },
] as const;

describe('makers', () => {
  async function expectMaker(part: (typeof VENDORS)[number]['part']): Promise<void> {
    const vendor = VENDORS.find((one) => one.part === part);
    if (vendor === undefined) throw new Error(part);
    const { maker, model, account, begins } = vendor;
    const [extension = '', password = ''] = Object.values(account);
    const mac = nextMac(maker);
    await writePhone(offhook, { tenant: 'acme', vendor: maker, model, mac, extension, password });

    const { directory, files } = await placeOf(offhook, 'acme', mac);
    const booted = await bootPhone(factoryPhone(maker, model, mac, { ignoresCertificate: true }), directory);
    expect(booted.reason).toBeUndefined();
    expect(booted.settled).toBe(true);
    expect(Object.fromEntries(booted.params)).toMatchObject(account);
    expect((await ask(`${directory}${files[0] ?? ''}`)).text).toMatch(begins);

    const another: Maker = maker === 'snom' ? 'yealink' : 'snom';
    const foreign = await offhook.api('PUT', `/tenants/acme/phones/${mac}`, { vendor: another, model });
    expect([foreign.status, errorsOf(foreign)[0]?.field]).toEqual([422, 'model']);
  }

  test('S4.15 (a) a Yealink boots from its own files, in its own format, and has its account', () => expectMaker('a'));
  test('S4.15 (c) a Polycom boots from its own files, in its own format, and has its account', () => expectMaker('c'));
  test('S4.15 (e) a Sipura/Linksys/Cisco SPA boots from its own files, in its own format, and has its account', () =>
    expectMaker('e'));
  test('S4.15 (i) a Snom boots from its own files, in its own format, and has its account', () => expectMaker('i'));
});
