import { z } from 'zod';
import { reinstateCertificate, revokeCertificate } from '../../app/certificates/revocations.ts';
import type { Revocation } from '../../app/ports.ts';
import { given } from '../../domain/fields.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { listOf, pageOf, pageQuery, showPage } from '../paging.ts';
import { Problem } from '../problems.ts';
import { platformAccess } from '../scopes.ts';

const TAG = 'revocations';

/** SHA-256, with or without colons. */
const fingerprint = z
  .string()
  .max(95)
  .transform((text) => text.replaceAll(':', '').toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal digits'));

export const shownRevocation = z
  .object({ fingerprint: z.string(), at: z.string(), by: z.string(), note: z.string().optional() })
  .meta({ id: 'Revocation' });

const revocationBody = z.strictObject({
  fingerprint,
  /** Why, for those who come later. */
  note: z.string().max(200).optional(),
});

const show = ({ fingerprint: of, at, by, note }: Revocation): z.output<typeof shownRevocation> => ({
  fingerprint: of,
  at,
  by,
  ...given({ note }),
});

/** Phones' certificates that count as none, whoever has signed them. */
export function revocationRoutes(app: Api, deps: ApiDeps): void {
  const access = platformAccess(deps);
  app.get(
    '/revocations',
    { schema: { tags: [TAG], summary: 'List', querystring: pageQuery, response: { 200: listOf(shownRevocation) } } },
    async (request) => {
      const { platform } = await access.read(request);
      const found = await platform.revocations.list(pageOf(request.query));
      const page = showPage(found, found.map(show), request.query.limit, (one) => one.fingerprint);
      return { ...page, items: [...page.items] };
    },
  );
  app.post(
    '/revocations',
    {
      schema: {
        tags: [TAG],
        summary: 'Revoke one certificate; the phone’s MAC and its other proofs stay good',
        body: revocationBody,
        response: { 200: shownRevocation, 201: shownRevocation },
      },
    },
    async (request, reply) => {
      const { kind, revocation } = await access.write(request, (scope) =>
        revokeCertificate(scope, actorOf(request), request.body),
      );
      return reply.code(kind === 'revoked' ? 201 : 200).send(show(revocation));
    },
  );
  app.delete(
    '/revocations/:fingerprint',
    {
      schema: {
        tags: [TAG],
        summary: 'Let the certificate count again',
        params: z.object({ fingerprint }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const done = await access.write(request, (scope) =>
        reinstateCertificate(scope, actorOf(request), request.params.fingerprint),
      );
      if (done === 'unknown') throw new Problem('not-found');
      void reply.code(204).send(null);
    },
  );
}
