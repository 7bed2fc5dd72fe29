import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Extension, List, Phone, Vendor } from '../../src/api/contract.ts';
import { ask, startTestProduct, type TestProduct } from '../kit/product.ts';
import { openWorkbench, pick, readAfterRestart, refusal, withDataDir, type Workbench } from '../kit/workbench.ts';

let offhook: TestProduct;
let acme: Workbench;
let other: Workbench;
beforeAll(async () => {
  offhook = await startTestProduct();
  acme = await openWorkbench(offhook, 'acme');
  other = await openWorkbench(offhook, 'other');
});
afterAll(() => offhook.close());

const T46U = { vendor: 'yealink', model: 'T46U' };
const lineKey = (line: number): object => ({ key: { type: 'line', line, label: '' } });

const readPhone = async (mac: string): Promise<Phone> =>
  (await offhook.must('GET', acme.path(`/phones/${mac}`))) as Phone;

const warned = ({ warnings = [] }: Phone, code: string): readonly string[] =>
  warnings.filter((warning) => warning.code === code).map(({ field }) => field);

test('S4.70 a device belongs to one tenant; all tenants, or none, are refused', async () => {
  const mac = '805ec0470001';
  const own = acme.path(`/phones/${mac}`);
  for (const tenant of ['all', 'global', 'platform'])
    expect(await refusal(offhook, 'PUT', `/tenants/${tenant}`, { title: 'Everybody' })).toMatchObject({
      status: 422,
      fields: ['name'],
    });
  expect((await refusal(offhook, 'PUT', `/tenants/all/phones/${mac}`, T46U)).status).toBe(404);
  expect((await refusal(offhook, 'PUT', `/phones/${mac}`, T46U)).status).toBe(404);
  expect((await refusal(offhook, 'POST', '/apply', { phones: [{ mac, ...T46U }] })).fields).toEqual(['phones']);
  expect((await refusal(offhook, 'PUT', own, { ...T46U, tenant: 'all' })).fields).toEqual(['tenant']);
  expect((await offhook.api('GET', own)).status).toBe(404);

  await acme.phone(mac, T46U);
  expect((await offhook.api('GET', own)).status).toBe(200);
  expect((await offhook.api('GET', other.path(`/phones/${mac}`))).status).toBe(404);
});

test('S4.71 the model is chosen to match the hardware, and the phone’s lines, keys and file follow from it', async () => {
  const mac = '805ec0471001';
  const path = acme.path(`/phones/${mac}`);
  const { models } = (await offhook.must('GET', '/catalogue/yealink')) as Vendor;
  const keysOf = (id: string): number | undefined => models.find((model) => model.id === id)?.keys;
  expect([keysOf('T46S'), keysOf('T41S')]).toEqual([27, 15]);

  const keys = { 'key/20': { key: { type: 'dnd', label: '' } } };
  const lines = [{ position: 7, extension: await acme.extension('471') }];
  await acme.phone(mac, { vendor: 'yealink', model: 'T46S', keys, lines });
  expect((await acme.fetch('yealink', mac)).get('linekey.20.type')).toBe('5');
  expect((await refusal(offhook, 'PATCH', path, { model: 'T41S' })).fields).toEqual([
    'lines[0].position',
    'keys.key/20',
  ]);
  expect((await refusal(offhook, 'PATCH', path, { model: 'T460S' })).fields).toEqual(['model']);
  expect((await refusal(offhook, 'PATCH', path, { model: 'D785' })).fields).toEqual(['model']);

  await acme.phone(mac, { vendor: 'yealink', model: 'T41S', lines: ['471'] });
  expect((await acme.fetch('yealink', mac)).get('account.1.user_name')).toBe('471');
  // The hardware says what it is: the administrator sees it beside what was chosen.
  const { url } = (await offhook.must('GET', `${path}/url`)) as { url: string };
  const headers = { 'user-agent': 'Yealink SIP-T46S 66.86.0.15 80:5e:c0:47:10:01' };
  expect((await ask(`${url}${mac}.cfg`, { headers })).status).toBe(200);
  await offhook.product.settle();
  const { model, lastSeen } = await readPhone(mac);
  expect([model, lastSeen?.model, lastSeen?.firmware]).toEqual(['T41S', 'T46S', '66.86.0.15']);
});

