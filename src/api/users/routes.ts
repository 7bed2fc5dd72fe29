import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { seesSecrets } from '../../app/access/actor.ts';
import { isLastOfRole } from '../../app/access/last-of-role.ts';
import { userKind } from '../../app/access/user-document.ts';
import type { PlatformScope } from '../../app/documents/scope.ts';
import type { User } from '../../app/ports.ts';
import { MASKED } from '../../domain/secret.ts';
import { valueAt } from '../../app/documents/issue.ts';
import { ROLES } from '../../domain/role.ts';
import { actorOf, type Api } from '../api.ts';
import { offerCollection, type Json } from '../collection.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problems.ts';
import { platformAccess } from '../scopes.ts';
import { present } from '../shown.ts';
import { endingTokens } from './ending-tokens.ts';

export const shownUser = z
  .object({
    name: z.string(),
    role: z.enum(ROLES),
    tenant: z.string().optional(),
    /** Whose phones are his. */
    person: z.string().optional(),
    /** May see secrets. */
    mayReveal: z.boolean(),
    password: z.literal('***'),
  })
  .meta({ id: 'User' });

export const presentUser =
  ({ store }: ApiDeps) =>
  async (user: User, { platform }: PlatformScope): Promise<Json> => {
    const { name, role, mayReveal = false } = user;
    const tenant = user.tenant === undefined ? undefined : await platform.tenants.byId(user.tenant);
    const person =
      tenant === undefined || user.person === undefined
        ? undefined
        : await store.tenant(tenant.id).people.byId(user.person);
    return present({ name, role, tenant: tenant?.name, person: person?.name, mayReveal, password: MASKED });
  };

/** Nobody gives away the right to see secrets, or gets at somebody who has it, without having it himself. */
export function requireReveal(document: unknown, before: User | undefined, request: FastifyRequest): void {
  const concerned = before?.mayReveal === true || valueAt(document, ['mayReveal']) === true;
  if (concerned && !seesSecrets(actorOf(request)))
    throw new Problem('forbidden', 'only who may see secrets changes users who may');
}

const isLastOperator = async (user: User, { platform }: PlatformScope): Promise<boolean> => {
  if (user.role !== 'operator') return false;
  return isLastOfRole(user, (page) => platform.users.list(page));
};

export function userRoutes(app: Api, deps: ApiDeps): void {
  const kind = userKind(deps.passwords, (tenant) => deps.store.tenant(tenant).people);
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
    access: endingTokens(platformAccess(deps)),
    shown: shownUser,
    present: presentUser(deps),
    readOnly: [],
    mayWrite: requireReveal,
    mayRemove: async (user, scope) => {
      if (await isLastOperator(user, scope)) throw new Problem('last-operator');
    },
  });
}
