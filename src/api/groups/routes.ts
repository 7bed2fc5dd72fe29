import { groupKind } from '../../app/documents/group-document.ts';
import type { Api } from '../api.ts';
import { offerCollection } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { tenantAccess } from '../scopes.ts';
import { presentGroup } from './present.ts';
import { shownGroup } from './schema.ts';

export function groupRoutes(app: Api, deps: ApiDeps): void {
  offerCollection(app, {
    kind: groupKind,
    path: '/tenants/:tenant/groups',
    parameter: 'group',
    tag: 'groups',
    access: tenantAccess(deps),
    shown: shownGroup,
    present: presentGroup,
    readOnly: [],
  });
}
