import { Secret } from '../../domain/secret.ts';

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);

function sameRecord(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const name of names) if (!same(a[name], b[name])) return false;
  return true;
}

/** Whether two values say the same: the order of names and names without a value do not count. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Secret && b instanceof Secret) return a.equals(b);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  return isPlain(a) && isPlain(b) && sameRecord(a, b);
}