test('S4.72 a template is chosen among those for the model, of the tenant or for all', async () => {
  await acme.template('t472', { vendor: 'yealink', models: ['T46U', 'T48U'] });
  await acme.template('t472-t48', { vendor: 'yealink', models: ['T48U'] });
  await acme.template('t472-snom', { vendor: 'snom', models: ['D785'] });
  await other.template('t472-other', { vendor: 'yealink', models: ['T46U'] });
  await offhook.must('PUT', '/templates/t472-all', { vendor: 'yealink', models: ['T46U'] });
  const choices = async (vendor: string, model: string): Promise<readonly string[]> => {
    const path = acme.path(`/template-choices?vendor=${vendor}&model=${model}`);
    const { items } = (await offhook.must('GET', path)) as { items: { reference: string }[] };
    return items.map(({ reference }) => reference);
  };
  expect(await choices('yealink', 'T46U')).toEqual(['t472', 'global/t472-all']);
  expect(await choices('yealink', 'T48U')).toEqual(['t472', 't472-t48']);
  expect(await choices('snom', 'D785')).toEqual(['t472-snom']);

  const path = acme.path('/phones/805ec0472001');
  for (const template of ['t472-t48', 't472-snom', 't472-other', 't472-nowhere'])
    expect((await refusal(offhook, 'PUT', path, { ...T46U, template })).fields, template).toEqual(['template']);
  for (const template of ['t472', 'global/t472-all'])
    expect((await acme.phone('805ec0472001', { ...T46U, template })).template).toBe(template);
});

test('S4.73 a MAC is unique in the whole system, and any usual notation names it', async () => {
  const spellings = [
    '805ec0473001',
    '805EC0473001',
    '80:5e:c0:47:30:01',
    '80-5E-C0-47-30-01',
    '805e.c047.3001',
    '80 5e c0 47 30 01',
  ];
  for (const mac of spellings) {
    const saved = await offhook.api('POST', acme.path('/phones'), { ...T46U, mac });
    expect([saved.status, (saved.json as Phone).mac], mac).toEqual([201, '805ec0473001']);
    for (const again of spellings) {
      const taken = { status: 409, type: 'taken', fields: ['mac'] };
      expect(await refusal(offhook, 'POST', acme.path('/phones'), { ...T46U, mac: again })).toMatchObject(taken);
    }
    expect(await refusal(offhook, 'POST', other.path('/phones'), { ...T46U, mac })).toMatchObject({ status: 409 });
    const snom = { vendor: 'snom', model: 'D785' };
    expect((await refusal(offhook, 'PUT', other.path(`/phones/${encodeURIComponent(mac)}`), snom)).status).toBe(409);
    expect((await offhook.api('DELETE', acme.path(`/phones/${encodeURIComponent(mac)}`))).status).toBe(204);
  }
  for (const mac of ['805ec047300', '805ec04730011', '80:5e:c0:47:30:0g'])
    expect((await refusal(offhook, 'POST', acme.path('/phones'), { ...T46U, mac })).fields, mac).toEqual(['mac']);
});

test('S4.74 a phone has as many lines as its template has line keys, and no more', async () => {
  const numbers = [await acme.extension('4741'), await acme.extension('4742'), await acme.extension('4743')];
  const template = 't474';
  await acme.template(template, {
    vendor: 'yealink',
    models: ['T46U'],
    keys: { 'key/1': lineKey(1), 'key/2': lineKey(2), 'key/3': { key: { type: 'dnd', label: '' } } },
  });
  const { items } = (await offhook.must('GET', acme.path('/template-choices?model=T46U'))) as {
    items: { reference: string; lineKeys?: number }[];
  };
  expect(items.find(({ reference }) => reference === template)?.lineKeys).toBe(2);

  const path = acme.path('/phones/805ec0474001');
  const { fields } = await refusal(offhook, 'PUT', path, { ...T46U, template, lines: numbers });
  expect(fields).toEqual(['lines[2].position']);
  const saved = await acme.phone('805ec0474001', { ...T46U, template, lines: numbers.slice(0, 2) });
  expect(saved.lines.map((line) => line.extension)).toEqual(numbers.slice(0, 2));
  // Without a template the model's sixteen are the limit.
  expect((await acme.phone('805ec0474001', { ...T46U, lines: numbers })).lines).toHaveLength(3);
});

