import { importPhones, type Imported } from '../../app/enrol/import-phones.ts';
import type { ImportRow } from '../../app/enrol/import-row.ts';
import { driverOf, type Catalogue } from '../../app/documents/scope.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid, Problem } from '../problems.ts';
import { findTenant } from '../scopes.ts';
import { importBody, importQuery, shownImport, type ShownImport } from './import-schema.ts';

/** A table of 100,000 phones takes about ten megabytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Rows that an answer lists: some two megabytes of it. */
const MAX_ROWS = 10_000;
const MAX_ERRORS = 200;

const isRefused = ({ outcome }: ImportRow): boolean => outcome === 'refused';

/** Of very many rows those that somebody must do something about. */
function rowsToList(rows: readonly ImportRow[]): readonly ImportRow[] {
  if (rows.length <= MAX_ROWS) return rows;
  const refused = rows.filter(isRefused).slice(0, MAX_ROWS);
  const others = rows.filter((row) => !isRefused(row)).slice(0, MAX_ROWS - refused.length);
  return [...refused, ...others].toSorted((a, b) => a.line - b.line);
}

function vendorsIn(rows: readonly ImportRow[], catalogue: Catalogue): ShownImport['vendors'] {
  const phones = new Map<string, number>();
  for (const { vendor } of rows) if (vendor !== undefined) phones.set(vendor, (phones.get(vendor) ?? 0) + 1);
  return Array.from(phones).flatMap(([id, number]) => {
    const driver = driverOf(catalogue, id);
    return driver === undefined
      ? []
      : [{ id, name: driver.name, phones: number, models: driver.models.map((model) => model.id) }];
  });
}

function presentImport({ rows, counts }: Imported, dryRun: boolean, catalogue: Catalogue): ShownImport {
  const listed = rowsToList(rows);
  return {
    dryRun,
    ...counts,
    vendors: vendorsIn(rows, catalogue),
    rows: listed.map((row) => ({ ...row })),
    omitted: rows.length - listed.length,
  };
}

/** Strict: the rows that keep the others from being made. */
function refusal({ rows }: Imported): Problem {
  const errors = rows.filter(isRefused).map(({ line, text, reason = '' }) => ({
    field: 'text',
    message: reason,
    value: text,
    line,
  }));
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const sentence = first === undefined ? '' : `line ${first.line}: ${first.message}${more}; `;
  return new Problem('invalid', `${sentence}nothing was changed`, { errors: errors.slice(0, MAX_ERRORS) });
}

export function phoneImportRoutes(app: Api, deps: ApiDeps): void {
  app.post(
    '/tenants/:tenant/phones/import',
    {
      bodyLimit: MAX_BYTES,
      schema: {
        tags: ['phones'],
        operationId: 'import_tenants_tenant_phones',
        summary: 'Make phones of a list of MACs, or of a table; the same again changes nothing (S4.93)',
        querystring: importQuery,
        body: importBody,
        response: { 200: shownImport },
      },
    },
    async (request) => {
      const tenant = await findTenant(deps, request);
      const dryRun = request.query.dryRun === 'true';
      const input = { ...request.body, dryRun, strict: request.query.strict === 'true' };
      const outcome = await importPhones(deps)(actorOf(request), tenant, input);
      switch (outcome.kind) {
        case 'imported':
          return presentImport(outcome, dryRun, deps.catalogue);
        case 'refused':
          throw refusal(outcome);
        case 'invalid':
          throw invalid(outcome.issues);
        case 'too_many':
          throw new Problem('too-large', `it has more than ${outcome.most} phones: send it in parts`);
        case 'absent':
          throw new Problem('not-found');
      }
    },
  );
}
