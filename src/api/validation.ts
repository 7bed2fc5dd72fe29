import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
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
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) =>
  readInside.has(schema)
    ? (data) => ({ value: data as unknown })
    : (data) => {
        const parsed = schema.safeParse(data);
        if (parsed.success) return { value: parsed.data };
        const type = httpPart === 'body' ? 'invalid' : 'malformed-request';
        return { error: invalid(issuesOf(parsed.error, data), type) };
      };
