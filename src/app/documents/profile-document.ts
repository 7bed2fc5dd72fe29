import { z } from 'zod';
import type { ProfileId } from '../../domain/ids.ts';
import { keyLayout } from '../../domain/key.ts';
import type { Profile } from '../../domain/phone.ts';
import { err, ok } from '../../domain/result.ts';
import { domainFacts, domainIssues } from './domain-checks.ts';
import { confirmField, nameField, settingsField, titleField } from './fields.ts';
import type { Kind } from './kind.ts';
import type { TenantScope } from './scope.ts';
import { readSettings } from './settings-document.ts';
import { commonLayers, lockIssues } from './weaker-layers.ts';

export const profileDocument = z.strictObject({
  name: nameField,
  title: titleField.default(''),
  settings: settingsField.default({}),
  keys: keyLayout.default({}),
  confirm: confirmField.optional(),
});
export type ProfileDocument = z.output<typeof profileDocument>;

/** A profile goes with any phone, so only the phone that gets it can say whether it has these keys. */
export const profileKind: Kind<ProfileDocument, Profile, TenantScope> = {
  name: 'profile',
  document: profileDocument,
  keyField: 'name',
  keyOf: (profile) => profile.name,
  repository: (scope) => scope.own.profiles,
  read: async (document, before, scope) => {
    const old = before?.settings ?? {};
    const { entries, issues: wrong } = readSettings(document.settings, old, scope, {
      path: ['settings'],
      onLine: false,
    });
    const issues = [
      ...wrong,
      ...lockIssues(old, entries, await commonLayers(scope), 'profile', ['settings']),
      ...(await domainIssues(before && domainFacts(old), domainFacts(entries), document.confirm, scope)),
    ];
    if (issues.length > 0) return err(issues);
    return ok({
      // `as`: the constructor of the id.
      id: before?.id ?? (scope.crypto.id() as ProfileId),
      name: document.name,
      title: document.title,
      settings: entries,
      keys: document.keys,
    });
  },
};