test('S4.75 only unassigned extensions are offered, and of two who take one at once the second fails', async () => {
  const unassigned = async (): Promise<readonly string[]> => {
    const path = acme.path('/extensions?unassigned=true&limit=1000');
    return ((await offhook.must('GET', path)) as List<Extension>).items
      .map(({ number }) => number)
      .filter((number) => number.startsWith('475'));
  };
  await acme.extension('4751');
  await acme.extension('4752');
  expect(await unassigned()).toEqual(['4751', '4752']);
  await acme.phone('805ec0475001', { ...T46U, lines: ['4751'] });
  expect(await unassigned()).toEqual(['4752']);
  const late = await refusal(offhook, 'PUT', acme.path('/phones/805ec0475002'), { ...T46U, lines: ['4751'] });
  expect(late.fields).toEqual(['lines[0].extension']);

  const takers = [1, 2, 3, 4, 5].map((last) => acme.path(`/phones/805ec047501${String(last)}`));
  const answers = await Promise.all(takers.map((path) => offhook.api('PUT', path, { ...T46U, lines: ['4752'] })));
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses[0]).toBe(201);
  for (const status of statuses.slice(1)) expect([409, 422]).toContain(status);
  const { phones } = (await offhook.must('GET', acme.path('/extensions/4752'))) as Extension;
  expect(phones).toHaveLength(1);
  expect(await unassigned()).toEqual([]);

  await acme.phone('805ec0475001', { ...T46U, lines: [] });
  expect(await unassigned()).toEqual(['4751']);
});

test('S4.76 the display shows the label that the device is given', async () => {
  const names = { yealink: 'account.1.label', snom: 'user_idle_text[1]', polycom: 'reg.1.label' } as const;
  for (const maker of ['yealink', 'snom', 'polycom'] as const) {
    const shown = async (phone: object): Promise<string | undefined> =>
      (await acme.serve(maker, 't476', { phone: { ...phone } })).get(names[maker]);
    expect(await shown({ label: 'Réception & Bar' }), maker).toBe('Réception & Bar');
    expect(await shown({}), maker).toBe(`t476-${maker}`);
  }
  const path = acme.path(`/phones/${acme.macOf('yealink', 't476')}`);
  expect((await refusal(offhook, 'PATCH', path, { label: 'x'.repeat(65) })).fields).toEqual(['label']);
});

test('S4.77 the caller’s name can be taken from P-Asserted-Identity, then From', async () => {
  const written = async (source: string): Promise<readonly unknown[]> => {
    const line = { 'line.callerIdSource': source };
    const firmware = '10.1.64.14';
    return [
      (await acme.serve('yealink', 't477', { line })).get('account.1.cid_source'),
      (await acme.serve('snom', 't477', { line, firmware })).get('contact_source_sip_priority'),
    ];
  };
  expect(await written('pai_from')).toEqual(['2', 'PAI FROM']);
  expect(await written('from')).toEqual(['0', 'FROM']);
  const lines = [{ extension: 't477-yealink', settings: { 'line.callerIdSource': 'PAI-or-so' } }];
  const path = acme.path(`/phones/${acme.macOf('yealink', 't477')}`);
  expect((await refusal(offhook, 'PATCH', path, { lines })).fields).toEqual(['lines[0].settings.line.callerIdSource']);
});

test('S4.78 the local SIP port of each line is a number from 10000 to 20000, both included', async () => {
  const numbers = [await acme.extension('4781'), await acme.extension('4782')] as const;
  const path = acme.path('/phones/000e08478001');
  const spa = { vendor: 'cisco-spa', model: 'SPA942' };
  const save = (ports: readonly unknown[]): Readonly<Record<string, unknown>> => ({
    ...spa,
    lines: ports.map((port, index) => ({ extension: numbers[index], settings: { 'line.localSipPort': port } })),
  });
  for (const wrong of [9999, 20001, 5060, 0, -15000, 15060.5, '15060', 'fifteen thousand', '', [15060]])
    expect(await refusal(offhook, 'PUT', path, save([10000, wrong])), String(wrong)).toMatchObject({
      status: 422,
      fields: ['lines[1].settings.line.localSipPort'],
    });
  await acme.phone('000e08478001', save([10000, 20000]));
  const params = await acme.fetch('cisco-spa', '000e08478001');
  expect(pick(params, 'SIP_Port_1_', 'SIP_Port_2_')).toEqual({ SIP_Port_1_: '10000', SIP_Port_2_: '20000' });
});

