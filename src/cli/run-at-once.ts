/** Does the work for every item, at most `most` at a time; results in the order of the items. */
export async function runAtOnce<T, R>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const waiting = items.entries();
  const runner = async (): Promise<void> => {
    for (const [index, item] of waiting) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, runner));
  return Array.from(results.entries())
    .toSorted(([a], [b]) => a - b)
    .map(([, result]) => result);
}
