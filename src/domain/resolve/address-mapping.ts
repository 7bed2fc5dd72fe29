import type { KeyEntry, KeyLayout } from '../key.ts';
import type { Entry, Layer, SettingEntries } from './layers.ts';

/** A dummy address → the name that stands in its place. */
export interface AddressMapping {
  readonly from: string;
  readonly to: string;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

// A digit or a dot with a digit beyond it would make another address of it: 11.1.1.1 and 1.1.1.10 are not 1.1.1.1 (S4.25).
const wholeAddress = (address: string): RegExp =>
  new RegExp(`(?<![0-9A-Za-z_-]|[0-9]\\.)${escaped(address)}(?![0-9A-Za-z_-]|\\.[0-9])`, 'g');

/** The replacement where nothing is mapped. */
export const unchanged = (text: string): string => text;

/**
 * Makes the replacement for a set of mappings; a tenant's mapping beats the global one of the same address. Only whole
 * addresses are replaced, in texts of any shape: a host, a URL, a free-text line.
 */
export function addressReplacer(
  global: readonly AddressMapping[],
  ofTenant: readonly AddressMapping[],
): (text: string) => string {
  const targets = new Map([...global, ...ofTenant].map((mapping) => [mapping.from, mapping.to]));
  if (targets.size === 0) return unchanged;
  const rules = Array.from(targets, ([from, to]) => [wholeAddress(from), to] as const);
  // One pass per rule over what was there before: the name put in by one mapping is not looked at by the next only if it
  // holds no whole dummy address, which a host name of ours never does.
  return (text) => rules.reduce((replaced, [from, to]) => replaced.replace(from, () => to), text);
}

/** The same replacement in every text inside a value, whatever its shape; what is not text stays as it is. */
export function replaceInside(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => replaceInside(item, replace));
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaceInside(item, replace)]));
  }
  return value;
}

/** Address mappings act on every value, whatever layer it stands in, before anything is resolved or rendered (S4.25). */
function mapSettings(settings: SettingEntries, replace: (text: string) => string): SettingEntries {
  if (replace === unchanged) return settings;
  const mapEntry = (entry: Entry): Entry =>
    'value' in entry ? { ...entry, value: replaceInside(entry.value, replace) } : entry;
  return Object.fromEntries(Object.entries(settings).map(([id, entry]) => [id, mapEntry(entry)]));
}

export const mapLayer = (layer: Layer, replace: (text: string) => string): Layer =>
  replace === unchanged ? layer : { ...layer, settings: mapSettings(layer.settings, replace) };

/** The same for keys. */
export function mapKeyLayout(keys: KeyLayout, replace: (text: string) => string): KeyLayout {
  if (replace === unchanged) return keys;
  // `as`: the replacement keeps the shape of the key.
  const mapEntry = (entry: KeyEntry): KeyEntry =>
    'key' in entry ? { ...entry, key: replaceInside(entry.key, replace) as typeof entry.key } : entry;
  return Object.fromEntries(Object.entries(keys).map(([slot, entry]) => [slot, mapEntry(entry)]));
}
