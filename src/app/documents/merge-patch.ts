/** Fields whose members are replaced whole: half an entry of the one form and half of the other would be none. */
const WHOLE_MEMBERS: ReadonlySet<string> = new Set(['settings', 'raw', 'keys']);

// No document of ours is as deep: below it a patch is refused by its kind, and need not be walked to the end of the stack.
const MAX_DEPTH = 32;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mergeMembers(
  target: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
  merge: (name: string, before: unknown, after: unknown) => unknown,
): Readonly<Record<string, unknown>> {
  const merged = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, merge(name, merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/**
 * RFC 7396 merge patch: null takes a member away, an object is merged, anything else replaces. An entry of `settings`, `raw` or
 * `keys` is replaced as a whole, so `null` there removes the entry; `{ "clear": true }` clears the value on the phone.
 */
export function mergePatch(target: unknown, patch: unknown, depth = 0): unknown {
  if (!isObject(patch) || depth > MAX_DEPTH) return patch;
  return mergeMembers(isObject(target) ? target : {}, patch, (name, before, after) => {
    if (!WHOLE_MEMBERS.has(name)) return mergePatch(before, after, depth + 1);
    return isObject(after) ? mergeMembers(isObject(before) ? before : {}, after, (_, __, entry) => entry) : after;
  });
}
