import { parseSlot, slotName } from '../../domain/key.ts';
import type { ResolvedKey } from '../../domain/resolve/keys.ts';
import type { Resolved } from '../../domain/resolve/layers.ts';
import { MASKED, Secret } from '../../domain/secret.ts';
import { IDS_OF, settingOf, type SettingId, type SettingScope } from '../../domain/settings/registry.ts';
import type { Gap, MapContext, MappingEntry, Param, Params, ParamSource, Partly, VendorDriver } from './driver.ts';
import type { RawParam, RenderInput } from './render-input.ts';
import type { Mapped, Source } from './siblings.ts';
import { isSecret, plain, resolvedOf, Wish } from './wish.ts';

export interface Rendered {
  readonly params: readonly Param[];
  readonly gaps: readonly Gap[];
  /** Remarks for an administrator: an unknown firmware. */
  readonly flags: readonly string[];
}

const isPartly = (mapped: Params | Partly): mapped is Partly => 'partly' in mapped && typeof mapped.partly === 'object';

/** The entry with its id's exact types given up: the value was checked against the id's schema when it was saved. */
type AnyEntry =
  | Exclude<MappingEntry<SettingId>, (...args: never) => unknown>
  | ((value: unknown, ctx: MapContext) => Params | Partly);
type AnySet = (value: unknown, ctx: MapContext) => Params | Partly;

const entryOf = (driver: VendorDriver, id: SettingId): AnyEntry | undefined =>
  driver.mapping[id] as AnyEntry | undefined;

/** Collects parameters by name: a later one replaces an earlier one and takes its own place in the file. */
class Sheet {
  readonly #params = new Map<string, Param>();
  readonly gaps: Gap[] = [];

  take({ params, gaps }: Mapped): void {
    for (const param of params) this.put(param);
    this.gaps.push(...gaps);
  }

