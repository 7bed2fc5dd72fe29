type OptionalNames<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** The same fields, where one that may have no value may be absent instead. */
export type Given<T> = Omit<T, OptionalNames<T>> & {
  readonly [K in OptionalNames<T>]?: Exclude<T[K], undefined>;
};

/** An object without the fields that have no value: absent and undefined are two things to the store. */
export const given = <T extends object>(fields: T): Given<T> =>
  // `as`: Object.fromEntries forgets which names there were.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Given<T>;

/** An object without some of its fields. */
export const without = <T extends object, K extends keyof T & string>(object: T, ...names: readonly K[]): Omit<T, K> =>
  // `as`: Object.fromEntries forgets which names there were.
  Object.fromEntries(
    Object.entries(object).filter(([name]) => !names.some((gone) => gone === name)),
  ) as unknown as Omit<T, K>;
