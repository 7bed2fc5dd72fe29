import { profileKind } from '../../app/documents/profile-document.ts';
import type { Api } from '../api.ts';
import { offerCollection } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { tenantAccess } from '../scopes.ts';
import { presentProfile } from './present.ts';
import { shownProfile } from './schema.ts';

export function profileRoutes(app: Api, deps: ApiDeps): void {
  offerCollection(app, {
    kind: profileKind,
    path: '/tenants/:tenant/profiles',
    parameter: 'profile',
    tag: 'profiles',
    access: tenantAccess(deps),
    shown: shownProfile,
    present: (profile) => Promise.resolve(presentProfile(profile)),
    readOnly: [],
  });
}
