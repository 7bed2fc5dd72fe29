import { z } from 'zod';
import { allAuthorities, importAuthorities, missingAuthorities } from '../../app/certificates/authorities.ts';
import { issue } from '../../app/documents/issue.ts';
import { noteAudit } from '../../app/documents/save-document.ts';
import type { Authority } from '../../app/ports.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid, Problem } from '../problems.ts';
import { platformAccess } from '../scopes.ts';

const TAG = 'authorities';

export const shownAuthority = z
  .object({
    fingerprint: z.string(),
    vendor: z.string(),
    subject: z.string(),
    notAfter: z.string(),
    pem: z.string(),
  })
  .meta({ id: 'Authority' });

const shownMissing = z.object({
  items: z.array(z.object({ vendor: z.string(), missing: z.array(z.string()), identityOn: z.boolean() })),
});

const importBody = z.strictObject({ vendor: z.string().min(1).max(40), pem: z.string().min(1).max(200_000) });

const show = ({ fingerprint, vendor, subject, notAfter, pem }: Authority): z.output<typeof shownAuthority> => ({
  fingerprint,
  vendor,
  subject,
  notAfter,
  pem,
});

function offerImport(app: Api, deps: ApiDeps): void {
  app.post(
    '/authorities',
    {
      schema: {
        tags: [TAG],
        summary: 'Import CA certificates of a maker, in PEM: its phones can then prove who they are',
        body: importBody,
        response: {
          200: z.object({ items: z.array(shownAuthority) }),
          201: z.object({ items: z.array(shownAuthority) }),
        },
      },
    },
    async (request, reply) => {
      const imported = await platformAccess(deps).write(request, (scope) =>
        importAuthorities(scope, actorOf(request), deps.certificates, request.body),
      );
      switch (imported.kind) {
        case 'unknown_vendor':
          throw invalid([issue(['vendor'], 'is not in the catalogue', request.body.vendor)]);
        case 'unreadable':
          throw new Problem('certificate-refused', imported.reason);
        case 'imported':
        case 'known':
          await deps.onTrustChanged?.('authorities');
          return reply.code(imported.kind === 'imported' ? 201 : 200).send({ items: imported.authorities.map(show) });
      }
    },
  );
}

/** CA certificates of makers, by which a phone's factory certificate counts as its identity. */
export function authorityRoutes(app: Api, deps: ApiDeps): void {
  const access = platformAccess(deps);
  app.get(
    '/authorities',
    { schema: { tags: [TAG], summary: 'Imported', response: { 200: z.object({ items: z.array(shownAuthority) }) } } },
    async (request) => ({ items: (await allAuthorities((await access.read(request)).platform)).map(show) }),
  );
  app.get(
    '/authorities/missing',
    {
      schema: {
        tags: [TAG],
        summary: 'Makers whose CA certificates are not here: proof by certificate is off for them',
        response: { 200: shownMissing },
      },
    },
    async (request) => {
      const { platform, catalogue } = await access.read(request);
      const missing = missingAuthorities(catalogue, await allAuthorities(platform));
      return { items: missing.map((one) => ({ ...one, missing: [...one.missing] })) };
    },
  );
  offerImport(app, deps);
  app.delete(
    '/authorities/:fingerprint',
    {
      schema: {
        tags: [TAG],
        summary: 'Trust it no longer',
        params: z.object({ fingerprint: z.string() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await access.write(request, async (scope) => {
        const found = await scope.platform.authorities.byKey(request.params.fingerprint.toLowerCase());
        if (found === undefined) throw new Problem('not-found');
        await scope.platform.authorities.remove(found.id);
        await noteAudit(scope, actorOf(request), 'authority.removed', found.fingerprint, found.subject);
      });
      await deps.onTrustChanged?.('authorities');
      void reply.code(204).send(null);
    },
  );
}
