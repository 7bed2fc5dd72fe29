import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { firmwareField } from '../../app/documents/fields.ts';
import { noteAudit } from '../../app/documents/save-document.ts';
import type { PlatformScope } from '../../app/documents/scope.ts';
import {
  allImages,
  checkFacts,
  dropContent,
  firmwareOf,
  roomFor,
  saveFirmware,
} from '../../app/firmware/save-firmware.ts';
import type { FirmwareImage } from '../../domain/phone.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { etagOf } from '../etag.ts';
import { listOf, pageOf, pageQuery, showPage } from '../paging.ts';
import { conflict, invalid, Problem } from '../problems.ts';
import { pathParameter, platformAccess, tenantAccess, type Access } from '../scopes.ts';

const TAG = 'firmware';

export const shownImage = z
  .object({
    fileName: z.string(),
    vendor: z.string(),
    models: z.array(z.string()),
    version: z.string(),
    hardware: z.string().optional(),
    fromVersion: z.string().optional(),
    sha256: z.string(),
    size: z.int(),
  })
  .meta({ id: 'FirmwareImage' });

const uploadQuery = z.object({
  vendor: z.string().min(1).max(40),
  /** Comma-separated: `T46U,T48U`. */
  models: z
    .string()
    .min(1)
    .max(2000)
    .transform((text) => text.split(',').map((model) => model.trim())),
  version: firmwareField,
  hardware: z.string().max(64).optional(),
  fromVersion: firmwareField.optional(),
  /** Hexadecimal; the content is refused when it has another. */
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hexadecimal digits')
    .transform((text) => text.toLowerCase())
    .optional(),
});

const show = ({ firmware, ...image }: FirmwareImage): z.output<typeof shownImage> =>
  shownImage.parse({ ...image, version: firmware });

const tooLarge = (room: number): Problem => new Problem('too-large', `there is room for ${room} bytes`);

/** Takes the content into the file store, within what is left of the quota. */
async function receive(
  deps: ApiDeps,
  request: FastifyRequest,
  room: number,
  declared: string | undefined,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > room) throw tooLarge(room);
  // `as`: the content-type parser below hands the raw stream through.
  const content = await deps.files.write(request.body as Readable, room);
  if (content === 'too_large') throw tooLarge(room);
  if (content.size === 0) throw new Problem('invalid', 'the body: must not be empty');
  if (declared !== undefined && declared !== content.sha256) {
    await dropContent(deps.store, deps.files, content.sha256);
    throw new Problem('checksum-mismatch', `declared ${declared}, received ${content.sha256}`);
  }
  return content;
}

interface Place<Scope extends PlatformScope> {
  readonly path: string;
  readonly access: Access<Scope>;
}

async function upload<Scope extends PlatformScope>(
  deps: ApiDeps,
  { access }: Place<Scope>,
  request: FastifyRequest,
  reply: FastifyReply,
  facts: z.output<typeof uploadQuery>,
): Promise<void> {
  const fileName = pathParameter(request, 'fileName');
  const scope = await access.read(request);
  const there = await allImages(firmwareOf(scope));
  const issues = checkFacts(fileName, facts, there, deps.catalogue);
  if (issues.length > 0) throw invalid(issues);
  const content = await receive(deps, request, roomFor(fileName, there, deps.firmware), facts.sha256);
  const saved = await access.write(request, async (open) => {
    // Others may have uploaded meanwhile.
    const room = roomFor(fileName, await allImages(firmwareOf(open)), deps.firmware);
    if (content.size > room) return { kind: 'too_large', room } as const;
    // The last image with the same content was removed in this moment, and the content with it.
    if (!(await deps.files.within(open.platform).has(content.sha256))) throw new Problem('unavailable');
    return saveFirmware(open, actorOf(request), fileName, facts, content);
  });
  if (saved.kind === 'too_large') {
    await dropContent(deps.store, deps.files, content.sha256);
    throw tooLarge(saved.room);
  }
  const old = there.find((image) => image.fileName === fileName)?.sha256;
  if (old !== undefined && old !== content.sha256) await dropContent(deps.store, deps.files, old);
  if (saved.kind === 'invalid') throw invalid(saved.issues);
  if (saved.kind === 'conflict') throw conflict(saved.error);
  void reply.header('etag', etagOf(saved.object));
  void reply.code(saved.kind === 'created' ? 201 : 200).send(show(saved.object));
}

function offerReading<Scope extends PlatformScope>(app: Api, { path, access }: Place<Scope>): void {
  app.get(
    path,
    {
      schema: { tags: [TAG], summary: 'Firmware files', querystring: pageQuery, response: { 200: listOf(shownImage) } },
    },
    async (request, reply) => {
      const found = await firmwareOf(await access.read(request)).list(pageOf(request.query));
      void (reply as FastifyReply).send(
        showPage(found, found.map(show), request.query.limit, (image) => image.fileName),
      );
    },
  );
  app.get(
    `${path}/:fileName`,
    { schema: { tags: [TAG], summary: 'One firmware file', response: { 200: shownImage } } },
    async (request, reply) => {
      const image = await firmwareOf(await access.read(request)).byKey(pathParameter(request, 'fileName'));
      if (image === undefined) throw new Problem('not-found');
      void reply.header('etag', etagOf(image));
      return show(image);
    },
  );
}

function offerWriting<Scope extends PlatformScope>(app: Api, deps: ApiDeps, place: Place<Scope>): void {
  const { path, access } = place;
  app.put(
    `${path}/:fileName`,
    {
      schema: {
        tags: [TAG],
        summary: 'Upload: the body is the file itself, as application/octet-stream',
        querystring: uploadQuery,
        response: { 200: shownImage, 201: shownImage },
      },
    },
    (request, reply) => upload(deps, place, request, reply as FastifyReply, request.query),
  );
  app.delete(
    `${path}/:fileName`,
    { schema: { tags: [TAG], summary: 'Remove a firmware file', response: { 204: z.null() } } },
    async (request, reply) => {
      const sha256 = await access.write(request, async (scope) => {
        const image = await firmwareOf(scope).byKey(pathParameter(request, 'fileName'));
        if (image === undefined) throw new Problem('not-found');
        await firmwareOf(scope).remove(image.id);
        await noteAudit(scope, actorOf(request), 'firmware.removed', image.fileName);
        return image.sha256;
      });
      await dropContent(deps.store, deps.files, sha256);
      void reply.code(204).send(null);
    },
  );
}

/** Firmware files of a tenant, and of the platform for all. */
export function firmwareRoutes(app: Api, deps: ApiDeps): void {
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => {
    done(null, payload);
  });
  const ofTenant = { path: '/tenants/:tenant/firmware', access: tenantAccess(deps) };
  const global = { path: '/firmware', access: platformAccess(deps) };
  offerReading(app, ofTenant);
  offerWriting(app, deps, ofTenant);
  offerReading(app, global);
  offerWriting(app, deps, global);
}
