import { personKind } from '../../app/documents/person-document.ts';
import type { Api } from '../api.ts';
import { offerCollection } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { tenantAccess } from '../scopes.ts';
import { presentPerson } from './present.ts';
import { shownPerson } from './schema.ts';

export function peopleRoutes(app: Api, deps: ApiDeps): void {
  offerCollection(app, {
    kind: personKind,
    path: '/tenants/:tenant/people',
    parameter: 'person',
    tag: 'people',
    access: tenantAccess(deps),
    shown: shownPerson,
    present: presentPerson,
    readOnly: [],
  });
}
