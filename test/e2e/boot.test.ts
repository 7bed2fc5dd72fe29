import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Explanation, Phone } from '../../src/api/contract.ts';
import { bootPhone, resyncPhone, type Booted, type FactoryPhone } from '../../src/simulate/boot.ts';
import { factoryCertificate, factoryPhone, shown, writePhone } from '../kit/phones.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { createTestCa, type TestCa } from '../kit/test-ca.ts';

// Carton → bootstrap → full configuration over TLS, for a phone of each maker, against the real listeners.
const PHONES = [
  {
    vendor: 'yealink',
    model: 'T46U',
    oui: '805ec0',
    start: 'bootstrap',
    user: 'account.1.user_name',
    password: 'account.1.password',
    cleared: /^static\.syslog\.server = %NULL%$/m,
  },
  {
    vendor: 'snom',
    model: 'D785',
    oui: '000413',
    start: 'bootstrap',
    user: 'user_name[1]',
    password: 'user_pass[1]',
    cleared: /<syslog_server perm="[^"]*"><\/syslog_server>/,
  },
  {
    vendor: 'polycom',
    model: 'VVX411',
    oui: '64167f',
    start: 'bootstrap',
    user: 'reg.1.auth.userId',
    password: 'reg.1.auth.password',
    cleared: /device\.syslog\.serverName=""/,
  },
  {
    vendor: 'cisco-spa',
    model: 'SPA942',
    oui: '000e08',
    start: 'tftp',
    user: 'User_ID_1_',
    password: 'Password_1_',
    cleared: /<Syslog_Server ua="\w+"><\/Syslog_Server>/,
  },
] as const;

const SYSLOG = 'syslog.example.com';

let offhook: TestProduct;
let makers: ReadonlyMap<string, TestCa>;
/** The CA that the bootstrap names, as a phone has it then. */
let ownCa: string;

beforeAll(async () => {
  offhook = await startTestProduct();
  await offhook.must('PUT', '/tenants/acme', { title: 'Acme' });
  makers = new Map(
    await Promise.all(
      PHONES.map(async ({ vendor }) => [vendor, await createTestCa(`${vendor} factory`, { keyType: 'ec' })] as const),
    ),
  );
  for (const [vendor, ca] of makers) await offhook.must('POST', '/authorities', { vendor, pem: ca.certificate });
  ownCa = (await ask(`${offhook.door('bootstrap')}/ca.pem`)).text;
});
afterAll(() => offhook.close());

function certificateOf(vendor: (typeof PHONES)[number]['vendor'], mac: string): Promise<{ key: string; cert: string }> {
  const ca = makers.get(vendor);
  if (ca === undefined) throw new Error(vendor);
  return factoryCertificate(ca, vendor, mac).then(shown);
}

async function stateOf(mac: string): Promise<string> {
  await offhook.product.settle();
  return ((await offhook.must('GET', `/tenants/acme/phones/${mac}`)) as Phone).state;
}

/** The steps of the round that brought the phone home. */
const lastRound = ({ steps }: Booted): Booted['steps'] =>
  steps.filter((step) => step.round === steps.at(-1)?.round && step.status === 200);

async function resync(phone: FactoryPhone, booted: Booted): Promise<readonly number[]> {
  return Array.from((await resyncPhone(phone, booted)).values());
}

/** The one file with the settings, where the phone found it. */
async function fetchAgain(phone: FactoryPhone, booted: Booted): Promise<string> {
  const texts = await Promise.all(
    lastRound(booted).map(({ url }) =>
      ask(url, phone.certificate === undefined ? {} : { certificate: phone.certificate }),
    ),
  );
  return texts.map((answer) => answer.text).join('\n');
}

