import type { FastifyReply } from 'fastify';
import { profileBody } from '../phones/schema.ts';
import { personKind } from '../../app/documents/person-document.ts';
import type { Api } from '../api.ts';
import { offerCollection } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { tenantAccess } from '../scopes.ts';
import { presentPerson } from './present.ts';
import { shownPerson } from './schema.ts';

export function peopleRoutes(app: Api, deps: ApiDeps): void {
  const people = offerCollection(app, {
    kind: personKind,
    path: '/tenants/:tenant/people',
    parameter: 'person',
    tag: 'people',
    access: tenantAccess(deps),
    shown: shownPerson,
    present: presentPerson,
    readOnly: [],
  });
  app.put(
    '/tenants/:tenant/people/:person/profile',
    {
      schema: {
        tags: ['people'],
        summary: 'Assign a profile, or none',
        body: profileBody,
        response: { 200: shownPerson },
      },
    },
    (request, reply) => people.patch(request, reply as FastifyReply),
  );
}
