/** The same object without the fields that are undefined: what exactOptionalPropertyTypes asks for in place of `field: undefined`. */
export function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): {
  readonly [K in keyof T]?: T[K];
} {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  // `as`: TypeScript cannot follow the loop; every kept field is one of T's with T's type.
  return kept as { readonly [K in keyof T]?: T[K] };
}
