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
    /** Left out where he has none. */
    password: z.literal('***').optional(),
    /** Who he is at the OpenID provider. */
    oidc: z
      .object({ issuer: z.string(), subject: z.string(), roleFromProvider: z.literal(true).optional() })
      .optional(),
    /** The name there by which he is known at his first sign-in. */
    oidcName: z.string().optional(),
  })
  .meta({ id: 'User' });

export const presentUser =
  ({ store }: ApiDeps) =>
  async (user: User, { platform }: PlatformScope): Promise<Json> => {
    const { name, role, mayReveal = false, oidc, oidcName } = user;
    const tenant = user.tenant === undefined ? undefined : await platform.tenants.byId(user.tenant);
    const person =
      tenant === undefined || user.person === undefined
        ? undefined
        : await store.tenant(tenant.id).people.byId(user.person);
    const password = user.passwordHash === undefined ? undefined : MASKED;
    const places = { tenant: tenant?.name, person: person?.name };
    return present({ name, role, ...places, mayReveal, password, oidc, oidcName });
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