test('S4.79 SRTP is optional, and a warning says when TLS for its keys is missing', async () => {
  const code = 'srtp-without-tls';
  const extension = await acme.extension('479', { transport: 'udp' });
  const save = (settings: object, template?: string): Promise<Phone> =>
    acme.phone('805ec0479001', { ...T46U, template, lines: [{ extension, settings }] });
  const written = async (): Promise<string | undefined> =>
    (await acme.fetch('yealink', '805ec0479001')).get('account.1.srtp_encryption');
  expect(warned(await save({}), code)).toEqual([]);
  expect(await written()).toBeUndefined();

  const field = ['lines[0].settings.line.srtp'];
  const saved = await save({ 'line.srtp': 'optional' });
  expect(warned(saved, code)).toEqual(field);
  expect(saved.warnings?.find((warning) => warning.code === code)?.message).toContain('certificate');
  expect(await written()).toBe('1');
  expect(warned(await save({ 'line.srtp': 'required', 'line.transport': 'tcp' }), code)).toEqual(field);
  expect(warned(await save({ 'line.srtp': 'required', 'line.transport': 'tls' }), code)).toEqual([]);
  expect(await written()).toBe('2');
  expect(warned(await save({ 'line.srtp': 'off' }), code)).toEqual([]);

  await acme.template('t479', { vendor: 'yealink', models: ['T46U'], settings: { 'line.srtp': 'optional' } });
  expect(warned(await save({}, 't479'), code)).toEqual(field);
  await acme.extension('479', { transport: 'tls' });
  expect(warned(await readPhone('805ec0479001'), code)).toEqual([]);
});

test('S4.80 PBX services belong to the extension of line 1', async () => {
  const code = 'pbx-services-without-line-1';
  const [one, two] = [await acme.extension('4801'), await acme.extension('4802')];
  const mac = '805ec0480001';
  const settings = { 'services.directoryLookupUrl': 'https://pbx.example.com/lookup' };
  const at = (position: number, extension: string): object => ({ position, extension });
  const first = await acme.phone(mac, { ...T46U, settings, lines: [at(1, one), at(2, two)] });
  expect([first.pbxServicesExtension, warned(first, code)]).toEqual([one, []]);
  const swapped = await acme.phone(mac, { ...T46U, settings, lines: [at(1, two), at(2, one)] });
  expect(swapped.pbxServicesExtension).toBe(two);
  const without = await acme.phone(mac, { ...T46U, settings, lines: [at(2, two)] });
  expect(without.pbxServicesExtension).toBeUndefined();
  expect(warned(without, code)).toEqual(['settings.services.directoryLookupUrl']);
  expect(warned(await acme.phone(mac, { ...T46U, lines: [at(2, two)] }), code)).toEqual([]);
});

test('S4.81 “Add” stores the device', async () => {
  const mac = '805ec0481001';
  await acme.extension('481');
  const body = { ...T46U, mac, label: 'Lobby', lines: [{ extension: '481', settings: { 'line.dtmf': 'info' } }] };
  expect((await offhook.api('POST', acme.path('/phones'), body)).status).toBe(201);
  expect((await acme.fetch('yealink', mac)).get('account.1.user_name')).toBe('481');
  // Nothing is stored of one that was refused.
  const bad = { ...body, mac: '805ec0481002', lines: ['4819'] };
  expect((await refusal(offhook, 'POST', acme.path('/phones'), bad)).fields).toEqual(['lines[0].extension']);
  expect((await offhook.api('GET', acme.path('/phones/805ec0481002'))).status).toBe(404);

  // It is there when the product has been stopped and started again.
  await withDataDir(async (dataDir) => {
    const own = await startTestProduct({ dataDir });
    const bench = await openWorkbench(own, 'acme');
    await bench.extension('481');
    await own.must('POST', bench.path('/phones'), body);
    await own.close();
    const kept = await readAfterRestart<Phone>(own, bench.path(`/phones/${mac}`));
    expect([kept.mac, kept.model, kept.label, kept.lines[0]?.extension]).toEqual([mac, 'T46U', 'Lobby', '481']);
    expect(kept.lines[0]?.settings['line.dtmf']?.value).toBe('info');
  });
});
