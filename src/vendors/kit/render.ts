import type { FirmwareVersion } from '../../domain/firmware-version.ts';
import { parseSlot, slotName } from '../../domain/key.ts';
import type { Mac } from '../../domain/mac.ts';
import type { Model } from '../../domain/model.ts';
import type { ResolvedKey } from '../../domain/resolve/keys.ts';
import type { Origin, Resolved, ResolvedSettings, UserAccess } from '../../domain/resolve/layers.ts';
import { MASKED, Secret } from '../../domain/secret.ts';
import { IDS_OF, settingOf, type SettingId, type SettingScope } from '../../domain/settings/registry.ts';
import type { Gap, MapContext, MappingEntry, Param, Params, ParamSource, Partly, VendorDriver } from './driver.ts';

/** A parameter in the maker's own words, as an operator wrote it. Counts as secret unless its author marked it public. */
export interface RawParam {
  readonly name: string;
  readonly value: string | Secret;
  readonly access?: UserAccess;
  readonly origin: Origin;
}

/** Everything that a configuration depends on. The same input gives the same parameters, whoever asks. */
export interface RenderInput {
  readonly model: Model;
  readonly firmware: FirmwareVersion;
  readonly mac: Mac | undefined;
  readonly settings: ResolvedSettings;
  readonly keys: ReadonlyMap<string, ResolvedKey>;
  readonly raw: readonly RawParam[];
  /** Names of parameters that this phone was ever given. */
  readonly given: ReadonlySet<string>;
  readonly modules: number;
  readonly today: Date;
}

export interface Rendered {
  readonly params: readonly Param[];
  readonly gaps: readonly Gap[];
  /** Remarks for an administrator: an unknown firmware. */
  readonly flags: readonly string[];
}

const isPartly = (mapped: Params | Partly): mapped is Partly => 'partly' in mapped && typeof mapped.partly === 'object';

/** Secrets become plain text for the mapper; nothing else changes. */
const plain = (value: unknown): unknown => (value instanceof Secret ? value.reveal() : value);

const isSecret = (id: SettingId, value: unknown): boolean => settingOf(id).secret === true || value instanceof Secret;

/** What a mapper looked at: decides secrecy and is shown by `explain`. */
interface Reads {
  readonly ids: SettingId[];
  secret: boolean;
}

const resolvedOf = (settings: ResolvedSettings, id: SettingId, line: number): Resolved | undefined =>
  settingOf(id).scope === 'line' ? settings.line.get(line)?.get(id) : settings.phone.get(id);

const valueOf = (settings: ResolvedSettings, id: SettingId, line: number): unknown => {
  const resolved = resolvedOf(settings, id, line);
  return resolved?.state === 'set' ? resolved.value : undefined;
};

function contextFor(input: RenderInput, line: number, reads: Reads): MapContext {
  const get = (id: SettingId, other?: number): unknown => {
    const value = valueOf(input.settings, id, other ?? line);
    if (value !== undefined) {
      reads.ids.push(id);
      reads.secret ||= isSecret(id, value);
    }
    return plain(value);
  };
  return {
    model: input.model,
    firmware: input.firmware,
    mac: input.mac,
    line,
    lines: input.settings.lines,
    today: input.today,
    // `as`: one implementation for all ids; the value's type was checked against the id's schema when it was saved.
    get: get as MapContext['get'],
  };
}

/** The entry with its id's exact types given up: the value was checked against the id's schema when it was saved. */
type AnyEntry =
  | Exclude<MappingEntry<SettingId>, (...args: never) => unknown>
  | ((value: unknown, ctx: MapContext) => Params | Partly);
type AnySet = (value: unknown, ctx: MapContext) => Params | Partly;

const entryOf = (driver: VendorDriver, id: SettingId): AnyEntry | undefined =>
  driver.mapping[id] as AnyEntry | undefined;

/** What all parameters of one setting or key have in common. */
interface About {
  readonly wanted: string;
  readonly secret: boolean;
  readonly access?: UserAccess | undefined;
  readonly accessOnly?: true;
}

