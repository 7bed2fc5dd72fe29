import type { FastifyRequest } from 'fastify';
import { maySee } from '../app/access/actor.ts';
import { inPlatform, inTenant } from '../app/documents/change-object.ts';
import { openPlatform, openTenant } from '../app/documents/open-scope.ts';
import type { PlatformScope, TenantScope } from '../app/documents/scope.ts';
import type { Tenant } from '../domain/tenant.ts';
import { actorOf } from './api.ts';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problems.ts';

/** How a resource gets at its objects: to read, and to write within one transaction. */
export interface Access<Scope> {
  read(request: FastifyRequest): Promise<Scope>;
  write<R>(request: FastifyRequest, work: (scope: Scope) => Promise<R>): Promise<R>;
}

const notFound = (): Problem => new Problem('not-found');

/** The name in the path, if the route has one. */
export function pathParameter(request: FastifyRequest, name: string): string {
  const { params } = request;
  const value: unknown =
    typeof params === 'object' && params !== null
      ? new Map<string, unknown>(Object.entries(params)).get(name)
      : undefined;
  return typeof value === 'string' ? value : '';
}

/** The tenant of the path. A tenant that the actor may not see answers like one that is not there. */
export async function findTenant(deps: ApiDeps, request: FastifyRequest): Promise<Tenant> {
  const tenant = await deps.store.platform.tenants.byKey(pathParameter(request, 'tenant'));
  if (tenant === undefined || !maySee(actorOf(request), tenant.id)) throw notFound();
  return tenant;
}

/** Objects of the tenant in the path. */
export const tenantAccess = (deps: ApiDeps): Access<TenantScope> => ({
  read: async (request) => {
    const tenant = await findTenant(deps, request);
    const scope = openPlatform(deps, deps.store.platform, actorOf(request));
    return openTenant(scope, tenant, deps.store.tenant(tenant.id));
  },
  write: async (request, work) => {
    const tenant = await findTenant(deps, request);
    const done = await inTenant(deps)(actorOf(request), tenant.id, async (scope) => ({ result: await work(scope) }));
    if (done === undefined) throw notFound();
    return done.result;
  },
});

/** Objects that no tenant owns. */
export const platformAccess = (deps: ApiDeps): Access<PlatformScope> => ({
  read: (request) => Promise.resolve(openPlatform(deps, deps.store.platform, actorOf(request))),
  write: (request, work) => inPlatform(deps)(actorOf(request), work),
});
