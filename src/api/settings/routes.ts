import { z } from 'zod';
import { without } from '../../domain/fields.ts';
import { groupOf, SETTING_IDS, settingOf, type SettingId } from '../../domain/settings/registry.ts';
import { SETTING_GROUPS } from '../../domain/settings/setting.ts';
import { MASKED } from '../../domain/secret.ts';
import type { Api } from '../api.ts';

export const shownSetting = z
  .object({
    id: z.string(),
    group: z.enum(SETTING_GROUPS),
    /** Settings of the group that are edited together: what steers resync, what steers upgrade (S0.15). */
    section: z.enum(['resync', 'upgrade']).optional(),
    title: z.string(),
    help: z.string(),
    example: z.unknown(),
    scope: z.enum(['phone', 'line']),
    secret: z.boolean(),
    /** May be set on a line of a phone only. */
    lineOnly: z.boolean(),
    builtIn: z.unknown().optional(),
    schema: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Setting' });

/** What a value of this setting looks like, as JSON Schema 2020-12. */
export const schemaOf = (id: SettingId): Record<string, unknown> =>
  without({ ...z.toJSONSchema(settingOf(id).schema, { io: 'input', unrepresentable: 'any' }) }, '$schema');

const showSetting = (id: SettingId): z.output<typeof shownSetting> => {
  const { title, help, example, scope, secret, section, lineOnly, builtIn } = settingOf(id);
  return {
    id,
    group: groupOf(id),
    ...(section === undefined ? {} : { section }),
    title,
    help,
    example: secret === true ? MASKED : example,
    scope,
    secret: secret === true,
    lineOnly: lineOnly === true,
    ...(builtIn === undefined ? {} : { builtIn }),
    schema: schemaOf(id),
  };
};

/** The registry of neutral settings: what a form, a program or a person needs to write one. */
export function settingRoutes(app: Api): void {
  const items = SETTING_IDS.map(showSetting);
  app.get(
    '/settings',
    {
      schema: {
        tags: ['settings'],
        summary: 'Every neutral setting there is',
        response: { 200: z.object({ items: z.array(shownSetting) }) },
      },
    },
    () => ({ items }),
  );
}
