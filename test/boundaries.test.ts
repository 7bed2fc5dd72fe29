import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// Who may see whom. To move a wall, change this table in the same commit and write an ADR.
interface Wall {
  /** Paths below src/ that files of this room may import; a trailing slash means everything below. */
  readonly sees: readonly string[];
  readonly packages: readonly string[] | 'any';
  readonly node: boolean;
}

const ROOMS: Readonly<Record<string, Wall>> = {
  'domain/': { sees: ['domain/'], packages: ['zod'], node: false },
  'vendors/kit/': { sees: ['domain/', 'vendors/kit/'], packages: ['zod', 'fast-xml-parser'], node: false },
  'vendors/': { sees: ['domain/', 'vendors/kit/'], packages: ['zod'], node: false },
  'app/': { sees: ['domain/', 'vendors/index.ts', 'vendors/kit/', 'app/'], packages: ['zod', 'yaml'], node: false },
  'transports/': {
    sees: ['domain/', 'app/serve/outcome.ts', 'app/ports.ts', 'transports/'],
    packages: 'any',
    node: true,
  },
  'store/': { sees: ['domain/', 'app/ports.ts', 'store/'], packages: 'any', node: true },
  'api/': {
    sees: ['domain/', 'vendors/index.ts', 'vendors/kit/driver.ts', 'app/', 'api/'],
    packages: 'any',
    node: true,
  },
  'cli/': { sees: ['domain/', 'vendors/index.ts', 'api/contract.ts', 'cli/'], packages: 'any', node: true },
  'simulate/': {
    sees: ['domain/', 'vendors/index.ts', 'vendors/kit/driver.ts', 'simulate/'],
    packages: 'any',
    node: true,
  },
  'config.ts': { sees: ['domain/', 'config-oidc.ts'], packages: ['zod', 'yaml'], node: true },
  'config-oidc.ts': { sees: ['domain/'], packages: ['zod'], node: false },
  'main.ts': { sees: [''], packages: 'any', node: true },
  'main/': { sees: [''], packages: 'any', node: true },
};

const src = fileURLToPath(new URL('../src/', import.meta.url));
const IMPORT = /^\s*(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/gm;

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

const roomOf = (file: string): readonly [string, Wall] | undefined =>
  Object.entries(ROOMS)
    .filter(([room]) => file.startsWith(room))
    .toSorted(([a], [b]) => b.length - a.length)[0];

/** A maker's own folder is open to itself and, by its index.ts, to the list. */
function isOwnFolder(file: string, target: string): boolean {
  const [, vendor] = /^vendors\/([^/]+)\//.exec(file) ?? [];
  if (vendor !== undefined) return target.startsWith(`vendors/${vendor}/`);
  return file === 'vendors/index.ts' && /^vendors\/[^/]+\/index\.ts$/.test(target);
}

/** fast-xml-parser reads XML in one place. */
const mayUsePackage = (file: string, wall: Wall, name: string): boolean =>
  wall.packages === 'any' ||
  (wall.packages.includes(name) && (name !== 'fast-xml-parser' || file === 'vendors/kit/xml.ts'));

function breachesOf(file: string): readonly string[] {
  const [, wall] = roomOf(file) ?? [];
  if (wall === undefined) return [`${file} stands in no room of the table`];
  const imports = Array.from(readFileSync(join(src, file), 'utf8').matchAll(IMPORT), (match) => match[1] ?? '');
  return imports.flatMap((name) => {
    if (name.startsWith('node:')) return wall.node ? [] : [`${file} imports ${name}`];
    if (!name.startsWith('.')) return mayUsePackage(file, wall, name) ? [] : [`${file} imports package ${name}`];
    const target = relative(src, resolve(dirname(join(src, file)), name)).replaceAll('\\', '/');
    return wall.sees.some((seen) => target.startsWith(seen)) || isOwnFolder(file, target)
      ? []
      : [`${file} sees ${target}`];
  });
}

test('every file sees only what its room may see', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap(breachesOf)).toEqual([]);
});

test('local imports carry the real extension', () => {
  const wrong = files.flatMap((file) =>
    Array.from(readFileSync(join(src, file), 'utf8').matchAll(IMPORT), (match) => match[1] ?? '')
      .filter((name) => name.startsWith('.') && !name.endsWith('.ts'))
      .map((name) => `${file}: ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('the wall would be noticed: an import across it is reported', () => {
  const wall = roomOf('domain/mac.ts')?.[1];
  expect(wall?.sees.some((seen) => 'store/cipher.ts'.startsWith(seen))).toBe(false);
  expect(wall?.node).toBe(false);
});
