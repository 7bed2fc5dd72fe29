import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Phone, Setting, Template, Vendor } from '../../src/api/contract.ts';
import { startTestProduct, type TestProduct } from '../kit/product.ts';
import { openWorkbench, pick, refusal, type Params, type Workbench } from '../kit/workbench.ts';

let offhook: TestProduct;
let acme: Workbench;
beforeAll(async () => {
  offhook = await startTestProduct();
  acme = await openWorkbench(offhook, 'acme');
});
afterAll(() => offhook.close());

const T46U = { vendor: 'yealink', models: ['T46U'] };
const LINE_1 = { key: { type: 'line', line: 1, label: '' } };

const readTemplate = async (name: string): Promise<Template> =>
  (await offhook.must('GET', acme.path(`/templates/${name}`))) as Template;

const modelOf = async (vendor: string, id: string): Promise<Vendor['models'][number] | undefined> =>
  ((await offhook.must('GET', `/catalogue/${vendor}`)) as Vendor).models.find((model) => model.id === id);

/** Fields that a template for a T46U with these keys is refused for. */
const refusedFields = async (body: object): Promise<readonly string[]> =>
  (await refusal(offhook, 'PUT', acme.path('/templates/refused'), { ...T46U, ...body })).fields;

test('S4.52 DSS keys and programmable keys are separate things, each edited by itself', async () => {
  const model = await modelOf('yealink', 'T46U');
  expect([model?.keys, model?.softKeys]).toEqual([27, 13]);
  const keys = { 'key/1': LINE_1, 'soft/1': { key: { type: 'dnd', label: 'Silence' } } };
  const yealink = async (): Promise<Params> => acme.fetch('yealink', acme.macOf('yealink', 't452'));
  await acme.serve('yealink', 't452', { keys });
  const names = ['linekey.1.type', 'programablekey.1.type'] as const;
  expect(pick(await yealink(), ...names)).toEqual({ [names[0]]: '15', [names[1]]: '5' });

  const path = acme.path('/templates/t452-yealink');
  const menu = { key: { type: 'menu', label: '' } };
  const soft = (await offhook.must('PATCH', path, { keys: { 'soft/1': menu } })) as Template;
  expect(soft.keys).toEqual({ 'key/1': LINE_1, 'soft/1': menu });
  expect(pick(await yealink(), ...names)).toEqual({ [names[0]]: '15', [names[1]]: '30' });
  await offhook.must('PATCH', path, { keys: { 'key/1': { key: { type: 'hold', label: '' } } } });
  expect(pick(await yealink(), ...names)).toEqual({ [names[0]]: '4', [names[1]]: '30' });

  const snom = await acme.serve('snom', 't452', { keys });
  expect(pick(snom, 'fkey[0]', 'context_key[0]')).toEqual({ 'fkey[0]': 'line', 'context_key[0]': 'keyevent F_DND' });
  // As many of each as the model has of it.
  const none = { key: { type: 'none' } };
  expect(await refusedFields({ keys: { 'key/27': none, 'soft/1': none, 'key/28': none } })).toEqual(['keys.key/28']);
  expect(await refusedFields({ keys: { 'soft/15': none } })).toEqual(['keys.soft/15']);
});

test('S4.53 Enhanced DSS Keys can be enabled, and then features of the PBX appear in the list of key types', async () => {
  const ofPbx = ['shared_line', 'call_park', 'directed_pickup', 'group_pickup', 'intercom', 'record', 'call_return'];
  const park = { 'key/2': { key: { type: 'call_park', line: 1, slot: '701', label: 'Park' } } };
  await acme.template('t453', T46U);
  const off = (await readTemplate('t453')).keyTypes ?? [];
  expect(off).toEqual(expect.arrayContaining(['line', 'blf', 'speed_dial', 'dtmf', 'directory']));
  expect(off.filter((type) => ofPbx.includes(type))).toEqual([]);
  expect(await refusedFields({ keys: park })).toEqual(['keys.key/2.key.type']);

  const settings = { 'features.enhancedKeys': true };
  await acme.template('t453', { ...T46U, settings });
  expect((await readTemplate('t453')).keyTypes).toEqual(expect.arrayContaining([...off, ...ofPbx]));
  const yealink = await acme.serve('yealink', 't453', { settings, keys: park });
  expect(pick(yealink, 'features.enhanced_dss_keys.enable', 'linekey.2.type', 'linekey.2.value')).toEqual({
    'features.enhanced_dss_keys.enable': '1',
    'linekey.2.type': '10',
    'linekey.2.value': '701',
  });
  const polycom = await acme.serve('polycom', 't453', { settings, keys: park });
  expect(pick(polycom, 'feature.enhancedFeatureKeys.enabled', 'attendant.resourceList.1.address')).toEqual({
    'feature.enhancedFeatureKeys.enabled': '1',
    'attendant.resourceList.1.address': '701',
  });
});

