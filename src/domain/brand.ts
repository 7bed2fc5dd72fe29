declare const brand: unique symbol;

/** A type that is more than the string it is stored in; made only by its own constructor. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
