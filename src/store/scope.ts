import type { Kind, Objects, Scope, Table } from './kinds.ts';
import { PLATFORM } from './kinds.ts';

/** A document says whose it is as well as the store does: the two must agree. A difference is our bug. */
export function assertScope<K extends Table>(kind: Kind<K>, scope: Scope, object: Objects[K]): void {
  if (kind.says === undefined) return;
  const said = kind.says(object) ?? PLATFORM;
  if (said !== scope)
    throw new Error(`${kind.word} ${kind.key(object)} of tenant "${said}" written as one of "${scope}"`);
}

/** What is read carries its version; what is kept does not. */
export function withoutVersion<T extends object>(object: T): T {
  if (!('version' in object)) return object;
  const kept: T & { version?: unknown } = { ...object };
  delete kept.version;
  return kept;
}

/** An object that names what is not there, or a neighbour's. The use case should have looked: our bug, or a race that its repetition settles. */
export class DanglingPointer extends Error {
  override readonly name = 'DanglingPointer';

  constructor(word: string, key: string, options?: ErrorOptions) {
    super(`${word} ${key} names something that this tenant does not have`, options);
  }
}
