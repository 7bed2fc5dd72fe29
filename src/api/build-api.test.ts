import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testApi } from '../../test/kit/api.ts';
import { StoreUnavailable, type Store } from '../app/ports.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { PROBLEMS } from './problems.ts';

test('every problem type has a section in docs/problems.md that states its status, and no other section is there', async () => {
  const text = readFileSync(new URL('../../docs/problems.md', import.meta.url), 'utf8');
  const sections = Array.from(text.matchAll(/^## (.+)\n\n(\d{3})\./gm), ([, name, status]) => [name, Number(status)]);
  expect(new Map(sections as [string, number][])).toEqual(
    new Map(Object.entries(PROBLEMS).map(([name, { status }]) => [name, status])),
  );
  const { ask } = await testApi();
  for (const [name, { title }] of Object.entries(PROBLEMS))
    expect((await ask('GET', `/problems/${name}`)).body['title']).toBe(title);
});

test('the API describes itself in OpenAPI 3.1, with every setting and a problem for every operation', async () => {
  const { ask } = await testApi();
  const { body } = await ask('GET', '/openapi.json');
  expect(body['openapi']).toBe('3.1.0');
  const text = JSON.stringify(body);
  expect(text).toContain('line.localSipPort');
  const paths = body['paths'] as unknown as Record<
    string,
    Record<string, { responses: object; parameters?: unknown[] }>
  >;
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods)) {
      expect(Object.keys(operation.responses), `${method} ${path}`).toContain('default');
      const inPath = path.match(/\{[^}]+\}/g) ?? [];
      const described = (operation.parameters ?? []).filter((one) => (one as { in: string }).in === 'path');
      expect(described, `${method} ${path}`).toHaveLength(inPath.length);
    }
  expect(Object.keys(paths)).toContain('/api/v1/tenants/{tenant}/phones/{phone}');
  const refs = Array.from(text.matchAll(/"#\/components\/schemas\/([^"]+)"/g), ([, name]) => name ?? '');
  const { schemas } = body['components'] as unknown as { schemas: object };
  expect(refs.filter((name) => !(name in schemas))).toEqual([]);
});

test('what cannot be read is refused as such', async () => {
  const { app, ask } = await testApi();
  const send = (payload: string, type = 'application/json') =>
    app.inject({ method: 'PUT', url: '/api/v1/tenants/acme', headers: { 'content-type': type }, payload });
  expect((await send('{')).json()).toMatchObject({ status: 400, type: '/api/v1/problems/malformed-request' });
  expect((await send('{"__proto__":{"x":1}}')).statusCode).toBe(400);
  expect((await send('"text"')).statusCode).toBe(422);
  expect((await send('a=b', 'application/x-www-form-urlencoded')).statusCode).toBe(415);
  expect((await send(`{"title":"${'x'.repeat(1_100_000)}"}`)).statusCode).toBe(413);
  expect((await send('['.repeat(100_000))).statusCode).toBe(400);
  expect((await ask('GET', '/nothing-here')).body).toMatchObject({ status: 404 });
});

test('P8 a store that cannot be read is a 503 with Retry-After, and nothing of the reason is told', async () => {
  const store: Store = memoryStore();
  const broken: Store = {
    ...store,
    platform: {
      ...store.platform,
      tenants: {
        ...store.platform.tenants,
        byKey: () => Promise.reject(new StoreUnavailable('disk at /secret/path is full')),
      },
    },
  };
  const logged: string[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (event: string) => logged.push(event) };
  const { ask } = await testApi({ store: broken, log });
  const answer = await ask('GET', '/tenants/acme');
  expect(answer.status).toBe(503);
  expect(answer.headers['retry-after']).toBe('30');
  expect(answer.text).not.toContain('secret');
  expect(logged).toEqual(['api_failed']);
});

test('W3 a document that is very deep, or goes round in circles, is refused in bounded time', async () => {
  const { app, ask } = await testApi();
  await ask('PUT', '/tenants/acme', {});
  const deep = `${'{"title":'.repeat(50_000)}"x"${'}'.repeat(50_000)}`;
  const patched = await app.inject({
    method: 'PATCH',
    url: '/api/v1/tenants/acme',
    headers: { 'content-type': 'application/json' },
    payload: deep,
  });
  expect(patched.statusCode).toBe(400);
  const arrays = `{"tenants":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect((await ask('POST', '/apply', arrays)).status).toBe(422);
  expect((await ask('POST', '/apply', 'tenants: &a [*a]')).status).toBe(422);
  const laughs = Array.from(
    { length: 12 },
    (_, n) => `a${n}: &a${n} [${n === 0 ? 'x' : `*a${n - 1},`.repeat(9)}]`,
  ).join('\n');
  expect((await ask('POST', '/apply', laughs)).status).toBe(422);
});
