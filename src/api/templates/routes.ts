import { z } from 'zod';
import { warnOfTemplate } from '../../app/documents/phone-warnings.ts';
import { templateReference } from '../../app/documents/phone-parts.ts';
import type { PlatformScope } from '../../app/documents/scope.ts';
import { hasEnhancedKeys, templateKind } from '../../app/documents/template-document.ts';
import type { Page, Repository, Versioned } from '../../app/ports.ts';
import { offeredKeyTypes } from '../../domain/key.ts';
import type { Template } from '../../domain/phone.ts';
import type { Api } from '../api.ts';
import { offerCollection, type Resource } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { platformAccess, tenantAccess } from '../scopes.ts';
import { presentTemplate } from './present.ts';
import { shownTemplate, templateQuery } from './schema.ts';

type Parts = Omit<Resource<z.output<typeof templateKind.document>, Template, PlatformScope>, 'access' | 'path'>;

const common: Parts = {
  kind: templateKind,
  parameter: 'template',
  tag: 'templates',
  shown: shownTemplate,
  present: (template) => Promise.resolve(presentTemplate(template)),
  details: async (template, scope) => ({
    keyTypes: offeredKeyTypes(hasEnhancedKeys(template.settings)),
    warnings: await warnOfTemplate(template, scope),
  }),
  readOnly: ['global', 'lineKeys', 'keyTypes', 'warnings'],
};

const choices = z.object({
  items: z.array(z.object({ reference: z.string(), title: z.string(), lineKeys: z.int().optional() })),
});

/** All templates of one repository that fit a model. */
async function fitting(
  repository: Repository<Template>,
  { vendor, model }: z.output<typeof templateQuery>,
): Promise<readonly Versioned<Template>[]> {
  const found: Versioned<Template>[] = [];
  for (let page: Page | undefined = { limit: 500 }; page !== undefined;) {
    const some: readonly Versioned<Template>[] = await repository.list(page);
    found.push(...some);
    const last: Template | undefined = some.at(-1);
    page = some.length < 500 || last === undefined ? undefined : { limit: 500, after: last.name };
  }
  return found.filter(
    (template) =>
      (vendor === undefined || template.vendor === vendor) &&
      (model === undefined || template.models.some((id) => id === model)),
  );
}

export function templateRoutes(app: Api, deps: ApiDeps): void {
  offerCollection(app, { ...common, path: '/templates', access: platformAccess(deps) });
  offerCollection(app, { ...common, path: '/tenants/:tenant/templates', access: tenantAccess(deps) });
  app.get(
    '/tenants/:tenant/template-choices',
    {
      schema: {
        tags: ['templates'],
        summary: 'Templates that a phone may have: of its model, and of the tenant or global',
        querystring: templateQuery,
        response: { 200: choices },
      },
    },
    async (request) => {
      const scope = await tenantAccess(deps).read(request);
      const own = await fitting(scope.own.templates, request.query);
      const global = await fitting(scope.platform.templates, request.query);
      return {
        items: [...own, ...global].map((template) => {
          const { lineKeys } = shownTemplate.partial().parse(presentTemplate(template));
          const choice = { reference: templateReference(template), title: template.title };
          return lineKeys === undefined ? choice : { ...choice, lineKeys };
        }),
      };
    },
  );
}
