import { z } from 'zod';
import {
  findCertificate,
  importChain,
  isRequest,
  requestCertificate,
} from '../../app/certificates/server-certificates.ts';
import { noteAudit } from '../../app/documents/save-document.ts';
import type { ServerCertificate } from '../../app/ports.ts';
import { host } from '../../domain/settings/common.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import { platformAccess } from '../scopes.ts';
import { present } from '../shown.ts';

const TAG = 'certificates';

const place = z.object({
  door: z.enum(['secure', 'spa', 'admin']),
  host: host.transform((name) => name.toLowerCase()),
  keyType: z.enum(['rsa', 'ec']),
});

/** The private key is never shown. */
export const shownCertificate = z
  .object({
    door: z.enum(['secure', 'spa', 'admin', 'ca']),
    host: z.string(),
    keyType: z.enum(['rsa', 'ec']),
    state: z.enum(['requested', 'ready']),
    sniOnly: z.boolean(),
    selfSigned: z.boolean(),
    csr: z.string().optional(),
    chain: z.string().optional(),
    notAfter: z.string().optional(),
  })
  .meta({ id: 'ServerCertificate' });

const requestBody = z.strictObject({ ...place.shape, sniOnly: z.boolean().default(false) });
const chainBody = z.strictObject({ chain: z.string().min(1).max(200_000) });

const show = (certificate: ServerCertificate): z.output<typeof shownCertificate> => {
  const { door, host: name, keyType, sniOnly, selfSigned, csr, chain, notAfter } = certificate;
  const state = isRequest(certificate) ? 'requested' : 'ready';
  return shownCertificate.parse(
    present({ door, host: name, keyType, state, sniOnly, selfSigned, csr, chain, notAfter }),
  );
};

function offerRequest(app: Api, deps: ApiDeps): void {
  const access = platformAccess(deps);
  app.post(
    '/certificates',
    {
      schema: {
        tags: [TAG],
        summary: 'Make a key pair and a certificate signing request for a host name (S0.25)',
        body: requestBody,
        response: { 201: shownCertificate },
      },
    },
    async (request, reply) => {
      const made = await access.write(request, (scope) =>
        requestCertificate(scope, actorOf(request), deps.certificates, request.body),
      );
      return reply.code(201).send(show(made));
    },
  );
  app.get(
    '/certificates/:door/:host/:keyType/csr',
    { schema: { tags: [TAG], summary: 'The request in PEM, for the maker or authority', params: place } },
    async (request, reply) => {
      const found = await findCertificate(await access.read(request), request.params, 'requested');
      if (found?.csr === undefined) throw new Problem('not-found');
      void reply.header('content-disposition', `attachment; filename="${request.params.host}.csr"`);
      return reply.type('application/pkcs10').send(found.csr);
    },
  );
}

function offerChain(app: Api, deps: ApiDeps): void {
  app.put(
    '/certificates/:door/:host/:keyType/chain',
    {
      schema: {
        tags: [TAG],
        summary: 'Import the chain that came back, once it matches key, host name and itself (S0.26)',
        params: place,
        body: chainBody,
        response: { 200: shownCertificate },
      },
    },
    async (request) => {
      const imported = await platformAccess(deps).write(request, (scope) =>
        importChain(scope, actorOf(request), deps.certificates, request.params, request.body.chain),
      );
      switch (imported.kind) {
        case 'no_request':
          throw new Problem('not-found', 'no request waits for this certificate');
        case 'refused':
          throw new Problem('certificate-refused', imported.reasons.join('; '), {
            errors: imported.reasons.map((message) => ({ field: 'chain', message })),
          });
        case 'ready':
          await deps.onTrustChanged?.('certificates');
          return show(imported.certificate);
      }
    },
  );
}

/** Certificates of our own doors. */
export function certificateRoutes(app: Api, deps: ApiDeps): void {
  const access = platformAccess(deps);
  app.get(
    '/certificates',
    {
      schema: {
        tags: [TAG],
        summary: 'Of all doors',
        response: { 200: z.object({ items: z.array(shownCertificate) }) },
      },
    },
    async (request) => {
      const { platform } = await access.read(request);
      return { items: (await platform.certificates.list({ limit: 1000 })).map(show) };
    },
  );
  offerRequest(app, deps);
  offerChain(app, deps);
  app.delete(
    '/certificates/:door/:host/:keyType',
    {
      schema: {
        tags: [TAG],
        summary: 'Remove a certificate, or the request for one',
        params: place,
        querystring: z.object({ state: z.enum(['requested', 'ready']).default('ready') }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await access.write(request, async (scope) => {
        const found = await findCertificate(scope, request.params, request.query.state);
        if (found === undefined) throw new Problem('not-found');
        await scope.platform.certificates.remove(found.id);
        await noteAudit(scope, actorOf(request), 'certificate.removed', found.name);
      });
      await deps.onTrustChanged?.('certificates');
      void reply.code(204).send(null);
    },
  );
}
