import { issue, valueAt } from '../../app/documents/issue.ts';
import { noteAudit } from '../../app/documents/save-document.ts';
import { tenantKind } from '../../app/documents/tenant-document.ts';
import { MASKED } from '../../domain/secret.ts';
import { warnOfLoweredPolicy } from '../../app/documents/warnings.ts';
import { isOperator, maySee } from '../../app/access/actor.ts';
import { rotateTenant } from '../../app/tenants/rotate.ts';
import { actorOf, type Api } from '../api.ts';
import { offerCollection } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { conflict, invalid, Problem } from '../problems.ts';
import { platformAccess, tenantAccess } from '../scopes.ts';
import { presentTenant } from './present.ts';
import { rotateBody, shownCredentials, shownTenant } from './schema.ts';

const TAG = 'tenants';

function offerCredentials(app: Api, deps: ApiDeps): void {
  const one = '/tenants/:tenant/credentials';
  app.get(
    one,
    {
      schema: {
        tags: [TAG],
        summary: 'Token and HTTP credentials of the tenant; noted in the audit log',
        response: { 200: shownCredentials },
      },
    },
    (request) =>
      tenantAccess(deps).write(request, async (scope) => {
        await noteAudit(scope, actorOf(request), 'tenant.revealed', scope.tenant.name);
        const { token, httpUser, httpPassword } = scope.tenant;
        return { token: token.reveal(), httpUser, httpPassword: httpPassword.reveal() };
      }),
  );
  app.post(
    '/tenants/:tenant/rotate',
    { schema: { tags: [TAG], summary: 'Draw new credentials', body: rotateBody, response: { 200: shownTenant } } },
    (request) =>
      tenantAccess(deps).write(request, async (scope) => {
        const before = await scope.platform.tenants.byId(scope.tenant.id);
        if (before === undefined) throw new Problem('not-found');
        const saved = await rotateTenant(scope, actorOf(request), before, request.body.which);
        if (saved.kind === 'conflict') throw conflict(saved.error);
        if (saved.kind === 'invalid') throw invalid(saved.issues);
        return shownTenant.parse(presentTenant(saved.object));
      }),
  );
}

export function tenantRoutes(app: Api, deps: ApiDeps): void {
  offerCollection(app, {
    kind: tenantKind,
    path: '/tenants',
    parameter: 'tenant',
    tag: TAG,
    access: platformAccess(deps),
    shown: shownTenant,
    present: (tenant) => Promise.resolve(presentTenant(tenant)),
    details: (tenant) => Promise.resolve({ warnings: warnOfLoweredPolicy(tenant.policy.lowered) }),
    // A representative sees no credentials.
    seenBy: ({ role }, shown) => (role === 'csr' ? { ...shown, httpUser: MASKED } : shown),
    readOnly: ['warnings', 'token'],
    find: async (name, scope, request) => {
      const tenant = await scope.platform.tenants.byKey(name);
      return tenant !== undefined && maySee(actorOf(request), tenant.id) ? tenant : undefined;
    },
    list: async (page, scope, request) => {
      const actor = actorOf(request);
      if (isOperator(actor)) return scope.platform.tenants.list(page);
      const own = actor.tenant === undefined ? undefined : await scope.platform.tenants.byId(actor.tenant);
      return own === undefined || (page.after !== undefined && own.name <= page.after) ? [] : [own];
    },
    // Which names are taken is not for one tenant to find out.
    mayWrite: (document, before, request) => {
      const name = valueAt(document, ['name']);
      if (!isOperator(actorOf(request)) && name !== before?.name)
        throw invalid([issue(['name'], 'is given by the operator of the platform', name)]);
    },
  });
  offerCredentials(app, deps);
}