describe.each(PHONES)('$vendor $model', ({ vendor, model, oui, start, user, password, cleared }) => {
  const phone = (suffix: string, certificate?: FactoryPhone['certificate']): FactoryPhone =>
    factoryPhone(vendor, model, `${oui}${suffix}`, {
      trusts: ownCa,
      ...(certificate === undefined ? {} : { certificate }),
    });
  const write = (suffix: string, extension: string, more: object = {}): Promise<void> =>
    writePhone(offhook, {
      tenant: 'acme',
      vendor,
      model,
      mac: `${oui}${suffix}`,
      extension,
      password: `sip-${extension}-secret`,
      more,
    });
  const number = (last: number): string => String(200 + PHONES.findIndex((one) => one.vendor === vendor) * 10 + last);

  test('a factory phone is led to the secure door and gets nothing there without a proof', async () => {
    await write('000001', number(1));
    const booted = await bootPhone(phone('000001'), `${offhook.door(start)}/`);
    expect(booted.settled).toBe(false);
    expect(booted.steps.at(-1)).toMatchObject({ status: 404 });
    expect(new URL(booted.steps.at(-1)?.url ?? '').protocol).toBe('https:');
    expect(Array.from(booted.params.values()).join('\n')).not.toContain(number(1));
    expect(await stateOf(`${oui}000001`)).toBe('owned');
  });

  test('a factory phone proves itself by its factory certificate, gets its configuration over TLS and comes back for changes', async () => {
    await write('000002', number(2));
    expect(await stateOf(`${oui}000002`)).toBe('owned');
    const factory = phone('000002', await certificateOf(vendor, `${oui}000002`));
    const booted = await bootPhone(factory, `${offhook.door(start)}/`);
    expect(booted).toMatchObject({ settled: true });
    expect(booted.params.get(user)).toBe(number(2));
    expect(booted.params.get(password)).toBe(`sip-${number(2)}-secret`);
    expect(new URL(booted.steps[0]?.url ?? '').protocol).not.toBe('https:');
    for (const { url } of lastRound(booted)) expect(new URL(url).protocol).toBe('https:');
    expect(new Set(await resync(factory, booted))).toEqual(new Set([304]));
    expect(await stateOf(`${oui}000002`)).toBe('served');

    await offhook.must('PATCH', `/tenants/acme/extensions/${number(2)}`, { displayName: 'Alice Example' });
    expect(await stateOf(`${oui}000002`)).toBe('outdated');
    expect(await resync(factory, booted)).toContain(200);
    expect(await stateOf(`${oui}000002`)).toBe('served');
  });

  test('a factory phone that was handed its own URL gets its configuration without a certificate', async () => {
    await write('000003', number(3));
    const { url } = (await offhook.must('GET', `/tenants/acme/phones/${oui}000003/url`)) as { url: string };
    const factory = phone('000003');
    const booted = await bootPhone(factory, url);
    expect(booted).toMatchObject({ settled: true });
    expect(booted.params.get(user)).toBe(number(3));
    expect(booted.params.get(password)).toBe(`sip-${number(3)}-secret`);
    expect(new URL(url).protocol).toBe('https:');
    expect(new Set(await resync(factory, booted))).toEqual(new Set([304]));
    expect(await stateOf(`${oui}000003`)).toBe('served');

    const stranger = await bootPhone(phone('000003'), url.replace(/p\/..../, 'p/aaaa'));
    expect(stranger.settled).toBe(false);
  });

  test('a value deleted from a template is cleared in the next file and every later one, and explain says where each line comes from', async () => {
    const template = `syslog-${vendor}`;
    const settings = { 'logging.syslogServer': SYSLOG, 'time.ntp1': 'ntp.example.com' };
    await offhook.must('PUT', `/tenants/acme/templates/${template}`, { vendor, models: [model], settings });
    await write('000004', number(4), { template });
    const factory = phone('000004', await certificateOf(vendor, `${oui}000004`));
    const booted = await bootPhone(factory, `${offhook.door(start)}/`);
    const first = await fetchAgain(factory, booted);
    expect(first).toContain(SYSLOG);
    expect(first).not.toMatch(cleared);

    await offhook.must('PATCH', `/tenants/acme/templates/${template}`, { settings: { 'logging.syslogServer': null } });
    const next = await fetchAgain(factory, booted);
    expect(next).toMatch(cleared);
    expect(next).not.toContain(SYSLOG);

    await offhook.must('PATCH', `/tenants/acme/extensions/${number(4)}`, { displayName: 'Bob Example' });
    const later = await fetchAgain(factory, booted);
    expect(later).toContain('Bob Example');
    expect(later).toMatch(cleared);

    const path = `/tenants/acme/phones/${oui}000004`;
    const { lines, name } = (await offhook.must('GET', `${path}/explain`)) as Explanation;
    const shownFile = await offhook.api('GET', `${path}/files/${name}`);
    expect(lines.map((line) => `${line.text}\n`).join('')).toBe(shownFile.text);
    for (const line of lines) {
      if (line.kind === 'setting' || line.kind === 'key' || line.kind === 'raw')
        expect(line, line.text).toMatchObject({
          layer: expect.any(String) as string,
          object: expect.any(String) as string,
        });
      else expect(['frame', 'vendor', 'cleared'], line.text).toContain(line.kind);
    }
    expect(lines.find((line) => line.setting === 'time.ntp1')).toMatchObject({
      layer: 'template',
      object: `template ${template}`,
      by: 'admin',
    });
    expect(lines.find((line) => line.kind === 'cleared')?.text).toBeDefined();
    expect(lines.filter((line) => line.kind === 'cleared').some((line) => cleared.test(line.text))).toBe(true);
    expect(lines.map((line) => line.text).join('\n')).not.toContain(`sip-${number(4)}-secret`);
  });
});