  put(param: Param): void {
    const { size } = this.#params;
    this.#params.set(param.name, param);
    if (this.#params.size > size) return;
    this.#params.delete(param.name);
    this.#params.set(param.name, param);
  }

  has(name: string): boolean {
    return this.#params.has(name);
  }

  all(): readonly Param[] {
    return Array.from(this.#params.values());
  }
}

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
function withoutMapper(wish: Wish, entry: AnyEntry | undefined): Pick<Gap, 'reason' | 'state'> | 'written' | undefined {
  if (entry === undefined) return { reason: `no mapping for ${wish.driver.name} yet`, state: 'not_mapped' };
  if (typeof entry === 'function' || 'set' in entry) return undefined;
  if ('unsupported' in entry) return { reason: entry.unsupported, state: 'unsupported' };
  if ('notMapped' in entry) return { reason: entry.notMapped, state: 'not_mapped' };
  if (wish.valueOf(entry.partOf) !== undefined) return 'written';
  return { reason: `is written together with ${entry.partOf}, which is not set`, state: 'not_expressible' };
}

const ofLine = ({ id }: Resolved, line: number): { readonly line?: number } =>
  settingOf(id).scope === 'line' ? { line } : {};

/** What only the built-in layer says, nobody asked for: a gap in it is no news. What the mapper read counts as asked with it. */
function noteGap({ input, gaps, line, read }: Wish, resolved: Resolved, gap: Omit<Gap, 'line'>): void {
  const others = read.map((id) => resolvedOf(input.settings, id, line));
  const isAsked = [resolved, ...others].some((one) => one !== undefined && one.origin.layer !== 'built_in');
  if (isAsked) gaps.push({ ...gap, ...ofLine(resolved, line) });
}

/** A right of the User account without a value: only makers that can say it alone get it. */
function mapAccess(wish: Wish, resolved: Resolved, entry: AnyEntry | undefined): void {
  const { driver, input, line } = wish;
  if (driver.userAccess !== 'per_parameter') return;
  const { id, origin, access } = resolved;
  const names = entry === undefined ? [] : namesOf(entry, id, wish);
  if (names.length === 0) {
    const reason = `${driver.name} ${input.model.id} has no parameter of its own that could carry the right alone`;
    noteGap(wish, resolved, { wanted: `access of ${id}`, reason, state: 'not_expressible' });
  }
  const source: ParamSource = { kind: 'setting', setting: id, ...ofLine(resolved, line), origin, read: [] };
  const params = Object.fromEntries(names.map((name) => [name, '']));
  wish.add(params, source, { wanted: id, secret: false, access, accessOnly: true });
}

function mapValue(wish: Wish, resolved: Resolved, set: AnySet, value: unknown): void {
  const { id, origin } = resolved;
  wish.isSecret = isSecret(id, value);
  const mapped = set(plain(value), wish);
  if (isPartly(mapped)) noteGap(wish, resolved, { wanted: id, reason: mapped.reason, state: 'not_expressible' });
  const source: ParamSource = { kind: 'setting', setting: id, ...ofLine(resolved, wish.line), origin, read: wish.read };
  const about = { wanted: id, secret: wish.isSecret, access: wish.accessOf(resolved.access) };
  wish.add(isPartly(mapped) ? mapped.partly : mapped, source, about);
}

function mapSetting(wish: Wish, resolved: Resolved): void {
  const { driver } = wish;
  const { id } = resolved;
  if (resolved.access !== undefined && typeof driver.userAccess === 'object') {
    const reason = driver.userAccess.unsupported;
    noteGap(wish, resolved, { wanted: `access of ${id}`, reason, state: 'unsupported' });
  }
  if (resolved.state === 'cleared') return;
  const entry = entryOf(driver, id);
  if (resolved.state === 'access_only') {
    mapAccess(wish, resolved, entry);
    return;
  }
  const obstacle = withoutMapper(wish, entry);
  if (obstacle === 'written') return;
  const set = setOf(entry);
  if (set !== undefined) mapValue(wish, resolved, set, resolved.value);
  else if (obstacle !== undefined) noteGap(wish, resolved, { wanted: id, ...obstacle });
}

function mapKey(wish: Wish, resolved: ResolvedKey, hasSlot: (name: string) => boolean): void {
  const { driver, input, gaps } = wish;
  const wanted = resolved.slot;
  const slot = parseSlot(wanted);
  if (slot === undefined || !hasSlot(wanted)) {
    const reason = `${driver.name} ${input.model.id} has no such key`;
    if (resolved.state === 'set') gaps.push({ wanted, reason, state: 'unsupported' });
    return;
  }
  const mapped = resolved.state === 'set' ? driver.keys.set(slot, resolved.key, wish) : driver.keys.clear(slot, wish);
  if (isPartly(mapped)) gaps.push({ wanted, reason: mapped.reason, state: 'not_expressible' });
  const source: ParamSource = { kind: 'key', slot: wanted, origin: resolved.origin };
  const about = { wanted, secret: wish.isSecret, access: wish.accessOf(undefined) };
  wish.add(isPartly(mapped) ? mapped.partly : mapped, source, about);
}

function mapAlways(wish: Wish): void {
  const { driver } = wish;
  const about = { wanted: driver.name, secret: false, access: wish.accessOf(undefined) };
  wish.add(driver.always(wish), { kind: 'vendor' }, about);
}

function mapRaw(wish: Wish, raw: RawParam): void {
  const value = raw.value instanceof Secret ? raw.value.reveal() : raw.value;
  const about = { wanted: raw.name, secret: raw.value instanceof Secret, access: wish.accessOf(raw.access) };
  wish.add({ [raw.name]: value }, { kind: 'raw', origin: raw.origin }, about);
}

/** What clears a setting: its own `clear`, else the parameters its example would set, each in the driver's cleared form. */
function clearParams(driver: VendorDriver, input: RenderInput, id: SettingId, line: number): Params {
  const entry = entryOf(driver, id);
  if (entry === undefined) return {};
  const ctx = new Wish(driver, input, line);
  if (typeof entry === 'object' && 'clear' in entry) return entry.clear(ctx);
  const forms = namesOf(entry, id, ctx).map((name) => [name, driver.cleared(name, ctx)] as const);
  return Object.fromEntries(forms.filter((form): form is readonly [string, string] => form[1] !== undefined));
}

/** A setting that this phone does not have now, with what would clear it, and whether a layer asks for just that. */
interface Clearable {
  readonly params: Params;
  readonly asked: boolean;
}

/** Settings that a layer clears. */
function clearedOutright(settings: ReadonlyMap<SettingId, Resolved>): readonly SettingId[] {
  const ids: SettingId[] = [];
  for (const { id, state } of settings.values()) if (state === 'cleared') ids.push(id);
  return ids;
}

/** Settings that layers clear outright, and where a name is missing, those that nobody speaks of. */
function clearable(driver: VendorDriver, input: RenderInput, isAnythingMissing: boolean): readonly Clearable[] {
  const found: Clearable[] = [];
  const look = (line: number, settings: ReadonlyMap<SettingId, Resolved>, scope: SettingScope): void => {
    for (const id of isAnythingMissing ? IDS_OF[scope] : clearedOutright(settings)) {
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
  const missing = new Set<string>();
  for (const name of input.given) if (!sheet.has(name)) missing.add(name);
  const ctx = new Wish(driver, input, 1);
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

const lineOfKey = (resolved: ResolvedKey): number =>
  resolved.state === 'set' && 'line' in resolved.key ? resolved.key.line : 1;

/** Settings and keys → parameters and gaps. Pure: preview, diff, explain and serve are this same call. */
export function renderConfig(driver: VendorDriver, input: RenderInput): Rendered {
  const sheet = new Sheet();
  const before = input.siblings?.like(driver, input);
  const look = (id: SettingId, line: number): Resolved | undefined => resolvedOf(input.settings, id, line);
  const mapOnce = <S extends Source>(source: S, line: number, map: (wish: Wish, source: S) => void): void => {
    const known = before?.find(source, line, look);
    if (known !== undefined) {
      sheet.take(known);
      return;
    }
    const wish = new Wish(driver, input, line);
    map(wish, source);
    if (!wish.isOwn) before?.keep(source, line, wish, wish.looks);
    sheet.take(wish);
  };

  mapOnce('always', 1, mapAlways);
  for (const resolved of input.settings.phone.values()) mapOnce(resolved, 1, mapSetting);
  for (const [line, settings] of input.settings.line)
    for (const resolved of settings.values()) mapOnce(resolved, line, mapSetting);
  let slots: ReadonlySet<string> | undefined;
  const hasSlot = (name: string): boolean =>
    (slots ??= new Set(driver.slots(input.model, input.modules).map(slotName))).has(name);
  for (const resolved of input.keys.values())
    mapOnce(resolved, lineOfKey(resolved), (wish, key) => {
      mapKey(wish, key, hasSlot);
    });
  for (const raw of input.raw) {
    const wish = new Wish(driver, input, 1);
    mapRaw(wish, raw);
    sheet.take(wish);
  }
  clearRemoved(driver, input, sheet);
  const flags = driver.knowsFirmware(input.firmware, input.model)
    ? []
    : [`firmware ${input.firmware.text} of ${driver.name} ${input.model.id} is not known; the nearest rules were used`];
  return { params: sheet.all(), gaps: sheet.gaps, flags };
}

/** The same parameters with every secret value replaced. */
export const maskSecrets = (params: readonly Param[]): readonly Param[] =>
  params.map((param) => (param.secret ? { ...param, value: MASKED } : param));
