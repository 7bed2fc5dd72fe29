import { z } from 'zod';
import type { Mapping } from '../../domain/phone.ts';
import { ok } from '../../domain/result.ts';
import { host } from '../../domain/settings/common.ts';
import type { MappingId } from '../../domain/ids.ts';
import type { Kind } from './kind.ts';
import { isTenantScope, type PlatformScope } from './scope.ts';

export const mappingDocument = z.strictObject({
  from: z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' }),
  to: host,
  note: z.string().max(500).optional(),
});
export type MappingDocument = z.output<typeof mappingDocument>;

/** A dummy address that stands for a name: of one tenant, or global (S4.24, S4.27). */
export const mappingKind: Kind<MappingDocument, Mapping, PlatformScope> = {
  name: 'mapping',
  document: mappingDocument,
  keyField: 'from',
  keyOf: (mapping) => mapping.from,
  repository: (scope) => (isTenantScope(scope) ? scope.own.mappings : scope.platform.mappings),
  read: (document, before, scope) =>
    Promise.resolve(
      ok({
        // `as`: the constructor of the id.
        id: before?.id ?? (scope.crypto.id() as MappingId),
        ...(isTenantScope(scope) ? { tenant: scope.tenant.id } : {}),
        from: document.from,
        to: document.to,
        ...(document.note === undefined ? {} : { note: document.note }),
      }),
    ),
};
