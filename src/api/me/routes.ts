import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../app/access/actor.ts';
import { inTenant } from '../../app/documents/change-object.ts';
import { openPlatform, openTenant } from '../../app/documents/open-scope.ts';
import type { TenantScope } from '../../app/documents/scope.ts';
import { changeOwnPhone, ownChange } from '../../app/phones/change-own-phone.ts';
import type { Versioned } from '../../app/ports.ts';
import type { PersonId, TenantId } from '../../domain/ids.ts';
import type { Phone } from '../../domain/phone.ts';
import { actorOf, type Api } from '../api.ts';
import type { Json } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { etagOf, expectationOf } from '../etag.ts';
import { listOf, pageQuery, showPage } from '../paging.ts';
import { findByName } from '../phones/find-phone.ts';
import { conflict, invalid, Problem } from '../problems.ts';
import { pathParameter } from '../scopes.ts';
import { present } from '../shown.ts';
import { describedBy } from '../validation.ts';
import { presentOwnPhone } from './present.ts';
import { shownMe, shownOwnPhone } from './schema.ts';

const TAG = 'me';
const ONE = '/me/phones/:phone';

interface Self {
  readonly actor: Actor;
  readonly tenant: TenantId;
  readonly person: PersonId;
}

/** Who asks, as a person of a tenant. */
function selfOf(request: FastifyRequest): Self {
  const actor = actorOf(request);
  const { tenant, person } = actor;
  if (tenant === undefined || person === undefined) throw new Problem('not-found');
  return { actor, tenant, person };
}

/** The tenant of whoever asks, to read. */
async function openOwn(deps: ApiDeps, { actor, tenant: id }: Self): Promise<TenantScope> {
  const { store } = deps;
  const tenant = await store.platform.tenants.byId(id);
  if (tenant === undefined) throw new Problem('not-found');
  return openTenant(openPlatform(deps, store.platform, actor), tenant, store.tenant(id));
}

/** The phone of the path, if it is this person's: another's answers as one that is not there. */
async function findOwn(request: FastifyRequest, { person }: Self, scope: TenantScope): Promise<Versioned<Phone>> {
  const phone = await findByName(pathParameter(request, 'phone'), scope);
  if (phone?.person !== person) throw new Problem('not-found');
  return phone;
}

async function showMe(deps: ApiDeps, self: Self): Promise<Json> {
  const { tenant, own, platform } = await openOwn(deps, self);
  const user = self.actor.user === undefined ? undefined : await platform.users.byId(self.actor.user);
  const person = await own.people.byId(self.person);
  if (user === undefined || person === undefined) throw new Problem('not-found');
  const { name, displayName, email } = person;
  return {
    name: user.name,
    tenant: { name: tenant.name, title: tenant.title },
    person: present({ name, displayName, email }),
  };
}

function offerReading(app: Api, deps: ApiDeps): void {
  app.get('/me', { schema: { tags: [TAG], summary: 'Who I am', response: { 200: shownMe } } }, async (request, reply) =>
    (reply as FastifyReply).send(await showMe(deps, selfOf(request))),
  );
  app.get(
    '/me/phones',
    {
      schema: { tags: [TAG], summary: 'My phones', querystring: pageQuery, response: { 200: listOf(shownOwnPhone) } },
    },
    async (request, reply) => {
      const self = selfOf(request);
      const { after = '', limit } = request.query;
      const scope = await openOwn(deps, self);
      // A person has a handful of phones: they are read as one.
      const mine = await scope.own.phones.byPerson(self.person);
      const page = mine.filter(({ name }) => name > after).slice(0, limit);
      const shown: Json[] = [];
      for (const phone of page) shown.push(await presentOwnPhone(phone, scope));
      return (reply as FastifyReply).send(showPage(page, shown, limit, ({ name }) => name));
    },
  );
  app.get(
    ONE,
    { schema: { tags: [TAG], summary: 'One of my phones', response: { 200: shownOwnPhone } } },
    async (request, reply) => {
      const self = selfOf(request);
      const scope = await openOwn(deps, self);
      const phone = await findOwn(request, self, scope);
      // For If-Match. What is shown depends on more than the phone, so it is never said to be the same as before.
      return (reply as FastifyReply).header('etag', etagOf(phone)).send(await presentOwnPhone(phone, scope));
    },
  );
}

/** Who has a login of the role `user` looks at his own phones, and changes what his administrator has left open. */
export function meRoutes(app: Api, deps: ApiDeps): void {
  offerReading(app, deps);
  app.patch(
    ONE,
    {
      schema: {
        tags: [TAG],
        summary: 'Change what is left open on one of my phones',
        body: describedBy(ownChange),
        response: { 200: shownOwnPhone },
      },
    },
    async (request, reply) => {
      const self = selfOf(request);
      const done = await inTenant(deps)(self.actor, self.tenant, async (scope) => {
        const before = await findOwn(request, self, scope);
        if (!expectationOf(request)(before)) throw new Problem('stale');
        const saved = await changeOwnPhone(scope, self.actor, before, request.body);
        if (saved.kind === 'invalid') throw invalid(saved.issues);
        if (saved.kind === 'conflict') throw conflict(saved.error);
        return { phone: saved.object, shown: await presentOwnPhone(saved.object, scope) };
      });
      if (done === undefined) throw new Problem('not-found');
      return (reply as FastifyReply).header('etag', etagOf(done.phone)).send(done.shown);
    },
  );
}
