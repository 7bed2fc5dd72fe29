import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pages } from '../scripts/make-docs.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

test('every event that the server logs has its section, and no other has', () => {
  const logged = sources.flatMap((file) =>
    Array.from(read(`src/${file}`).matchAll(/\.(?:info|warn|error)\(\s*'([a-z_]+)'/g), (match) => match[1] ?? ''),
  );
  const described = Array.from(read('docs/events.md').matchAll(/^## (\S+)$/gm), (match) => match[1] ?? '');
  expect(described.toSorted()).toEqual(Array.from(new Set(logged)).toSorted());
});

test('what docs/ says of tests and makers is what they say themselves: npm run docs', async () => {
  for (const [path, text] of Object.entries(await pages())) expect(read(path), path).toBe(text);
});

test('no document names a path of somebody’s machine', () => {
  const documents = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];
  for (const path of documents) expect(read(path), path).not.toMatch(/\/(?:home|root|Users)\/\w/);
});
