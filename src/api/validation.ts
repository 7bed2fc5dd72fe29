import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { brokenTextIssues } from '../app/documents/broken-text.ts';
import { issuesOf } from '../app/documents/issue.ts';
import { invalid } from './problems.ts';

const readInside = new WeakSet<object>();

/**
 * A body that is described by `schema`, but read by the use case: there the path adds the natural key, a patch is merged into
 * what is kept, and all that is wrong is told at once. The handler takes it as `unknown`.
 */
export function describedBy<Schema extends z.ZodType>(schema: Schema): Schema {
  const described = schema.clone();
  readInside.add(described);
  return described;
}

/** Checks what a route declares; what is wrong comes out as one problem with the paths of all fields. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const isBody = httpPart === 'body';
  return (data) => {
    const broken = isBody ? brokenTextIssues(data) : [];
    if (broken.length > 0) return { error: invalid(broken) };
    if (readInside.has(schema)) return { value: data as unknown };
    const parsed = schema.safeParse(data);
    if (parsed.success) return { value: parsed.data };
    return { error: invalid(issuesOf(parsed.error, data), isBody ? 'invalid' : 'malformed-request') };
  };
};
