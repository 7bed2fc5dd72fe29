import { beforeEach, expect, test } from 'vitest';
import { testApi, type Answer, type TestApi } from '../../../test/kit/api.ts';
import { shownTemplate } from './schema.ts';

let api: TestApi;
const T = '/tenants/acme';
const desk = { vendor: 'testphone', models: ['T4'] };

const put = (body: object, name = 'desk'): Promise<Answer> => api.ask('PUT', `${T}/templates/${name}`, body);
const codes = (answer: Answer): readonly string[] =>
  (answer.body['warnings'] as unknown as { code: string }[]).map((warning) => warning.code);

beforeEach(async () => {
  api = await testApi();
  await api.ask('PUT', T, {});
});

test('S4.69 adding a template stores it', async () => {
  const made = await put({ ...desk, title: 'Desk', firmware: '2.0.0', raw: { 'x.y': { value: '1', public: true } } });
  expect(made.status).toBe(201);
  expect(() => shownTemplate.strict().parse(made.body)).not.toThrow();
  expect((await api.ask('GET', `${T}/templates/desk`)).body).toEqual(made.body);
  const back = await put(made.body);
  expect(back.headers.etag).toBe(made.headers.etag);
});

test('S4.13 any number of templates can be made for one model', async () => {
  for (const name of ['one', 'two', 'three']) expect((await put(desk, name)).status).toBe(201);
  expect((await api.ask('GET', `${T}/templates`)).body['items']).toHaveLength(3);
});

test('S4.32 a template belongs to all tenants or to one', async () => {
  await put(desk);
  await api.ask('PUT', '/templates/common', desk);
  expect((await api.ask('GET', `${T}/templates/desk`)).body['global']).toBe(false);
  expect((await api.ask('GET', '/templates/common')).body['global']).toBe(true);
  expect((await api.ask('GET', `${T}/templates/common`)).status).toBe(404);
});

test('S4.33 the model is one of the catalogue', async () => {
  expect((await put({ vendor: 'testphone', models: ['T4', 'T9'] })).body['errors']).toMatchObject([
    { field: 'models[1]', value: 'T9' },
  ]);
  expect((await put({ vendor: 'testphone', models: [] })).status).toBe(422);
  const catalogue = await api.ask('GET', '/catalogue/testphone');
  expect(catalogue.body['models']).toMatchObject([{ id: 'T1' }, { id: 'T4', lines: 4, keys: 8 }, { id: 'Soft' }]);
});

test('S4.34 a template is no phone: it has no MAC and no lines', async () => {
  const answer = await put({ ...desk, mac: '02ee00000001', lines: [] });
  expect(answer.body['errors']).toMatchObject([{ field: 'mac' }, { field: 'lines' }]);
});

test('S4.35 a template has a name, unique in its tenant', async () => {
  expect((await api.ask('POST', `${T}/templates`, desk)).body['errors']).toMatchObject([
    { field: 'name', message: 'must be given' },
  ]);
  expect((await api.ask('POST', `${T}/templates`, { ...desk, name: 'desk' })).status).toBe(201);
  const twice = await api.ask('POST', `${T}/templates`, { ...desk, name: 'desk' });
  expect(twice.body).toMatchObject({ status: 409, errors: [{ field: 'name', value: 'desk' }] });
});

test('S4.37 the installed firmware can be stated', async () => {
  expect((await put({ ...desk, firmware: '2.1.7' })).body['firmware']).toBe('2.1.7');
});

test('S4.53 key types that need features of the PBX are taken only with Enhanced DSS Keys on', async () => {
  const keys = { 'key/2': { key: { type: 'call_park', line: 1, slot: '701', label: 'Park' } } };
  expect((await put({ ...desk, keys })).body['errors']).toMatchObject([
    { field: 'keys.key/2.key.type', value: 'call_park' },
  ]);
  expect((await put({ ...desk, keys, settings: { 'features.enhancedKeys': true } })).status).toBe(201);
});

