import { expect, test } from 'vitest';
import { Secret } from '../secret.ts';
import { groupOf, SETTING_IDS, settingOf } from './registry.ts';
import { SETTING_GROUPS } from './setting.ts';

test.each(SETTING_IDS)('%s says what it is, and its example and default are values that it takes', (id) => {
  const { schema, title, help, example, builtIn, secret } = settingOf(id);
  expect(SETTING_GROUPS).toContain(groupOf(id));
  expect(title.length).toBeGreaterThan(1);
  expect(help).toMatch(/\.$/);
  const typed = example instanceof Secret ? example.reveal() : example;
  expect(schema.safeParse(typed).success).toBe(true);
  expect(example instanceof Secret).toBe(secret === true);
  if (builtIn !== undefined) expect(schema.safeParse(builtIn).success).toBe(true);
});

test('no two settings have the same title in the same group', () => {
  const titles = SETTING_IDS.map((id) => `${groupOf(id)}/${settingOf(id).title}`);
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
});
