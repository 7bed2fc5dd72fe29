type OptionalNames<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** The same fields, where one that may have no value may be absent instead. */
export type Given<T> = Omit<T, OptionalNames<T>> & {
  readonly [K in OptionalNames<T>]?: Exclude<T[K], undefined>;
};

/** An object without the fields that have no value: absent and undefined are two things to the store. */
export function given<T extends object>(fields: T): Given<T> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  // `as`: a Record forgets which names there were.
  return kept as Given<T>;
}

/** An object without some of its fields. */
export const without = <T extends object, K extends keyof T & string>(object: T, ...names: readonly K[]): Omit<T, K> =>
  // `as`: Object.fromEntries forgets which names there were.
  Object.fromEntries(
    Object.entries(object).filter(([name]) => !names.some((gone) => gone === name)),
  ) as unknown as Omit<T, K>;
