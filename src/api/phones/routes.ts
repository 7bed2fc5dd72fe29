import type { FastifyReply } from 'fastify';
import { phoneKind } from '../../app/documents/phone-document.ts';
import { warnOfPhone } from '../../app/documents/phone-warnings.ts';
import { parseMac } from '../../domain/mac.ts';
import type { Api } from '../api.ts';
import { offerCollection, type Json } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { journalQuery, shownJournal, showRecords } from '../journal/schema.ts';
import { tenantAccess } from '../scopes.ts';
import { phoneActionRoutes } from './action-routes.ts';
import { phoneFileRoutes } from './file-routes.ts';
import { findByName, readPhone } from './find-phone.ts';
import { phoneImportRoutes } from './import-routes.ts';
import { phoneSeenBy, presentPhone } from './present.ts';
import { phoneResyncRoutes } from './resync-routes.ts';
import { profileBody, shownPhone } from './schema.ts';

/** What a name in the path says of a phone: its MAC, unless its serial number looks like one; else its serial number or name. */
function namedPhone(name: string, body: Json): Json {
  if (!parseMac(name).ok) return { name };
  return body['serial'] === name ? {} : { mac: name };
}

export function phoneRoutes(app: Api, deps: ApiDeps): void {
  const phones = offerCollection(app, {
    kind: phoneKind,
    path: '/tenants/:tenant/phones',
    parameter: 'phone',
    tag: 'phones',
    access: tenantAccess(deps),
    shown: shownPhone,
    present: presentPhone,
    details: async (phone, scope) => ({ warnings: await warnOfPhone(phone, scope) }),
    readOnly: ['state', 'lastSeen', 'window', 'pbxServicesExtension', 'warnings', 'token'],
    named: namedPhone,
    find: findByName,
    seenBy: phoneSeenBy,
  });
  app.put(
    '/tenants/:tenant/phones/:phone/profile',
    {
      schema: {
        tags: ['phones'],
        summary: 'Assign a profile, or none',
        body: profileBody,
        response: { 200: shownPhone },
      },
    },
    (request, reply) => phones.patch(request, reply as FastifyReply),
  );
  phoneImportRoutes(app, deps);
  phoneFileRoutes(app, deps);
  phoneActionRoutes(app, deps);
  phoneResyncRoutes(app, deps);
  app.get(
    '/tenants/:tenant/phones/:phone/log',
    {
      schema: {
        tags: ['phones'],
        summary: 'Its requests, newest first',
        querystring: journalQuery,
        response: { 200: shownJournal },
      },
    },
    async (request) => {
      const { scope, phone } = await readPhone(deps, request);
      const { before, limit, event } = request.query;
      const records = await deps.store.journal.list({
        tenant: scope.tenant.id,
        phone: phone.id,
        limit,
        ...(before === undefined ? {} : { before }),
        ...(event === undefined ? {} : { event }),
      });
      return showRecords(records, limit);
    },
  );
}
