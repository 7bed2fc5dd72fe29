// Regenerates what docs/ says of the tests and the makers: docs/acceptance.md, docs/security-tests.md, docs/vendors/*.md.
// Needs a build: `npm run build && npm run docs`. A test checks that the committed files are what this prints.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Every test whose name begins with a number of the acceptance list or an id of the security tests. */
function numberedTests() {
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `${folder}/${file}`),
  );
  return files.flatMap((file) =>
    Array.from(
      readFileSync(join(root, file), 'utf8').matchAll(
        /\b(?:test|it)(?:\.\w+(?:\([^)]*\))?)*\(\s*(['"`])((?:S\d\.\d+(?: ?\([a-z]\))?|[EATPURWC]\d{1,2}) [^\n]*?)\1\s*,/g,
      ),
      (match) => {
        const name = match[2];
        return { id: /^\S+(?: \([a-z]\))?/.exec(name)[0], name, file };
      },
    ),
  );
}

const order = (id) => {
  const [, letter, first, second = '0', part = ''] = /^([A-Z])(\d+)(?:\.(\d+))?(?: ?\((\w)\))?/.exec(id);
  return `${letter}${first.padStart(3, '0')}.${second.padStart(4, '0')}${part}`;
};

function listing(title, intro, tests) {
  const rows = tests
    .sort((a, b) => (order(a.id) < order(b.id) ? -1 : order(a.id) > order(b.id) ? 1 : a.file < b.file ? -1 : 1))
    .map(({ id, name, file }) => `| ${id} | ${name.slice(id.length).trim().replaceAll('|', '\\|')} | \`${file}\` |`);
  return `# ${title}\n\n${intro}\n\n| number | what the test says | test |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

const stateOf = (entry) => {
  if (entry === undefined) return 'not mapped yet';
  if (typeof entry === 'function' || 'set' in entry) return 'yes';
  if ('partOf' in entry) return `with \`${entry.partOf}\``;
  return 'unsupported' in entry ? `no: ${entry.unsupported}` : `not mapped yet: ${entry.notMapped}`;
};

function vendorPage(driver, settingIds) {
  const models = driver.models.map(
    (model) =>
      `| ${model.id} | ${model.lines} | ${model.keys} | ${model.sidecars === undefined ? '' : `${model.sidecars.types.join(', ')} × ${model.sidecars.max}`} | ${model.fileStem ?? ''} | ${(model.unverified ?? []).join(', ')} |`,
  );
  const settings = settingIds.map((id) => `| \`${id}\` | ${stateOf(driver.mapping[id]).replaceAll('|', '\\|')} |`);
  const steps = (list) => list.map((step, index) => `${index + 1}. ${step}`).join('\n') || 'None.';
  return `# ${driver.name}

## Models

| model | lines | keys | modules | file stem | unverified |
| --- | --: | --: | --- | --- | --- |
${models.join('\n')}

## Factory reset

${steps(driver.instructions.factoryReset)}

## Make it fetch

${steps(driver.instructions.enableProvisioning)}

## Settings

| setting | written |
| --- | --- |
${settings.join('\n')}
`;
}

export async function pages() {
  const { VENDORS } = await import('../dist/vendors/index.js');
  const { SETTING_IDS } = await import('../dist/domain/settings/registry.js');
  const tests = numberedTests();
  const intro = 'Generated from the names of the tests by `npm run docs`; it can claim no more than they show.';
  return {
    'docs/acceptance.md': listing(
      'What the product promises, and the test that proves it',
      intro,
      tests.filter(({ id }) => /^S\d\./.test(id)),
    ),
    'docs/security-tests.md': listing(
      'Attacks, and the test that makes them',
      intro,
      tests.filter(({ id }) => !/^S\d\./.test(id)),
    ),
    ...Object.fromEntries(VENDORS.map((driver) => [`docs/vendors/${driver.id}.md`, vendorPage(driver, SETTING_IDS)])),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(root, 'docs/vendors'), { recursive: true });
  for (const [path, text] of Object.entries(await pages())) writeFileSync(join(root, path), text);
}