function asParam(name: string, value: string, source: ParamSource, { secret, access, accessOnly }: About): Param {
  if (access === undefined && accessOnly === undefined) return { name, value, secret, source };
  return {
    name,
    value,
    secret,
    source,
    ...(access === undefined ? {} : { access }),
    ...(accessOnly ? { accessOnly } : {}),
  };
}

/** Collects parameters by name: a later one replaces an earlier one and takes its own place in the file. */
class Sheet {
  readonly #params = new Map<string, Param>();
  readonly gaps: Gap[] = [];
  readonly #driver: VendorDriver;

  constructor(driver: VendorDriver) {
    this.#driver = driver;
  }

  add(params: Params, source: ParamSource, about: About): void {
    for (const [name, value] of Object.entries(params)) {
      const reason = this.#driver.codec.validName.test(name)
        ? this.#driver.codec.unwritable(value)
        : `${JSON.stringify(name)} is no parameter name of ${this.#driver.name}`;
      if (reason !== undefined) this.gaps.push({ wanted: about.wanted, reason, state: 'not_expressible' });
      else this.put(asParam(name, value, source, about));
    }
  }

  put(param: Param): void {
    if (this.#params.has(param.name)) this.#params.delete(param.name);
    this.#params.set(param.name, param);
  }

  has(name: string): boolean {
    return this.#params.has(name);
  }

  all(): readonly Param[] {
    return Array.from(this.#params.values());
  }
}

/** The access that a setting states itself, else what `security.userAccess` says for all. */
const accessOf = (driver: VendorDriver, input: RenderInput, stated: UserAccess | undefined): UserAccess | undefined =>
  typeof driver.userAccess === 'object'
    ? undefined
    : (stated ?? (valueOf(input.settings, 'security.userAccess', 1) as UserAccess | undefined));

/** The function of an entry that has one. */
function setOf(entry: AnyEntry | undefined): AnySet | undefined {
  if (typeof entry === 'function') return entry;
  return entry !== undefined && 'set' in entry ? (entry.set as AnySet) : undefined;
}

/** The parameters that a setting is written in, told by its example: for clearing, or for stating an access without a value. */
function namesOf(entry: AnyEntry, id: SettingId, ctx: MapContext): readonly string[] {
  const mapped = setOf(entry)?.(plain(settingOf(id).example), ctx) ?? {};
  return Object.keys(isPartly(mapped) ? mapped.partly : mapped);
}

/** Why a setting cannot reach this maker's phones at all; undefined where a mapper of its own writes it. */
function withoutMapper(
  driver: VendorDriver,
  input: RenderInput,
  entry: AnyEntry | undefined,
  line: number,
): Pick<Gap, 'reason' | 'state'> | 'written' | undefined {
  if (entry === undefined) return { reason: `no mapping for ${driver.name} yet`, state: 'not_mapped' };
  if (typeof entry === 'function' || 'set' in entry) return undefined;
  if ('unsupported' in entry) return { reason: entry.unsupported, state: 'unsupported' };
  if ('notMapped' in entry) return { reason: entry.notMapped, state: 'not_mapped' };
  if (valueOf(input.settings, entry.partOf, line) !== undefined) return 'written';
  return { reason: `is written together with ${entry.partOf}, which is not set`, state: 'not_expressible' };
}

/** One setting of one place, on its way to parameters. */
interface Wish {
  readonly driver: VendorDriver;
  readonly input: RenderInput;
  readonly sheet: Sheet;
  readonly resolved: Resolved;
  readonly line: number;
}

const ofLine = ({ resolved, line }: Wish): { readonly line?: number } =>
  settingOf(resolved.id).scope === 'line' ? { line } : {};

/** A right of the User account without a value: only makers that can say it alone get it. */
function mapAccess(wish: Wish, entry: AnyEntry | undefined): void {
  const { driver, input, sheet, resolved, line } = wish;
  if (driver.userAccess !== 'per_parameter') return;
  const ctx = contextFor(input, line, { ids: [], secret: false });
  const names = entry === undefined ? [] : namesOf(entry, resolved.id, ctx);
  if (names.length === 0) {
    const reason = `${driver.name} ${input.model.id} has no parameter of its own that could carry the right alone`;
    noteGap(wish, { wanted: `access of ${resolved.id}`, ...ofLine(wish), reason, state: 'not_expressible' });
  }
  const source: ParamSource = {
    kind: 'setting',
    setting: resolved.id,
    ...ofLine(wish),
    origin: resolved.origin,
    read: [],
  };
  const params = Object.fromEntries(names.map((name) => [name, '']));
  sheet.add(params, source, { wanted: resolved.id, secret: false, access: resolved.access, accessOnly: true });
}

/** What only the built-in layer says, nobody asked for: a gap in it is no news. What the mapper read counts as asked with it. */
function noteGap({ input, sheet, resolved, line }: Wish, gap: Gap, read: readonly SettingId[] = []): void {
  const others = read.map((id) => resolvedOf(input.settings, id, line));
  const isAsked = [resolved, ...others].some((one) => one !== undefined && one.origin.layer !== 'built_in');
  if (isAsked) sheet.gaps.push(gap);
}

function mapValue(wish: Wish, set: AnySet, value: unknown): void {
  const { driver, input, sheet, resolved, line } = wish;
  const { id, origin } = resolved;
  const reads: Reads = { ids: [], secret: isSecret(id, value) };
  const mapped = set(plain(value), contextFor(input, line, reads));
  if (isPartly(mapped))
    noteGap(wish, { wanted: id, ...ofLine(wish), reason: mapped.reason, state: 'not_expressible' }, reads.ids);
  const source: ParamSource = { kind: 'setting', setting: id, ...ofLine(wish), origin, read: reads.ids };
  const about = { wanted: id, secret: reads.secret, access: accessOf(driver, input, resolved.access) };
  sheet.add(isPartly(mapped) ? mapped.partly : mapped, source, about);
}

function mapSetting(wish: Wish): void {
  const { driver, input, resolved, line } = wish;
  const { id } = resolved;
  if (resolved.access !== undefined && typeof driver.userAccess === 'object') {
    noteGap(wish, {
      wanted: `access of ${id}`,
      ...ofLine(wish),
      reason: driver.userAccess.unsupported,
      state: 'unsupported',
    });
  }
  if (resolved.state === 'cleared') return;
  const entry = entryOf(driver, id);
  if (resolved.state === 'access_only') {
    mapAccess(wish, entry);
    return;
  }
  const obstacle = withoutMapper(driver, input, entry, line);
  if (obstacle === 'written') return;
  const set = setOf(entry);
  if (set !== undefined) mapValue(wish, set, resolved.value);
  else if (obstacle !== undefined) noteGap(wish, { wanted: id, ...ofLine(wish), ...obstacle });
}

function mapKeys(driver: VendorDriver, input: RenderInput, sheet: Sheet): void {
  const slots = new Set(driver.slots(input.model, input.modules).map(slotName));
  for (const resolved of input.keys.values()) {
    const slot = parseSlot(resolved.slot);
    if (slot === undefined || !slots.has(resolved.slot)) {
      if (resolved.state === 'set')
        sheet.gaps.push({
          wanted: resolved.slot,
          reason: `${driver.name} ${input.model.id} has no such key`,
          state: 'unsupported',
        });
      continue;
    }
    const reads: Reads = { ids: [], secret: false };
    const ctx = contextFor(input, resolved.state === 'set' && 'line' in resolved.key ? resolved.key.line : 1, reads);
    const mapped = resolved.state === 'set' ? driver.keys.set(slot, resolved.key, ctx) : driver.keys.clear(slot, ctx);
    if (isPartly(mapped)) sheet.gaps.push({ wanted: resolved.slot, reason: mapped.reason, state: 'not_expressible' });
    sheet.add(
      isPartly(mapped) ? mapped.partly : mapped,
      { kind: 'key', slot: resolved.slot, origin: resolved.origin },
      { wanted: resolved.slot, secret: reads.secret, access: accessOf(driver, input, undefined) },
    );
  }
}

/** What clears a setting: its own `clear`, else the parameters its example would set, each in the driver's cleared form. */
function clearParams(driver: VendorDriver, input: RenderInput, id: SettingId, line: number): Params {
  const entry = entryOf(driver, id);
  if (entry === undefined) return {};
  const ctx = contextFor(input, line, { ids: [], secret: false });
  if (typeof entry === 'object' && 'clear' in entry) return entry.clear(ctx);
  const forms = namesOf(entry, id, ctx).map((name) => [name, driver.cleared(name, ctx)] as const);
  return Object.fromEntries(forms.filter((form): form is readonly [string, string] => form[1] !== undefined));
}

/** A setting that this phone does not have now, with what would clear it, and whether a layer asks for just that. */
interface Clearable {
  readonly params: Params;
  readonly asked: boolean;
}

/** Settings that layers clear outright, and where a name is missing, those that nobody speaks of. */
function clearable(driver: VendorDriver, input: RenderInput, isAnythingMissing: boolean): readonly Clearable[] {
  const found: Clearable[] = [];
  const look = (line: number, settings: ReadonlyMap<SettingId, Resolved>, scope: SettingScope): void => {
    for (const id of isAnythingMissing ? IDS_OF[scope] : settings.keys()) {
      const state = settings.get(id)?.state;
      if (state === undefined || state === 'cleared')
        found.push({ params: clearParams(driver, input, id, line), asked: state === 'cleared' });
    }
  };
  look(1, input.settings.phone, 'phone');
  for (const [line, settings] of input.settings.line) look(line, settings, 'line');
  return found;
}

/**
 * On many phones an absent parameter keeps its old value, so every name that the phone was ever given and no longer has is
 * written in its cleared form, in this file and all later ones; so is a setting that a layer clears outright. Most phones
 * have every name that they were ever given, and then there is next to nothing to do.
 */
function clearRemoved(driver: VendorDriver, input: RenderInput, sheet: Sheet): void {
  const missing = new Set(Array.from(input.given).filter((name) => !sheet.has(name)));
  const ctx = contextFor(input, 1, { ids: [], secret: false });
  const cleared = new Map<string, string>();
  for (const { params, asked } of clearable(driver, input, missing.size > 0)) {
    for (const [name, value] of Object.entries(params)) if (asked || missing.has(name)) cleared.set(name, value);
  }
  for (const name of missing) {
    const value = cleared.get(name) ?? driver.cleared(name, ctx);
    if (value !== undefined) cleared.set(name, value);
  }
  for (const [name, value] of Array.from(cleared).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!sheet.has(name)) sheet.put({ name, value, secret: false, source: { kind: 'cleared' } });
  }
}

function addRaw(driver: VendorDriver, input: RenderInput, sheet: Sheet): void {
  for (const raw of input.raw) {
    const value = raw.value instanceof Secret ? raw.value.reveal() : raw.value;
    sheet.add(
      { [raw.name]: value },
      { kind: 'raw', origin: raw.origin },
      { wanted: raw.name, secret: raw.value instanceof Secret, access: accessOf(driver, input, raw.access) },
    );
  }
}

/** Settings and keys → parameters and gaps. Pure: preview, diff, explain and serve are this same call. */
export function renderConfig(driver: VendorDriver, input: RenderInput): Rendered {
  const sheet = new Sheet(driver);
  sheet.add(
    driver.always(contextFor(input, 1, { ids: [], secret: false })),
    { kind: 'vendor' },
    { wanted: driver.name, secret: false, access: accessOf(driver, input, undefined) },
  );
  for (const resolved of input.settings.phone.values()) mapSetting({ driver, input, sheet, resolved, line: 1 });
  for (const [line, settings] of input.settings.line)
    for (const resolved of settings.values()) mapSetting({ driver, input, sheet, resolved, line });
  mapKeys(driver, input, sheet);
  addRaw(driver, input, sheet);
  clearRemoved(driver, input, sheet);
  const flags = driver.knowsFirmware(input.firmware, input.model)
    ? []
    : [`firmware ${input.firmware.text} of ${driver.name} ${input.model.id} is not known; the nearest rules were used`];
  return { params: sheet.all(), gaps: sheet.gaps, flags };
}

/** The same parameters with every secret value replaced. */
export const maskSecrets = (params: readonly Param[]): readonly Param[] =>
  params.map((param) => (param.secret ? { ...param, value: MASKED } : param));
