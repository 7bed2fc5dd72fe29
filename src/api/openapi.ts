import swagger, { type SwaggerTransformObject } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { SETTING_IDS, settingOf } from '../domain/settings/registry.ts';
import type { Api } from './api.ts';
import { schemaOf } from './settings/routes.ts';

type JsonSchema = Record<string, unknown>;

const ENTRY = {
  access: { enum: ['none', 'read', 'write'] },
  locked: { type: 'boolean' },
} as const;

/** An entry in its long forms, and the short one: the bare value, or null for `clear`. */
function entrySchema(value: JsonSchema): JsonSchema {
  const form = (properties: JsonSchema, required: readonly string[]): JsonSchema => ({
    type: 'object',
    properties: { ...properties, by: { type: 'string' }, at: { type: 'string' } },
    required,
    additionalProperties: false,
  });
  return {
    anyOf: [
      form({ value, ...ENTRY }, ['value']),
      form({ clear: { const: true }, ...ENTRY }, ['clear']),
      form({ access: ENTRY.access }, ['access']),
      value,
      { type: 'null' },
    ],
  };
}

/** Every setting of the registry with its own schema, so that a new one is in the description by existing. */
const settingEntries = (): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    SETTING_IDS.map((id) => [
      id,
      { title: settingOf(id).title, description: settingOf(id).help, ...entrySchema(schemaOf(id)) },
    ]),
  ),
  additionalProperties: false,
});

/** The component that zod's schema of settings, which knows only text → anything, stands for. */
function describeSettings(context: { readonly zodSchema: unknown; readonly jsonSchema: JsonSchema }): void {
  // `as`: the converter gives its own type of schema, of which every schema of ours is one.
  const meta = (context.zodSchema as z.ZodType).meta();
  if (meta?.['id'] !== 'SettingEntries') return;
  for (const name of Object.keys(context.jsonSchema)) Reflect.deleteProperty(context.jsonSchema, name);
  Object.assign(context.jsonSchema, settingEntries());
}

/** The part of an OpenAPI document that is added to. */
interface Described {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { responses?: object } | undefined>>>>;
}

const PROBLEM_RESPONSE = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** Every operation may end in a problem. */
const withProblems: SwaggerTransformObject = (document) => {
  const described = transformObject(document);
  // `as`: the plugin's type of a document is a union of versions; of ours only this part is looked at.
  for (const path of Object.values((described as Described).paths ?? {}))
    for (const operation of Object.values(path))
      if (operation?.responses !== undefined)
        operation.responses = { ...operation.responses, default: PROBLEM_RESPONSE };
  return described;
};

const ZOD_TO_JSON = { target: 'draft-2020-12', override: describeSettings } as const;
const transformObject = createJsonSchemaTransformObject({ zodToJsonConfig: ZOD_TO_JSON });

/** OpenAPI 3.1 out of the same schemas that the routes use. */
export async function describe(app: Api, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Offhook',
        version,
        description:
          'Provisions IP phones. Errors are problems (RFC 9457); PUT by natural key creates or replaces; PATCH is a merge patch (RFC 7396); If-Match guards against lost updates.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'offhook_session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig: ZOD_TO_JSON }),
    transformObject: withProblems,
  });
}
