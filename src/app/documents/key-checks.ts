import { PBX_KEY_TYPES, parseSlot, slotName, type KeyLayout } from '../../domain/key.ts';
import type { Model } from '../../domain/model.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import { issue, type Issue } from './issue.ts';

export interface Sidecars {
  readonly type: string;
  readonly count: number;
}

/** Slots that at least one of the models has with its modules attached (S4.55). */
export const slotsOf = (
  driver: VendorDriver | undefined,
  models: readonly Model[],
  sidecars: Sidecars | undefined,
): ReadonlySet<string> =>
  new Set(
    models
      .flatMap((model) => driver?.slots(model, Math.min(sidecars?.count ?? 0, model.sidecars?.max ?? 0)) ?? [])
      .map(slotName),
  );

const takes = (model: Model, { type, count }: Sidecars): boolean =>
  model.sidecars?.types.includes(type) === true && count <= model.sidecars.max;

export function sidecarIssues(models: readonly Model[], sidecars: Sidecars | undefined): readonly Issue[] {
  if (sidecars === undefined || models.length === 0 || models.some((model) => takes(model, sidecars))) return [];
  const able = models.map((model) =>
    model.sidecars === undefined
      ? `${model.id} takes none`
      : `${model.id} takes up to ${model.sidecars.max} of ${model.sidecars.types.join(', ')}`,
  );
  return [issue(['sidecars'], able.join('; '), `${sidecars.count} × ${sidecars.type}`)];
}

/** Slots that no model has, lines that no model has, and key types that need Enhanced DSS Keys (S4.53). */
export function keyIssues(
  keys: KeyLayout,
  about: {
    readonly slots: ReadonlySet<string>;
    readonly models: string;
    readonly maxLines: number;
    readonly enhanced: boolean;
  },
): readonly Issue[] {
  return Object.entries(keys).flatMap(([slot, entry]) => {
    const path = ['keys', slot];
    if (!about.slots.has(slot)) return [issue(path, `${about.models} has no such key`)];
    if (!('key' in entry)) return [];
    const { key } = entry;
    const issues: Issue[] = [];
    if ('line' in key && key.line > about.maxLines)
      issues.push(issue([...path, 'key', 'line'], `${about.models} has ${about.maxLines} lines`, key.line));
    if (!about.enhanced && PBX_KEY_TYPES.includes(key.type))
      issues.push(issue([...path, 'key', 'type'], 'needs features.enhancedKeys to be true in the template', key.type));
    return issues;
  });
}

/** Lines that have a line key, each once. */
export const lineKeys = (keys: KeyLayout): readonly number[] =>
  Array.from(
    new Set(
      Object.values(keys).flatMap((entry) =>
        'key' in entry && (entry.key.type === 'line' || entry.key.type === 'shared_line') ? [entry.key.line] : [],
      ),
    ),
  );

/** Line keys beyond the first of the same line: one carries eight calls already (S4.57). */
export const surplusLineKeys = (keys: KeyLayout): readonly string[] => {
  const seen = new Set<number>();
  return Object.entries(keys).flatMap(([slot, entry]) => {
    if (!('key' in entry) || entry.key.type !== 'line') return [];
    const twice = seen.has(entry.key.line);
    seen.add(entry.key.line);
    return twice ? [slot] : [];
  });
};

/** Key 1 is the extension's line key with no label of its own, where a template does not say otherwise (S4.56). */
export const defaultKeys = (slots: ReadonlySet<string>): KeyLayout =>
  slots.has('key/1') ? { 'key/1': { key: { type: 'line', line: 1, label: '' } } } : {};

/** Slots in the order of the phone, for presentation. */
export const inSlotOrder = (keys: KeyLayout): KeyLayout => {
  const rank = (slot: string): string => {
    const parsed = parseSlot(slot);
    const module = parsed?.kind === 'module' ? parsed.module : 0;
    return `${parsed?.kind ?? ''}/${module}/${String(parsed?.position ?? 0).padStart(5, '0')}`;
  };
  return Object.fromEntries(Object.entries(keys).toSorted(([a], [b]) => (rank(a) < rank(b) ? -1 : 1)));
};
