import { expect, test } from 'vitest';
import { testApi, testVendor, type TestApi } from '../../../test/kit/api.ts';
import { oui } from '../../domain/mac.ts';
import { example } from '../../vendors/example/index.ts';
import { problemBody } from '../problems.ts';
import { shownImport, type ShownImport } from './import-schema.ts';

type Changes = Parameters<typeof testApi>[0];

async function apiWithAcme(changes: Changes = {}): Promise<TestApi> {
  const api = await testApi(changes);
  expect((await api.ask('PUT', '/tenants/acme', { title: 'Acme' })).status).toBe(201);
  return api;
}

async function importInto({ ask }: TestApi, body: object, query = ''): Promise<ShownImport> {
  const answer = await ask('POST', `/tenants/acme/phones/import${query}`, body);
  expect(answer.status, answer.text).toBe(200);
  return shownImport.parse(answer.body);
}

const OUI = example.driver.ouis[0] ?? '';

test('phones of a maker that is switched off are refused with the reason of that', async () => {
  const off = { id: 'offphone', name: 'Offphone', ouis: [oui('02aa00')], problems: ['model X1 stands twice'] };
  const api = await apiWithAcme({ catalogue: { vendors: [testVendor], switchedOff: [off] } });
  const { rows } = await importInto(api, { text: '02aa00000001' });
  expect(rows).toMatchObject([
    { problem: 'vendor_off', reason: 'Offphone is switched off: model X1 stands twice', outcome: 'refused' },
  ]);
});

test('a prefix that two makers share is no maker yet: the model tells, or the choice for one of them', async () => {
  const api = await apiWithAcme();
  const text = `${OUI}000001\n${OUI}000002 T4\n${OUI}000003 Testphone T1`;
  const { rows } = await importInto(api, { text }, '?dryRun=true');
  expect(rows.map(({ vendor, model, problem }) => [vendor, model, problem])).toEqual([
    [undefined, undefined, 'model_missing'],
    ['testphone', 'T4', undefined],
    ['testphone', 'T1', undefined],
  ]);
  const chosen = await importInto(api, { text, models: { testphone: 'T4' } });
  expect([chosen.created, chosen.refused]).toEqual([3, 0]);
});

test('a decoy of the operator is no phone, and does not keep the others out', async () => {
  const api = await apiWithAcme();
  expect((await api.ask('POST', '/decoys', { mac: `${OUI}000009` })).status).toBe(201);
  const body = { text: `${OUI}000009\n${OUI}000010`, models: { testphone: 'T4' } };
  for (const [query, made] of [
    ['?dryRun=true', 'ready'],
    ['', 'created'],
  ] as const) {
    const { rows } = await importInto(api, body, query);
    expect(rows.map(({ outcome, problem }) => problem ?? outcome)).toEqual(['invalid', made]);
  }
});

test('all or nothing is for ten thousand at a time, since nobody else writes meanwhile', async () => {
  const api = await apiWithAcme();
  const text = Array.from({ length: 10_001 }, (_, n) => `${OUI}${n.toString(16).padStart(6, '0')}`).join('\n');
  const answer = await api.ask('POST', '/tenants/acme/phones/import?strict=true&dryRun=true', { text });
  expect([answer.status, answer.body['detail']]).toEqual([413, 'it has more than 10000 phones: send it in parts']);
});

test('a list that came while the same list was being written finds its phones present, and not elsewhere', async () => {
  const api = await apiWithAcme();
  const text = Array.from({ length: 50 }, (_, n) => `${OUI}${n.toString(16).padStart(6, '0')}`).join('\n');
  const body = { text, models: { testphone: 'T4' } };
  const both = await Promise.all([importInto(api, body), importInto(api, body)]);
  expect(both.map(({ refused }) => refused)).toEqual([0, 0]);
  expect(both.map(({ created, present }) => created + present)).toEqual([50, 50]);
  expect(both.map(({ created }) => created).toSorted((a, b) => a - b)).toEqual([0, 50]);
});

test('a body of another shape is refused by its fields, and a tenant that is not there has no phones', async () => {
  const { ask } = await apiWithAcme();
  const wrong = await ask('POST', '/tenants/acme/phones/import', { txt: '', format: 'xls' });
  expect(wrong.status).toBe(422);
  expect(
    problemBody
      .parse(wrong.body)
      .errors?.map(({ field }) => field)
      .toSorted(),
  ).toEqual(['format', 'text', 'txt']);
  expect((await ask('POST', '/tenants/nobody/phones/import', { text: '' })).status).toBe(404);
});