test('S4.54 a key pressed during a call transfers with consultation, as is recommended, unless told otherwise', async () => {
  const { items } = (await offhook.must('GET', '/settings')) as { items: Setting[] };
  const setting = items.find(({ id }) => id === 'features.keyDuringCall');
  expect(setting?.builtIn).toBe('attended_transfer');
  expect(setting?.help).toContain('Attended transfer is recommended');
  const written = async (settings: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> => [
    (await acme.serve('yealink', 't454', { settings })).get('transfer.dsskey_deal_type'),
    (await acme.serve('snom', 't454', { settings })).get('quick_transfer'),
    (await acme.serve('polycom', 't454', { settings })).get('call.defaultTransferType'),
  ];
  expect(await written({})).toEqual(['1', 'attended', 'Consultative']);
  expect(await written({ 'features.keyDuringCall': 'blind_transfer' })).toEqual(['2', 'blind', 'Blind']);
  expect((await written({ 'features.keyDuringCall': 'new_call' })).slice(0, 2)).toEqual(['0', 'new_call']);
  expect(await refusedFields({ settings: { 'features.keyDuringCall': 'hang_up' } })).toEqual([
    'settings.features.keyDuringCall',
  ]);
});

test('S4.55 type and number of expansion modules can be set, and the number of keys follows', async () => {
  const dial = { key: { type: 'speed_dial', line: 1, dial: '301', label: 'Far' } };
  expect((await modelOf('yealink', 'T46U'))?.sidecars).toEqual({ types: ['EXP43'], max: 3, keysPerModule: 60 });
  expect(await refusedFields({ keys: { 'module/1/1': dial } })).toEqual(['keys.module/1/1']);
  const keys = { 'module/1/1': dial, 'module/2/60': dial };
  const sidecars = { type: 'EXP43', count: 2 };
  const yealink = await acme.serve('yealink', 't455', { sidecars, keys });
  expect(pick(yealink, 'expansion_module.1.key.1.value', 'expansion_module.2.key.60.value')).toEqual({
    'expansion_module.1.key.1.value': '301',
    'expansion_module.2.key.60.value': '301',
  });
  expect(await refusedFields({ sidecars, keys: { 'module/2/61': dial } })).toEqual(['keys.module/2/61']);
  expect(await refusedFields({ sidecars, keys: { 'module/3/1': dial } })).toEqual(['keys.module/3/1']);
  // A module fewer, and its keys are gone.
  expect(await refusedFields({ sidecars: { type: 'EXP43', count: 1 }, keys })).toEqual(['keys.module/2/60']);
  expect(await refusedFields({ sidecars: { type: 'EXP43', count: 4 } })).toEqual(['sidecars']);
  expect(await refusedFields({ sidecars: { type: 'EXP20', count: 1 } })).toEqual(['sidecars']);

  // A Snom counts straight on: 24 keys of its own, 18 on each module.
  const snom = await acme.serve('snom', 't455', {
    sidecars: { type: 'D7', count: 2 },
    keys: { 'module/1/1': dial, 'module/2/18': dial },
  });
  expect(pick(snom, 'fkey[24]', 'fkey[59]')).toEqual({ 'fkey[24]': 'speed 301', 'fkey[59]': 'speed 301' });
});

test('S4.56 key 1 is the extension where nothing else is said: label empty, line 1', async () => {
  const template = await acme.template('t456', T46U);
  expect(template.keys).toEqual({ 'key/1': LINE_1 });
  const names = ['type', 'line', 'label'].map((field) => `linekey.1.${field}`);
  const yealink = await acme.serve('yealink', 't456');
  // How a Yealink is told an empty label.
  expect(Object.values(pick(yealink, ...names))).toEqual(['15', '1', '%NULL%']);
  expect((await acme.serve('snom', 't456')).get('fkey[0]')).toBe('line');
  const polycom = await acme.serve('polycom', 't456');
  expect(pick(polycom, 'lineKey.1.category', 'lineKey.1.index')).toEqual({
    'lineKey.1.category': 'Line',
    'lineKey.1.index': '1',
  });
  const own = { 'key/1': { key: { type: 'dnd', label: 'Silence' } } };
  expect((await acme.template('t456-own', { ...T46U, keys: own })).keys).toEqual(own);
  expect((await acme.serve('yealink', 't456', { keys: own })).get('linekey.1.type')).toBe('5');
});

test('S4.57 a second key for one extension is pointed out as unneeded, since one carries eight calls', async () => {
  const line = (number: number): object => ({ key: { type: 'line', line: number, label: '' } });
  const surplus = ({ warnings = [] }: Template | Phone): readonly string[] =>
    warnings.filter(({ code }) => code === 'surplus-line-key').map(({ field }) => field);
  const twice = await acme.template('t457', {
    ...T46U,
    keys: { 'key/1': line(1), 'key/2': line(2), 'key/3': line(1) },
  });
  expect(surplus(twice)).toEqual(['keys.key/3']);
  expect(twice.warnings?.find(({ code }) => code === 'surplus-line-key')?.message).toContain('eight calls');
  expect(surplus(await readTemplate('t457'))).toEqual(['keys.key/3']);
  const once = await acme.template('t457', { ...T46U, keys: { 'key/1': line(1), 'key/2': line(2) } });
  expect(surplus(once)).toEqual([]);

  // Nor on the phone, whose own keys come on top of its template's.
  const phone = { vendor: 'yealink', model: 'T46U', template: 't457', lines: [await acme.extension('457')] };
  expect(surplus(await acme.phone('805ec0457001', phone))).toEqual([]);
  expect(surplus(await acme.phone('805ec0457001', { ...phone, keys: { 'key/4': line(2) } }))).toEqual(['keys.key/4']);
});

// A key of each kind, and what a Yealink (type, value) and a Snom are told.
const KINDS = [
  [{ type: 'blf', line: 1, watch: '202' }, ['16', '202'], 'blf 202'],
  [{ type: 'hold' }, ['4', undefined], 'keyevent F_HOLD'],
  [{ type: 'speed_dial', line: 1, dial: '0301234567' }, ['13', '0301234567'], 'speed 0301234567'],
  [{ type: 'dnd' }, ['5', undefined], 'keyevent F_DND'],
  [{ type: 'forward', target: '300' }, ['2', '300'], 'redirect 300'],
  [{ type: 'transfer', target: '301' }, ['3', '301'], 'transfer 301'],
  [{ type: 'dtmf', digits: '*1#' }, ['11', '*1#'], 'dtmf *1#'],
  [{ type: 'directory' }, ['61', undefined], 'keyevent F_ADR_BOOK'],
  [{ type: 'ldap' }, ['38', undefined], 'keyevent F_DIRECTORY_SEARCH'],
  [{ type: 'voicemail', line: 1 }, ['12', undefined], 'keyevent F_RETRIEVE'],
  [{ type: 'redial' }, ['6', undefined], 'keyevent F_REDIAL'],
  [{ type: 'conference' }, ['1', undefined], 'keyevent F_CONFERENCE'],
  [{ type: 'call_list' }, ['28', undefined], 'keyevent F_CALL_LIST'],
  [
    { type: 'xml_browser', url: 'https://pbx.example.com/m.xml' },
    ['27', 'https://pbx.example.com/m.xml'],
    'url https://pbx.example.com/m.xml',
  ],
  [{ type: 'multicast_paging', address: '224.0.1.116:5001' }, ['24', '224.0.1.116:5001'], 'multicast 224.0.1.116:5001'],
] as const;

test('S4.58 other keys watch, trigger an event or a feature of the phone, dial, send digits, look up, and so on', async () => {
  const keys = Object.fromEntries(
    KINDS.map(([key], index) => [`key/${String(index + 2)}`, { key: { ...key, label: `K${String(index)}` } }]),
  );
  const yealink = await acme.serve('yealink', 't458', { keys });
  const snom = await acme.serve('snom', 't458', { keys });
  for (const [index, [key, [type, value], event]] of KINDS.entries()) {
    const position = index + 2;
    const told = ['type', 'value', 'label'].map((field) => yealink.get(`linekey.${String(position)}.${field}`));
    expect(told, key.type).toEqual([type, value, `K${String(index)}`]);
    expect(snom.get(`fkey[${String(position - 1)}]`), key.type).toBe(event);
  }
  const wrong = { 'key/2': { key: { type: 'time_travel', label: '' } }, 'key/3': { key: { type: 'blf', line: 1 } } };
  expect(await refusedFields({ keys: wrong })).toEqual(['keys.key/2.key.type', 'keys.key/3.key.watch']);
});

test('S4.59 a programmable key can be changed from the factory default and set back to it', async () => {
  const dnd = { 'soft/2': { key: { type: 'dnd', label: 'Silence' } } };
  const names = ['programablekey.2.type', 'programablekey.2.label'] as const;
  expect(pick(await acme.serve('yealink', 't459'), ...names)).toEqual({});
  expect(pick(await acme.serve('yealink', 't459', { keys: dnd }), ...names)).toEqual({
    [names[0]]: '5',
    [names[1]]: 'Silence',
  });
  // %NULL%: the factory's own function of this key, which differs from model to model.
  const factory = { [names[0]]: '%NULL%', [names[1]]: '%NULL%' };
  const clear = { 'soft/2': { clear: true } };
  expect(pick(await acme.serve('yealink', 't459', { keys: clear }), ...names)).toEqual(factory);
  await acme.serve('yealink', 't459', { keys: dnd });
  expect(pick(await acme.serve('yealink', 't459', { keys: {} }), ...names)).toEqual(factory);

  expect((await acme.serve('snom', 't459', { keys: dnd })).get('context_key[1]')).toBe('keyevent F_DND');
  expect((await acme.serve('snom', 't459', { keys: clear })).get('context_key[1]')).toBe('keyevent F_NONE');
  // A phone may have its own, and take what its template says back to the factory's.
  const phone = { keys: clear };
  expect(pick(await acme.serve('yealink', 't459', { keys: dnd, phone }), ...names)).toEqual(factory);
});
