import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Applied, Extension, Phone } from '../../src/api/contract.ts';
import { gapsOf, placeOf, read } from '../kit/office.ts';
import { ask, startTestProduct, type Answer, type TestProduct } from '../kit/product.ts';

// The example that newcomers begin with: it applies, every phone in it gets its file, and applying it again is no change.

const EXAMPLE = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'acme.yaml'), 'utf8');

let offhook: TestProduct;
beforeAll(async () => {
  offhook = await startTestProduct();
});
afterAll(() => offhook.close());

const apply = (query = ''): Promise<Answer> =>
  offhook.api('POST', `/apply${query}`, EXAMPLE, { 'content-type': 'application/yaml' });

const list = async <T>(path: string): Promise<readonly T[]> =>
  (await read<{ items: readonly T[] }>(offhook, `${path}?limit=1000`)).items;

/** Passwords of the example's extensions by number; YAML reads the numbers as numbers. */
function passwords(): ReadonlyMap<string, string> {
  const { tenants } = parse(EXAMPLE) as {
    tenants: readonly { extensions: readonly { number: number; password: string }[] }[];
  };
  return new Map(tenants.flatMap(({ extensions }) => extensions).map((one) => [String(one.number), one.password]));
}

test('applying the example makes thirty phones of four makers, and a dry run makes none', async () => {
  const dry = await apply('?dryRun=true');
  expect([dry.status, (dry.json as Applied).dryRun]).toEqual([200, true]);
  expect((await offhook.api('GET', '/tenants/acme')).status).toBe(404);

  const applied = (await apply()).json as Applied;
  expect(applied.created).toEqual((dry.json as Applied).created);
  const phones = await list<Phone>('/tenants/acme/phones');
  expect(phones).toHaveLength(30);
  expect(new Set(phones.map(({ vendor }) => vendor))).toEqual(new Set(['yealink', 'snom', 'polycom', 'cisco-spa']));
});

test('every phone of the example fetches its file with its accounts, and lacks nothing that was to be mapped', async () => {
  const secrets = passwords();
  const notMapped: string[] = [];
  for (const phone of await list<Phone>('/tenants/acme/phones')) {
    const { directory, files } = await placeOf(offhook, 'acme', phone.name);
    const answer = await ask(`${directory}${files[0] ?? ''}`);
    expect(answer.status, phone.name).toBe(200);
    const own = phone.lines.map(({ extension }) => secrets.get(extension) ?? 'none');
    expect(Array.from(secrets.values()).filter((password) => answer.text.includes(password))).toEqual(own);
    expect(answer.text).toContain('pbx.acme.example');
    expect(answer.text).not.toContain('1.1.1.1');
    for (const gap of await gapsOf(offhook, 'acme', phone.name))
      if (gap.state === 'not_mapped') notMapped.push(`${phone.model}: ${gap.wanted}`);
  }
  expect(Array.from(new Set(notMapped)).toSorted()).toEqual([]);
});

test('applying the example again changes nothing', async () => {
  const versions = async (): Promise<readonly unknown[]> => {
    const phones = await list<Phone>('/tenants/acme/phones');
    const extensions = await list<Extension>('/tenants/acme/extensions');
    const paths = [
      '/tenants/acme',
      ...phones.map(({ name }) => `/tenants/acme/phones/${name}`),
      ...extensions.map(({ number }) => `/tenants/acme/extensions/${number}`),
    ];
    return Promise.all(paths.map(async (path) => [path, (await offhook.api('GET', path)).headers.etag]));
  };
  const before = await versions();
  const audit = await list('/audit');
  const again = (await apply()).json as Applied;
  expect([again.created, again.changed]).toEqual([[], []]);
  expect(again.unchanged.filter(({ kind }) => kind === 'phone')).toHaveLength(30);
  expect(await versions()).toEqual(before);
  expect(await list('/audit')).toEqual(audit);
});
