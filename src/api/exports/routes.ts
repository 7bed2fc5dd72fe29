import { pipeline, PassThrough, Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { extensionSheet } from '../../app/export/extension-sheet.ts';
import { personSheet } from '../../app/export/person-sheet.ts';
import { phoneSheet } from '../../app/export/phone-sheet.ts';
import { writeSheet, type Sheet } from '../../app/export/sheet.ts';
import type { Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { tenantAccess } from '../scopes.ts';

const exportQuery = z.object({
  /** Whether the first record names the columns (RFC 4180 §3): `absent` is for what follows another table. */
  header: z.enum(['present', 'absent']).default('present'),
});

/** Who takes nothing of it for so long is gone. */
const IDLE_MILLISECONDS = 60_000;

function offerSheet<T extends { readonly id: string }>(app: Api, deps: ApiDeps, name: string, sheet: Sheet<T>): void {
  app.get(
    `/tenants/:tenant/${name}.csv`,
    {
      // To tell its length, or that it can be written, all of it would have to be read.
      exposeHeadRoute: false,
      schema: {
        tags: [name],
        summary: `All ${name} as CSV (RFC 4180, UTF-8 without a byte order mark), guarded against spreadsheet formulas`,
        querystring: exportQuery,
        produces: ['text/csv'],
      },
    },
    async (request, reply) => {
      const scope = await tenantAccess(deps).read(request);
      const records = writeSheet(sheet, scope, { header: request.query.header === 'present' });
      const file = pipeline(Readable.from(records), new PassThrough(), (error) => {
        // The answer has begun: it is cut off, which whoever reads it notices.
        if (error) deps.log.error('export_failed', { request: request.id, what: name, reason: error.message });
      });
      reply.raw.setTimeout(IDLE_MILLISECONDS, () => {
        reply.raw.destroy();
      });
      void reply.header('content-disposition', `attachment; filename="${scope.tenant.name}-${name}.csv"`);
      return (reply as FastifyReply).type('text/csv; charset=utf-8').send(file);
    },
  );
}

/** What a tenant has, for spreadsheets and other programs. */
export function exportRoutes(app: Api, deps: ApiDeps): void {
  offerSheet(app, deps, 'phones', phoneSheet);
  offerSheet(app, deps, 'extensions', extensionSheet);
  offerSheet(app, deps, 'people', personSheet);
}
