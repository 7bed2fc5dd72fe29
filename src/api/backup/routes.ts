import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { startBackup } from '../../app/backup/write-backup.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { BASE64 } from './base64.ts';

const backupQuery = z.object({ firmware: z.enum(['true', 'false']).default('false') });

/** Who takes nothing of it for so long is gone; until then the database keeps an old state for him. */
const IDLE_MILLISECONDS = 60_000;

/** Everything of everybody, for the operator alone and as a secret: what is sealed in it can be tried at leisure. */
export function backupRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/backup',
    {
      schema: {
        tags: ['backup'],
        summary: 'Everything that is kept, as one gzip file of JSON lines, secrets sealed under the master key',
        querystring: backupQuery,
        produces: ['application/gzip'],
      },
    },
    async (request, reply) => {
      const withFirmware = request.query.firmware === 'true';
      const lines = await startBackup({ ...deps, base64: BASE64 })(actorOf(request), { withFirmware });
      const file = pipeline(Readable.from(lines), createGzip(), (error) => {
        // The answer has begun: it is cut off, and has no end line.
        if (error) deps.log.error('backup_failed', { request: request.id, reason: error.message });
      });
      reply.raw.setTimeout(IDLE_MILLISECONDS, () => {
        reply.raw.destroy();
      });
      return (reply as FastifyReply).type('application/gzip').send(file);
    },
  );
}
