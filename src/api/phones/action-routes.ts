import type { FastifyRequest } from 'fastify';
import { openPlatform, openTenant } from '../../app/documents/open-scope.ts';
import { noteAudit, type Saved } from '../../app/documents/save-document.ts';
import { hardenPhone } from '../../app/phones/harden.ts';
import { movePhone } from '../../app/phones/move.ts';
import { noteReset } from '../../app/phones/note-reset.ts';
import { closeWindow, openWindow } from '../../app/phones/open-window.ts';
import { rotateCredentials } from '../../app/phones/rotate.ts';
import type { Phone } from '../../domain/phone.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { conflict, invalid, Problem } from '../problems.ts';
import { findTenant, pathParameter, tenantAccess } from '../scopes.ts';
import { rotateBody, shownCredentials } from '../tenants/schema.ts';
import { findByName, requirePhone, type PhonePlace } from './find-phone.ts';
import { phoneSeenBy, presentPhone } from './present.ts';
import { moveBody, shownPhone, windowBody } from './schema.ts';

const TAG = 'phones';
const ONE = '/tenants/:tenant/phones/:phone';

/** Runs one action on the phone of the path and shows what became of it. */
const act = (deps: ApiDeps) => (request: FastifyRequest, action: (place: PhonePlace) => Promise<Saved<Phone>>) =>
  tenantAccess(deps).write(request, async (scope) => {
    const saved = await action({ scope, phone: await requirePhone(request, scope) });
    if (saved.kind === 'invalid') throw invalid(saved.issues);
    if (saved.kind === 'conflict') throw conflict(saved.error);
    return shownPhone.parse(phoneSeenBy(actorOf(request), await presentPhone(saved.object, scope)));
  });

function offerCredentials(app: Api, deps: ApiDeps): void {
  app.post(
    `${ONE}/rotate`,
    { schema: { tags: [TAG], summary: 'Draw new credentials', body: rotateBody, response: { 200: shownPhone } } },
    (request) =>
      act(deps)(request, ({ scope, phone }) => rotateCredentials(scope, actorOf(request), phone, request.body.which)),
  );
  app.get(
    `${ONE}/credentials`,
    {
      schema: {
        tags: [TAG],
        summary: 'Its token and HTTP credentials; noted in the audit log',
        response: { 200: shownCredentials },
      },
    },
    (request) =>
      tenantAccess(deps).write(request, async (scope) => {
        const phone = await requirePhone(request, scope);
        await noteAudit(scope, actorOf(request), 'phone.revealed', phone.name, 'its credentials');
        return {
          token: phone.token.reveal(),
          httpUser: phone.httpUser,
          httpPassword: phone.httpPassword.reveal(),
        };
      }),
  );
}

function offerMove(app: Api, deps: ApiDeps): void {
  app.post(
    `${ONE}/move`,
    {
      schema: {
        tags: [TAG],
        summary: 'Give it to another tenant, with new credentials and nothing of what this one wrote',
        body: moveBody,
        response: { 200: shownPhone },
      },
    },
    async (request) => {
      const tenant = await findTenant(deps, request);
      const name = pathParameter(request, 'phone');
      const moved = await movePhone(deps)(actorOf(request), {
        from: tenant.id,
        find: (scope) => findByName(name, scope),
        to: request.body.to,
      });
      if (moved.kind === 'absent') throw new Problem('not-found');
      if (moved.kind === 'invalid') throw invalid(moved.issues);
      if (moved.kind === 'conflict') throw conflict(moved.error);
      const platform = openPlatform(deps, deps.store.platform, actorOf(request));
      const scope = openTenant(platform, moved.tenant, deps.store.tenant(moved.tenant.id));
      return shownPhone.parse(await presentPhone(moved.phone, scope));
    },
  );
}

/** What an administrator does to one phone beside writing it. */
export function phoneActionRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    `${ONE}/harden`,
    {
      schema: {
        tags: [TAG],
        summary:
          'Against ghost calls: no direct IP calls, trusted servers only, a random local SIP port per line (S4.65)',
        response: { 200: shownPhone },
      },
    },
    (request) => act(deps)(request, ({ scope, phone }) => hardenPhone(scope, actorOf(request), phone)),
  );
  app.put(
    `${ONE}/window`,
    {
      schema: {
        tags: [TAG],
        summary: 'Lower what it must prove, for some minutes',
        body: windowBody,
        response: { 200: shownPhone },
      },
    },
    (request) => act(deps)(request, ({ scope, phone }) => openWindow(scope, actorOf(request), phone, request.body)),
  );
  app.delete(
    `${ONE}/window`,
    { schema: { tags: [TAG], summary: 'Close its window', response: { 200: shownPhone } } },
    (request) => act(deps)(request, ({ scope, phone }) => closeWindow(scope, actorOf(request), phone)),
  );
  app.post(
    `${ONE}/reset`,
    {
      schema: {
        tags: [TAG],
        summary: 'Say that it was reset or replaced: it holds nothing of what it was given',
        response: { 200: shownPhone },
      },
    },
    (request) =>
      act(deps)(request, async ({ scope, phone }) => {
        await noteReset(scope, actorOf(request), phone);
        return { kind: 'unchanged', object: phone };
      }),
  );
  offerMove(app, deps);
  offerCredentials(app, deps);
}
