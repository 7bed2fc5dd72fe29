import { z } from 'zod';
import { tokensOf } from '../../app/access/log-in.ts';
import { userKind } from '../../app/access/user-document.ts';
import type { PlatformScope } from '../../app/documents/scope.ts';
import type { User } from '../../app/ports.ts';
import { MASKED } from '../../domain/secret.ts';
import type { Api } from '../api.ts';
import { offerCollection, type Json } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import { operatorAccess, pathParameter } from '../scopes.ts';
import { present } from '../shown.ts';

export const shownUser = z
  .object({
    name: z.string(),
    role: z.enum(['operator', 'admin']),
    tenant: z.string().optional(),
    password: z.literal('***'),
  })
  .meta({ id: 'User' });

async function presentUser(user: User, { platform }: PlatformScope): Promise<Json> {
  const tenant = user.tenant === undefined ? undefined : await platform.tenants.byId(user.tenant);
  return present({ name: user.name, role: user.role, tenant: tenant?.name, password: MASKED });
}

const isLastOperator = async (user: User, { platform }: PlatformScope): Promise<boolean> => {
  if (user.role !== 'operator') return false;
  const users = await platform.users.list({ limit: 1000 });
  return !users.some((other) => other.role === 'operator' && other.id !== user.id);
};

/** A new password ends every session and token that the old one opened. */
async function endSessions(deps: ApiDeps, user: User): Promise<void> {
  for (const token of await tokensOf(deps.store, user.id))
    if (token.session === true) await deps.store.platform.tokens.remove(token.id);
}

export function userRoutes(app: Api, deps: ApiDeps): void {
  const access = operatorAccess(deps);
  const kind = userKind(deps.passwords);
  offerCollection(app, {
    kind: {
      ...kind,
      read: async (document, before, scope) => {
        const read = await kind.read(document, before, scope);
        const demoted = read.ok && before?.role === 'operator' && read.value.role !== 'operator';
        if (demoted && (await isLastOperator(before, scope))) throw new Problem('last-operator');
        return read;
      },
    },
    path: '/users',
    parameter: 'user',
    tag: 'users',
    access: {
      read: (request) => access.read(request),
      write: async (request, work) => {
        const before = await deps.store.platform.users.byKey(pathParameter(request, 'user'));
        const result = await access.write(request, work);
        const after = before === undefined ? undefined : await deps.store.platform.users.byId(before.id);
        if (after !== undefined && before?.passwordHash !== after.passwordHash) await endSessions(deps, after);
        return result;
      },
    },
    shown: shownUser,
    present: presentUser,
    readOnly: [],
    mayRemove: async (user, scope) => {
      if (await isLastOperator(user, scope)) throw new Problem('last-operator');
    },
  });
}
