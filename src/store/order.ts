import type { Page } from '../app/ports.ts';

/** The order of natural keys on every store: by the bytes of their UTF-8 form. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** One page of objects that are all in memory. */
export const pageOf = <T>(objects: readonly T[], key: (object: T) => string, { after, limit }: Page): readonly T[] =>
  objects
    .filter((object) => after === undefined || compareKeys(key(object), after) > 0)
    .sort((a, b) => compareKeys(key(a), key(b)))
    .slice(0, limit);
