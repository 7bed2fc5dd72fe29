import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveKeys } from '../domain/resolve/keys.ts';
import {
  builtInLayer,
  resolveSettings,
  shareLayers,
  type Layer,
  type LayerKind,
  type SettingEntries,
} from '../domain/resolve/layers.ts';
import { Secret } from '../domain/secret.ts';
import { IDS_OF, SETTING_IDS, settingOf, type SettingId } from '../domain/settings/registry.ts';
import { parseFirmwareVersion } from '../domain/firmware-version.ts';
import { slotName } from '../domain/key.ts';
import { ALL_DEFINED } from './index.ts';
import { modelNamed } from './kit/driver.ts';
import { renderConfig } from './kit/render.ts';
import type { RenderInput } from './kit/render-input.ts';
import { Siblings } from './kit/siblings.ts';

const layer = (kind: LayerKind, settings: SettingEntries, line?: number): Layer => ({
  kind,
  object: { type: kind, id: kind, name: kind },
  settings,
  ...(line === undefined ? {} : { line }),
});

/** A second value that the setting may have, if one comes to mind. */
function otherThan(id: SettingId): unknown {
  const { example, schema } = settingOf(id);
  const other =
    typeof example === 'boolean' ? !example : typeof example === 'number' ? example + 1 : `${String(example)}x`;
  return schema.safeParse(other).success ? other : example;
}

/** What a layer says: an example, another value, that it is cleared, or a right alone. */
const entry = (id: SettingId) =>
  fc.constantFrom<NonNullable<SettingEntries[SettingId]>>(
    { value: settingOf(id).example },
    { value: otherThan(id) },
    { value: settingOf(id).example, access: 'read' },
    { value: settingOf(id).example, locked: true },
    { clear: true },
    { access: 'write' },
  );

const entries = (ids: readonly SettingId[]): fc.Arbitrary<SettingEntries> =>
  fc
    .subarray([...ids])
    .chain((some) => fc.tuple(...some.map((id) => entry(id).map((said) => [id, said] as const))))
    .map((said): SettingEntries => Object.fromEntries(said));

const phone = fc.record({
  own: entries(SETTING_IDS),
  lines: fc.array(entries(IDS_OF.line), { minLength: 1, maxLength: 3 }),
  firmware: fc.constantFrom('', '66.84.0.15', '10.1.46.16'),
});

describe.each(ALL_DEFINED.map(({ driver }) => [driver.id as string, driver] as const))('%s', (_id, driver) => {
  const model = modelNamed(driver, driver.models.at(-1)?.id);
  const slots = driver.slots(model, 0).slice(0, 4).map(slotName);
  const keys = resolveKeys([
    {
      ...layer('template', {}),
      keys: Object.fromEntries(
        slots.map((slot, n) => [slot, { key: { type: 'blf', line: 1 + (n % 2), watch: `20${n}`, label: slot } }]),
      ),
    },
  ]);
  const inputFor = (
    settings: RenderInput['settings'],
    firmware: string,
    day: string,
  ): Omit<RenderInput, 'siblings'> => ({
    model,
    firmware: parseFirmwareVersion(firmware),
    mac: undefined,
    settings,
    keys,
    raw: [],
    given: new Set(['account.1.label', 'an.old.name']),
    modules: 0,
    today: new Date(day),
  });

  test('siblings are written as each of them would be alone', () => {
    fc.assert(
      fc.property(entries(SETTING_IDS), fc.array(phone, { minLength: 2, maxLength: 4 }), (common, phones) => {
        const shared = shareLayers([builtInLayer, layer('template', common)]);
        const siblings = new Siblings(shared, keys);
        for (const { own, lines, firmware } of [...phones, ...phones]) {
          const ofLines = lines.map((settings, index) => layer('line', settings, index + 1));
          const layers = [...shared.layers, layer('phone', own), ...ofLines];
          const numbers = lines.map((_line, index) => index + 1);
          const settings = resolveSettings(layers, numbers, shared);
          expect(settings).toEqual(resolveSettings(layers, numbers));
          for (const day of ['2026-01-15T12:00:00Z', '2027-06-15T12:00:00Z']) {
            const input = inputFor(settings, firmware, day);
            expect(renderConfig(driver, { ...input, siblings })).toEqual(renderConfig(driver, input));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('what is a phone’s own is kept for nobody', () => {
    const shared = shareLayers([builtInLayer]);
    const siblings = new Siblings(shared, keys);
    const settings = resolveSettings(
      [builtInLayer, layer('line', { 'line.user': { value: '201' }, 'line.password': { value: new Secret('x') } }, 1)],
      [1],
      shared,
    );
    const input = inputFor(settings, '', '2026-01-15T12:00:00Z');
    renderConfig(driver, { ...input, siblings });
    const before = siblings.like(driver, input);
    const look = (): undefined => undefined;
    for (const resolved of settings.line.get(1)?.values() ?? [])
      if (resolved.origin.layer === 'line') expect(before.find(resolved, 1, look)).toBeUndefined();
  });
});

test('a summer time that is written by date is written again in the next year', () => {
  const driver = ALL_DEFINED.map((defined) => defined.driver).find(({ id }) => id === 'yealink');
  if (driver === undefined) throw new Error('no Yealink');
  const shared = shareLayers([layer('tenant', { 'time.zone': { value: 'Asia/Jerusalem' } })]);
  const siblings = new Siblings(shared, new Map());
  const startIn = (year: number): string | undefined => {
    const { params } = renderConfig(driver, {
      model: modelNamed(driver, 'T46U'),
      firmware: parseFirmwareVersion('108.86.0.20'),
      mac: undefined,
      settings: resolveSettings(shared.layers, [], shared),
      keys: new Map(),
      raw: [],
      given: new Set(),
      modules: 0,
      today: new Date(Date.UTC(year, 0, 15)),
      siblings,
    });
    return params.find(({ name }) => name === 'local_time.start_time')?.value;
  };
  expect([startIn(2026), startIn(2027)]).toEqual(['3/27/2', '3/26/2']);
});
