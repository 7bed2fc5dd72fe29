import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inTenant } from '../../app/documents/change-object.ts';
import { noteAudit } from '../../app/documents/save-document.ts';
import { driverOf } from '../../app/documents/scope.ts';
import type { Phone } from '../../domain/phone.ts';
import type { VendorDriver } from '../../vendors/kit/driver.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import { modelNamed } from '../../vendors/kit/driver.ts';
import { pathParameter } from '../scopes.ts';
import { readPhone, type PhonePlace } from './find-phone.ts';
import {
  fileQuery,
  resyncQuery,
  revealQuery,
  shownExplanation,
  shownFiles,
  shownInstructions,
  shownUrl,
} from './schema.ts';

const TAG = 'phones';
const ONE = '/tenants/:tenant/phones/:phone';

/** Secrets are never shown without a note of it. */
async function noteRevealed(
  deps: ApiDeps,
  request: FastifyRequest,
  { scope, phone }: PhonePlace,
  what: string,
): Promise<void> {
  const actor = actorOf(request);
  await inTenant(deps)(actor, scope.tenant.id, (open) => noteAudit(open, actor, 'phone.revealed', phone.name, what));
}

const refOf = ({ scope, phone }: PhonePlace) => ({ tenant: scope.tenant.id, phone: phone.id });

async function urlOf(deps: ApiDeps, request: FastifyRequest, place: PhonePlace): Promise<string> {
  const url = await deps.preview.phoneUrl(refOf(place));
  if (url === undefined) throw new Problem('not-found');
  await noteRevealed(deps, request, place, 'its own URL');
  return url;
}

function offerRendered(app: Api, deps: ApiDeps): void {
  app.get(
    `${ONE}/files`,
    { schema: { tags: [TAG], summary: 'The files that make up its configuration', response: { 200: shownFiles } } },
    async (request) => {
      const files = await deps.preview.listFiles(refOf(await readPhone(deps, request)));
      return { files: files.map(({ name, part }) => ({ name, part })) };
    },
  );
  app.get(
    `${ONE}/files/*`,
    {
      schema: {
        tags: [TAG],
        summary:
          'One file as it would be served now; secrets masked unless reveal=true, which is noted in the audit log',
        querystring: revealQuery,
        params: z.object({ tenant: z.string(), phone: z.string(), '*': z.string() }),
      },
    },
    async (request, reply) => {
      const place = await readPhone(deps, request);
      const reveal = request.query.reveal === 'true';
      const choice = { file: pathParameter(request, '*'), firmware: request.query.firmware, reveal };
      const file = await deps.preview.renderFile(refOf(place), choice);
      if (file === undefined) throw new Problem('not-found');
      if (reveal) await noteRevealed(deps, request, place, file.name);
      // What a file says is never to run in a browser that shows it.
      void reply
        .header('content-disposition', 'attachment')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('offhook-gaps', file.gaps.length)
        .type(file.contentType);
      return reply.send(Buffer.from(file.bytes));
    },
  );
  app.get(
    `${ONE}/explain`,
    {
      schema: {
        tags: [TAG],
        summary: 'Line by line, the setting and layer behind it, secrets masked',
        querystring: fileQuery,
        response: { 200: shownExplanation },
      },
    },
    async (request) => {
      const place = await readPhone(deps, request);
      const explained = await deps.preview.explainFile(refOf(place), request.query);
      if (explained === undefined) throw new Problem('not-found');
      return shownExplanation.parse(explained);
    },
  );
}

/** The URL that the phone itself is given for this directory: SPA needs the file in it. */
const profileUrl = (driver: VendorDriver, phone: Phone, directory: string): string =>
  driver.provisioningUrl(directory, modelNamed(driver, phone.model));

function offerUrls(app: Api, deps: ApiDeps): void {
  app.get(
    `${ONE}/url`,
    {
      schema: {
        tags: [TAG],
        summary: 'Its own URL, with its token: hand it over like a password. Noted in the audit log',
        response: { 200: shownUrl },
      },
    },
    async (request) => ({ url: await urlOf(deps, request, await readPhone(deps, request)) }),
  );
  app.get(
    `${ONE}/resync-url`,
    {
      schema: {
        tags: [TAG],
        summary: 'The URL to open on its own web server, to make it fetch (S0.1)',
        querystring: resyncQuery,
        response: { 200: shownUrl },
      },
    },
    async (request) => {
      const place = await readPhone(deps, request);
      const driver = driverOf(deps.catalogue, place.phone.vendor);
      const make = driver?.instructions.resyncUrl;
      if (driver === undefined || make === undefined)
        throw new Problem('no-resync-url', `${driver?.name ?? place.phone.vendor} has none`);
      const directory = await urlOf(deps, request, place);
      return { url: make(request.query.phoneAddress, profileUrl(driver, place.phone, directory)) };
    },
  );
  app.get(
    `${ONE}/instructions`,
    { schema: { tags: [TAG], summary: 'How a person resets it and logs in', response: { 200: shownInstructions } } },
    async (request) => {
      const { phone } = await readPhone(deps, request);
      const driver = driverOf(deps.catalogue, phone.vendor);
      if (driver === undefined) throw new Problem('not-found');
      return shownInstructions.parse(driver.instructions);
    },
  );
}

/** What a phone would be served, where from, and why. */
export function phoneFileRoutes(app: Api, deps: ApiDeps): void {
  offerRendered(app, deps);
  offerUrls(app, deps);
}
