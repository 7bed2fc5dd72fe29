import { extensionKind } from '../../app/documents/extension-document.ts';
import type { Api } from '../api.ts';
import { offerCollection } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { tenantAccess } from '../scopes.ts';
import { presentExtension } from './present.ts';
import { extensionQuery, shownExtension } from './schema.ts';

export function extensionRoutes(app: Api, deps: ApiDeps): void {
  offerCollection(app, {
    kind: extensionKind,
    path: '/tenants/:tenant/extensions',
    parameter: 'number',
    tag: 'extensions',
    access: tenantAccess(deps),
    shown: shownExtension,
    present: (extension) => Promise.resolve(presentExtension(extension)),
    details: async (extension, { own }) => ({
      phones: (await own.phones.byExtension(extension.id)).map((phone) => phone.name),
    }),
    readOnly: ['phones'],
    query: extensionQuery,
    list: (page, { own }, request) =>
      extensionQuery.parse(request.query).unassigned === 'true'
        ? own.extensions.unassigned(page)
        : own.extensions.list(page),
  });
}
