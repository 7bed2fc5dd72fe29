import type { z } from 'zod';
import type { Repository, Versioned } from '../ports.ts';
import type { Result } from '../../domain/result.ts';
import { without } from '../../domain/fields.ts';
import { missingIssue, type FieldPath, type Issue } from './issue.ts';
import type { PlatformScope } from './scope.ts';

export type KindName =
  'tenant' | 'group' | 'person' | 'extension' | 'profile' | 'template' | 'mapping' | 'phone' | 'user';

/** What people write of one kind of object, and how that becomes the object that is kept. */
export interface Kind<Document, T extends { readonly id: string }, Scope extends PlatformScope> {
  readonly name: KindName;
  /** Strict: a field that is not there is refused. */
  readonly document: z.ZodType<Document>;
  /** The field of the document that names the object. */
  readonly keyField: string;
  readonly keyOf: (object: T) => string;
  readonly repository: (scope: Scope) => Repository<T>;
  /** Finds what the document refers to and checks what a schema cannot see; `before` is what is kept now. */
  readonly read: (document: Document, before: T | undefined, scope: Scope) => Promise<Result<T, readonly Issue[]>>;
}

/** The object behind a name that a document gives, or an issue that names it. */
export async function lookUp<T>(
  found: (key: string) => Promise<Versioned<T> | undefined>,
  key: string | undefined,
  path: FieldPath,
  word: string,
  issues: Issue[],
): Promise<Versioned<T> | undefined> {
  if (key === undefined) return undefined;
  const object = await found(key);
  if (object === undefined) issues.push(missingIssue(path, word, key));
  return object;
}

/** What is kept, without the version it was read with. */
export function unversioned<T>(object: Versioned<T>): T {
  // `as`: T & { version } without version is T; the compiler cannot say so of a generic type.
  return without(object, 'version') as unknown as T;
}