test('S4.55 expansion modules are optional, must fit a model, and the keys follow their number', async () => {
  const keys = { 'module/2/5': { key: { type: 'blf', line: 1, watch: '202' } } };
  expect((await put({ ...desk, keys })).body['errors']).toMatchObject([{ field: 'keys.module/2/5' }]);
  expect((await put({ ...desk, keys, sidecars: { type: 'X20', count: 2 } })).status).toBe(201);
  for (const sidecars of [
    { type: 'X20', count: 3 },
    { type: 'Y1', count: 1 },
  ])
    expect((await put({ ...desk, sidecars })).body['errors']).toMatchObject([{ field: 'sidecars' }]);
});

test('a key that no model has is refused by its slot', async () => {
  expect((await put({ ...desk, keys: { 'key/9': { key: { type: 'dnd' } } } })).body['errors']).toMatchObject([
    { field: 'keys.key/9', message: 'Testphone T4 has no such key' },
  ]);
  expect((await put({ ...desk, keys: { 'key/1': { key: { type: 'blf', line: 1 } } } })).body['errors']).toMatchObject([
    { field: 'keys.key/1.key.watch', message: 'must be given' },
  ]);
});

test('S4.56 key 1 of a template that says nothing of keys is the extension: label empty, line 1', async () => {
  const made = await put(desk);
  expect(made.body['keys']).toEqual({ 'key/1': { key: { type: 'line', line: 1, label: '' } } });
  expect((await put(desk)).headers.etag).toBe(made.headers.etag);
  expect((await put({ vendor: 'testphone', models: ['T1'] }, 'ata')).body['keys']).toEqual({});
});

test('S4.57 a second key for the same extension is pointed out as unneeded', async () => {
  const line = { key: { type: 'line', line: 1 } };
  expect(codes(await put({ ...desk, keys: { 'key/1': line } }))).not.toContain('surplus-line-key');
  expect(codes(await put({ ...desk, keys: { 'key/1': line, 'key/2': line } }))).toContain('surplus-line-key');
});

test('S4.60 a factory password left in place is a warning, until another is set', async () => {
  expect(codes(await put(desk))).toContain('default-admin-password');
  expect(codes(await put({ ...desk, settings: { 'security.adminPassword': 'admin' } }))).toContain(
    'default-admin-password',
  );
  expect(codes(await put({ ...desk, settings: { 'security.adminPassword': 'N0t-factory' } }))).not.toContain(
    'default-admin-password',
  );
  await api.ask('PATCH', T, { settings: { 'security.adminPassword': 'Of-the-tenant' } });
  expect(codes(await put(desk))).not.toContain('default-admin-password');
});

test('a right of the User account on a maker without one is a warning', async () => {
  const settings = { 'line.transport': { access: 'read' } };
  expect(codes(await put({ vendor: 'example', models: ['E100'], settings }, 'other'))).toContain(
    'user-access-unsupported',
  );
  expect(codes(await put({ ...desk, settings }))).not.toContain('user-access-unsupported');
});

test('a list of allowed domains covers line 1 only, and that is said', async () => {
  const settings = { 'security.allowedDomains': ['example.com'] };
  expect(codes(await put({ ...desk, settings }))).toContain('allowed-domains-line-1-only');
});

test('a raw parameter must have a name and a value that the maker’s format can carry', async () => {
  expect((await put({ ...desk, raw: { 'a = b': '1' } })).body['errors']).toMatchObject([
    { field: 'raw.a = b', message: 'is no parameter name of Testphone' },
  ]);
});

test('a template that a phone has is not removed', async () => {
  await put(desk);
  await api.ask('PUT', `${T}/phones/02ee00000001`, { vendor: 'testphone', model: 'T4', template: 'desk' });
  const answer = await api.ask('DELETE', `${T}/templates/desk`);
  expect(answer.body).toMatchObject({ status: 409, type: '/api/v1/problems/in-use' });
  expect(answer.body['detail']).toContain('02ee00000001');
});
