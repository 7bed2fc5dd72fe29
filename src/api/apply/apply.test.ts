import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { testApi, type Answer, type TestApi } from '../../../test/kit/api.ts';
import { VENDORS } from '../../vendors/index.ts';

let api: TestApi;

const DOCUMENT = `
tenants:
  - name: acme
    title: Acme
    mappings:
      - { from: 1.1.1.1, to: pbx.acme.example }
    groups:
      - { name: sales, parent: office }
      - { name: office }
    people:
      - { name: alice, displayName: Alice, groups: [sales] }
    extensions:
      - { number: 201, displayName: Alice, password: one, serverHost: 1.1.1.1 }
      - { number: 0202, displayName: Hall, password: two, serverHost: 1.1.1.1 }
    templates:
      - { name: desk, vendor: testphone, models: [T4] }
    phones:
      - mac: 02:ee:00:00:00:01
        vendor: testphone
        model: T4
        template: desk
        person: alice
        lines: [201]
      - mac: "02ee00000002"
        vendor: testphone
        model: T4
        lines: [0202]
`;

const apply = (text: string, query = ''): Promise<Answer> => api.ask('POST', `/apply${query}`, text);
const namesOf = (list: unknown): readonly string[] =>
  (list as { kind: string; name: string }[]).map(({ kind, name }) => `${kind} ${name}`);

beforeEach(async () => {
  api = await testApi();
});

test('a document makes everything it names, and again it changes nothing', async () => {
  const first = await apply(DOCUMENT);
  expect(first.status).toBe(200);
  expect(namesOf(first.body['created'])).toEqual([
    'tenant acme',
    'mapping 1.1.1.1',
    'group office',
    'group sales',
    'person alice',
    'extension 201',
    'extension 0202',
    'template desk',
    'phone 02ee00000001',
    'phone 02ee00000002',
  ]);
  const again = await apply(DOCUMENT);
  expect(again.body).toMatchObject({ created: [], changed: [] });
  expect(again.body['unchanged']).toHaveLength(10);
});

test('only what differs is changed', async () => {
  await apply(DOCUMENT);
  const changed = await apply(
    DOCUMENT.replace('title: Acme', 'title: Acme Ltd').replace('password: two', 'password: new'),
  );
  expect(namesOf(changed.body['changed'])).toEqual(['tenant acme', 'extension 0202']);
});

test('a dry run says what would happen and keeps nothing', async () => {
  const answer = await apply(DOCUMENT, '?dryRun=true');
  expect(answer.body).toMatchObject({ dryRun: true });
  expect(answer.body['created']).toHaveLength(10);
  expect((await api.ask('GET', '/tenants/acme')).status).toBe(404);
});

test('one error changes nothing at all, and every error names line, field and reason', async () => {
  const wrong = DOCUMENT.replace('model: T4\n        template', 'model: T9\n        template').replace(
    '[0202]',
    '[999]',
  );
  const answer = await apply(wrong);
  expect(answer.status).toBe(422);
  expect(answer.body['errors']).toMatchObject([
    { field: 'tenants[0].phones[0].template', line: 21 },
    { field: 'tenants[0].phones[0].model', line: 20, value: 'T9' },
    { field: 'tenants[0].phones[1].lines[0].extension', line: 27, value: '999' },
  ]);
  expect(answer.body['detail']).toMatch(/^line 21: .*nothing was changed$/);
  expect((await api.ask('GET', '/tenants')).body['items']).toEqual([]);
});

test('an object that is refused is blamed once, not for everything that refers to it', async () => {
  const answer = await apply(DOCUMENT.replace('number: 201, displayName: Alice', 'number: 201, colour: red'));
  expect(answer.body['errors']).toMatchObject([{ field: 'tenants[0].extensions[0].colour', line: 13 }]);
  expect(answer.body['errors']).toHaveLength(1);
});

