import { z } from 'zod';
import { applyPlatformSettings } from '../../app/apply/apply.ts';
import { confirmField, settingsField } from '../../app/documents/fields.ts';
import { issuesOf } from '../../app/documents/issue.ts';
import { mergePatch } from '../../app/documents/merge-patch.ts';
import { noteAudit } from '../../app/documents/save-document.ts';
import { showSettings } from '../../app/documents/settings-document.ts';
import type { PlatformScope } from '../../app/documents/scope.ts';
import { actorOf, type Api } from '../api.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid } from '../problems.ts';
import { platformAccess } from '../scopes.ts';
import { shownSettings } from '../shown.ts';
import { describedBy } from '../validation.ts';
import type { FastifyRequest } from 'fastify';

const platformDocument = z.strictObject({ settings: settingsField.default({}), confirm: confirmField.optional() });
export const shownPlatform = z.object({ settings: shownSettings }).meta({ id: 'Platform' });

const show = async (scope: PlatformScope): Promise<z.output<typeof shownPlatform>> =>
  shownPlatform.parse({ settings: showSettings((await scope.platform.document()).settings) });

async function save(
  scope: PlatformScope,
  request: FastifyRequest,
  input: unknown,
): Promise<z.output<typeof shownPlatform>> {
  const parsed = platformDocument.safeParse(input);
  if (!parsed.success) throw invalid(issuesOf(parsed.error, input));
  const { changed, issues } = await applyPlatformSettings(parsed.data, scope);
  if (issues.length > 0) throw invalid(issues);
  if (changed) await noteAudit(scope, actorOf(request), 'platform.changed', 'settings');
  return show(scope);
}

/** The settings of the whole installation: the layer between model and tenant. */
export function platformRoutes(app: Api, deps: ApiDeps): void {
  const access = platformAccess(deps);
  const schema = { tags: ['platform'], response: { 200: shownPlatform } };
  app.get('/platform', { schema: { ...schema, summary: 'Settings of the whole installation' } }, async (request) =>
    show(await access.read(request)),
  );
  app.put(
    '/platform',
    { schema: { ...schema, summary: 'Replace them', body: describedBy(platformDocument) } },
    (request) => access.write(request, (scope) => save(scope, request, request.body)),
  );
  app.patch(
    '/platform',
    { schema: { ...schema, summary: 'Change some of them', body: describedBy(z.record(z.string(), z.unknown())) } },
    (request) =>
      access.write(request, async (scope) => save(scope, request, mergePatch(await show(scope), request.body))),
  );
}
