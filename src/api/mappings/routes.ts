import { mappingKind } from '../../app/documents/mapping-document.ts';
import type { Api } from '../api.ts';
import { offerCollection } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { platformAccess, tenantAccess } from '../scopes.ts';
import { presentMapping } from './present.ts';
import { shownMapping } from './schema.ts';

export function mappingRoutes(app: Api, deps: ApiDeps): void {
  const common = {
    kind: mappingKind,
    parameter: 'from',
    tag: 'mappings',
    shown: shownMapping,
    present: (mapping: Parameters<typeof presentMapping>[0]) => Promise.resolve(presentMapping(mapping)),
    readOnly: [],
  } as const;
  offerCollection(app, { ...common, path: '/mappings', access: platformAccess(deps) });
  offerCollection(app, { ...common, path: '/tenants/:tenant/mappings', access: tenantAccess(deps) });
}