test('what is no YAML at all is refused with its line', async () => {
  const answer = await apply('tenants:\n  - name: acme\n   title: x\n');
  expect(answer.status).toBe(422);
  expect((answer.body['errors'] as unknown as { line: number }[])[0]?.line).toBeGreaterThanOrEqual(2);
  expect((await apply('tenants: &a [*a]')).status).toBe(422);
});

test('a document that would take for ever is refused at once: keys that are lists, too many levels, a key twice', async () => {
  const lists = `${'? '.repeat(600)}a`;
  const levels = Array.from({ length: 600 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
  for (const [text, message, line] of [
    [lists, 'A key must be a name', 1],
    [levels, 'is too deep', 65],
    ['['.repeat(100_000), 'is too deep', 1],
    ['tenants: []\npeople: []\ntenants: []\n', 'Map keys must be unique', 3],
  ] as const)
    expect((await apply(text)).body['errors']).toMatchObject([{ message, line }]);
});

test('brackets in texts are no levels', async () => {
  const groups = Array.from({ length: 200 }, (_, n) => `      - { name: g${String(n)}, title: "[ {" }`).join('\n');
  const answer = await apply(`tenants:\n  - name: acme\n    title: "[["\n    groups:\n${groups}\n`);
  expect(answer.status).toBe(200);
});

test('JSON is taken as well, and its errors name their line', async () => {
  const document = { tenants: [{ name: 'acme', groups: [{ name: 'sales' }] }] };
  const asJson = (value: unknown) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/apply',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(value, null, 2),
    });
  expect((await asJson(document)).json()).toMatchObject({ created: [{ name: 'acme' }, { name: 'sales' }] });
  const wrong = await asJson({ tenants: [{ name: 'acme', groups: [{ name: 'Sales!' }] }] });
  expect(wrong.json()).toMatchObject({ errors: [{ field: 'tenants[0].groups[0].name', line: 7, value: 'Sales!' }] });
});

test('two phones may swap their extensions in one document', async () => {
  await apply(DOCUMENT);
  const swapped = await apply(DOCUMENT.replace('[201]', '[x]').replace('[0202]', '[201]').replace('[x]', '[0202]'));
  expect(namesOf(swapped.body['changed'])).toEqual(['phone 02ee00000001', 'phone 02ee00000002']);
  expect((await api.ask('GET', '/tenants/acme/phones/02ee00000001')).body['lines']).toMatchObject([
    { extension: '0202' },
  ]);
});

test('a setting out of range, a port in a template, a phone without tenant are refused with the field', async () => {
  const template = (settings: string) =>
    `templates: [{ name: t, vendor: testphone, models: [T4], settings: ${settings} }]`;
  for (const [text, field] of [
    [template('{ line.localSipPort: 15060 }'), 'templates[0].settings.line.localSipPort'],
    [template('{ line.registerExpiresSeconds: 1 }'), 'templates[0].settings.line.registerExpiresSeconds'],
    ['phones: []', 'phones'],
    ['tenants: [{ name: all }]', 'tenants[0].name'],
    [`${DOCUMENT}      - { mac: 02ee00000001, vendor: testphone, model: T4 }`, 'tenants[0].phones[2]'],
  ] as const)
    expect((await apply(text)).body['errors'], field).toMatchObject([{ field }]);
});

test('the example of the README is applied as it stands, with thirty phones of four makers', async () => {
  api = await testApi({ catalogue: { vendors: VENDORS } });
  const text = readFileSync(new URL('../../../examples/acme.yaml', import.meta.url), 'utf8');
  const answer = await apply(text);
  expect(answer.body['errors']).toBeUndefined();
  expect(answer.status).toBe(200);
  const names = namesOf(answer.body['created']);
  expect(names.filter((name) => name.startsWith('phone '))).toHaveLength(30);
  expect((await apply(text)).body).toMatchObject({ created: [], changed: [] });
  const phones = (await api.ask('GET', '/tenants/acme/phones')).body['items'] as unknown as { vendor: string }[];
  expect(new Set(phones.map((phone) => phone.vendor))).toEqual(new Set(['yealink', 'snom', 'polycom', 'cisco-spa']));
});
