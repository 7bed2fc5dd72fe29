import { isSettingId, settingOf } from '../domain/settings/registry.ts';
import { wrongUsage } from './failure.ts';

export type Patch = Readonly<Record<string, unknown>>;

/** Names below these hold dots themselves: `settings.line.transport`. */
const MAPS: ReadonlySet<string> = new Set(['settings', 'raw', 'keys']);

function readAsJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Text stays text where the field takes text: a firmware `7.10` is no number, a label `201` neither. */
function readValue(field: string, text: string): unknown {
  if (text === '') return null;
  const [map, ...rest] = field.split('.');
  const id = rest.join('.');
  if (map === 'settings' && isSettingId(id)) {
    return settingOf(id).schema.safeParse(text).success ? text : readAsJson(text);
  }
  return /^(?:true|false|[[{"].*)$/s.test(text) ? readAsJson(text) : text;
}

function stepsOf(field: string): readonly string[] {
  const [map, ...rest] = field.split('.');
  return map !== undefined && MAPS.has(map) && rest.length > 0 ? [map, rest.join('.')] : field.split('.');
}

const nest = ([first, ...rest]: readonly string[], value: unknown): unknown =>
  first === undefined ? value : { [first]: nest(rest, value) };

const isObject = (value: unknown): value is Patch =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(one: Patch, other: Patch): Patch {
  const merged = new Map(Object.entries(one));
  for (const [name, value] of Object.entries(other)) {
    const before = merged.get(name);
    merged.set(name, isObject(before) && isObject(value) ? merge(before, value) : value);
  }
  return Object.fromEntries(merged);
}

/**
 * `title=ACME settings.time.zone=Europe/Rome label=` → a merge patch (RFC 7396). An empty value takes the field away; lists
 * and objects are written as JSON.
 */
export function readAssignments(assignments: readonly string[]): Patch {
  return assignments
    .map((assignment) => {
      const at = assignment.indexOf('=');
      const field = assignment.slice(0, at);
      if (at < 1 || field.split('.').includes(''))
        throw wrongUsage(`${JSON.stringify(assignment)} is not FIELD=VALUE, such as title="ACME Ltd"`);
      return nest(stepsOf(field), readValue(field, assignment.slice(at + 1)));
    })
    .filter(isObject)
    .reduce(merge, {});
}

export const ASSIGNMENTS_HELP =
  'FIELD=VALUE, such as label=Reception or settings.time.zone=Europe/Rome; FIELD= takes it away';
