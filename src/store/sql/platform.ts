import { sql } from 'kysely';
import type { AuditEntry, PlatformDocument, PlatformStore } from '../../app/ports.ts';
import { decodeDocument, encodeDocument, type DocumentText } from '../json-codec.ts';
import { KINDS, PLATFORM } from '../kinds.ts';
import { sqlContents } from './contents.ts';
import { countFleet } from './fleet.ts';
import { sqlRepository } from './repository.ts';
import { sqlLeftovers } from './removed-phones.ts';
import { sqlTokens } from './tokens.ts';
import { hotText, type Ground } from './session.ts';
import { touchPlatform } from './tags.ts';
import { sqlUsers } from './users.ts';

export const PLATFORM_CONTEXT = 'platform/platform';
const AUDIT_CONTEXT = 'audit';

const DOCUMENT = hotText<{ doc: DocumentText<PlatformDocument> }>('select doc from platform');

export function sqlPlatform(ground: Ground): PlatformStore {
  const { session, cipher } = ground;
  return {
    tenants: sqlRepository(KINDS.tenants, PLATFORM, ground),
    templates: sqlRepository(KINDS.templates, PLATFORM, ground),
    mappings: sqlRepository(KINDS.mappings, PLATFORM, ground),
    firmware: sqlRepository(KINDS.firmware_images, PLATFORM, ground),
    users: sqlUsers(ground),
    tokens: sqlTokens(ground),
    authorities: sqlRepository(KINDS.authorities, PLATFORM, ground),
    intermediates: sqlRepository(KINDS.intermediates, PLATFORM, ground),
    revocations: sqlRepository(KINDS.revocations, PLATFORM, ground),
    certificates: sqlRepository(KINDS.server_certificates, PLATFORM, ground),
    bans: sqlRepository(KINDS.bans, PLATFORM, ground),
    decoys: sqlRepository(KINDS.decoys, PLATFORM, ground),
    contents: sqlContents(ground),
    leftovers: sqlLeftovers(ground),
    document: async () => {
      const row = await session.reads.first(DOCUMENT, []);
      return row === undefined ? { settings: {} } : decodeDocument(row.doc, cipher, PLATFORM_CONTEXT);
    },
    saveDocument: (document) =>
      session.write(async (db) => {
        await db.run(sql`update platform set doc = ${encodeDocument(document, cipher, PLATFORM_CONTEXT)}`);
        await touchPlatform(db);
      }),
    fleet: () => countFleet(session.reads),
    audit: (entry) =>
      session.write(async (db) => {
        await db.run(sql`insert into audit (at, tenant_id, doc)
          values (${entry.at}, ${entry.tenant ?? null}, ${encodeDocument(entry, cipher, AUDIT_CONTEXT)})`);
      }, 'row_locks'),
    auditLog: async ({ tenant, limit }) => {
      const condition = tenant === undefined ? sql`1 = 1` : sql`tenant_id = ${tenant}`;
      const found = await session.reads.run(sql<{
        doc: DocumentText<AuditEntry>;
      }>`select doc from audit where ${condition}
        order by seq desc limit ${limit}`);
      return found.map(({ doc }) => decodeDocument(doc, cipher, AUDIT_CONTEXT));
    },
    auditFrom: async (place, limit) => {
      const found = await session.reads.run(sql<{ seq: number | string; doc: DocumentText<AuditEntry> }>`
        select seq, doc from audit where seq > ${place} order by seq limit ${limit}`);
      // PostgreSQL's bigint comes as text.
      return found.map(({ seq, doc }) => ({
        place: Number(seq),
        entry: decodeDocument(doc, cipher, AUDIT_CONTEXT),
      }));
    },
  };
}
