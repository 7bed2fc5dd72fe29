import { parseFirmwareVersion } from '../../src/domain/firmware-version.ts';
import { keyLayout } from '../../src/domain/key.ts';
import { parseMac } from '../../src/domain/mac.ts';
import { resolveKeys } from '../../src/domain/resolve/keys.ts';
import {
  builtInLayer,
  resolveSettings,
  type Entry,
  type Layer,
  type SettingEntries,
  type UserAccess,
} from '../../src/domain/resolve/layers.ts';
import { Secret } from '../../src/domain/secret.ts';
import { isSettingId, settingOf } from '../../src/domain/settings/registry.ts';
import type { VendorDriver } from '../../src/vendors/kit/driver.ts';
import { renderConfig, type Rendered } from '../../src/vendors/kit/render.ts';
import type { RawParam, RenderInput } from '../../src/vendors/kit/render-input.ts';
import { toBytes } from '../../src/vendors/kit/text.ts';

/** A phone as a golden's JSON writes it: neutral, readable, with invented secrets only. */
export interface NeutralPhone {
  readonly model: string;
  readonly mac: string;
  readonly firmware?: string;
  /** Settings by id; for lines, `lines.1` and so on. `null` clears; `{ value, access }` states the User account's right. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly lines?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly keys?: unknown;
  readonly raw?: Readonly<Record<string, string>>;
  readonly given?: readonly string[];
  readonly modules?: number;
  /** Leaves the built-in layer out. */
  readonly bare?: boolean;
}

function entryOf(id: string, written: unknown): readonly [string, Entry] {
  if (!isSettingId(id)) throw new Error(`no such setting: ${id}`);
  if (written === null) return [id, { clear: true }];
  if (typeof written !== 'object' || !('access' in written))
    return [id, { value: settingOf(id).schema.parse(written) }];
  const access = written.access as UserAccess;
  return [id, 'value' in written ? { access, value: settingOf(id).schema.parse(written.value) } : { access }];
}

const entriesOf = (settings: Readonly<Record<string, unknown>> = {}): SettingEntries =>
  Object.fromEntries(Object.entries(settings).map(([id, written]) => entryOf(id, written)));

const layer = (kind: Layer['kind'], name: string, settings: SettingEntries, line?: number): Layer => ({
  kind,
  object: { type: kind, id: name, name },
  settings,
  ...(line === undefined ? {} : { line }),
});

function layersOf(phone: NeutralPhone): readonly Layer[] {
  const lines = Object.entries(phone.lines ?? {});
  return [
    ...(phone.bare === true ? [] : [builtInLayer]),
    layer('phone', phone.mac, entriesOf(phone.settings)),
    ...lines.map(([line, settings]) => layer('line', `line ${line}`, entriesOf(settings), Number(line))),
  ];
}

export function renderInput(driver: VendorDriver, phone: NeutralPhone): RenderInput {
  const model = driver.models.find((candidate) => candidate.id === phone.model) ?? driver.fallbackModel(phone.model);
  const mac = parseMac(phone.mac);
  const origin = { layer: 'phone' as const, object: { type: 'phone', id: phone.mac, name: phone.mac } };
  const raw: readonly RawParam[] = Object.entries(phone.raw ?? {}).map(([name, value]) => ({
    name,
    value: new Secret(value),
    origin,
  }));
  return {
    model,
    firmware: parseFirmwareVersion(phone.firmware ?? model.defaultFirmware ?? ''),
    mac: mac.ok ? mac.value : undefined,
    settings: resolveSettings(layersOf(phone), Object.keys(phone.lines ?? {}).map(Number)),
    keys: resolveKeys([{ kind: 'phone', object: origin.object, keys: keyLayout.parse(phone.keys ?? {}) }]),
    raw,
    given: new Set(phone.given),
    modules: phone.modules ?? 0,
    today: new Date('2026-01-15T12:00:00Z'),
  };
}

/** The whole way from a neutral phone to the bytes of one of its files. */
export function renderPhone(
  driver: VendorDriver,
  phone: NeutralPhone,
  part = 'settings',
): Rendered & { readonly bytes: Uint8Array; readonly text: string } {
  const input = renderInput(driver, phone);
  const rendered = renderConfig(driver, input);
  const ctx = { part, model: input.model, firmware: input.firmware, mac: input.mac };
  const lines = driver.codec.write(rendered.params, ctx);
  return {
    ...rendered,
    bytes: toBytes(lines, driver.codec.charset(ctx)),
    text: lines.map((line) => `${line.text}\n`).join(''),
  };
}
