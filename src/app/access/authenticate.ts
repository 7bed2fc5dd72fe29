import { given } from '../../domain/fields.ts';
import type { Actor } from './actor.ts';
import { isExpired, TOKEN_PURPOSE, type AccessPorts } from './log-in.ts';
import type { AccessToken, User } from '../ports.ts';

export interface Authenticated {
  readonly actor: Actor;
  readonly token: AccessToken;
}

/** Who acts by this session or token. */
export function actorBy(user: User, token: AccessToken, from: string): Actor {
  const { tenant = token.onlyTenant, person } = user;
  const scopes = token.session === true ? undefined : (token.scopes ?? []);
  return {
    name: token.session === true ? user.name : `${user.name} (token ${token.name})`,
    user: user.id,
    // An operator's token that is narrowed to a tenant may do what that tenant's administrator may.
    role: tenant !== undefined && user.role === 'operator' ? 'admin' : user.role,
    ...given({ tenant, person, scopes }),
    mayReveal: user.mayReveal === true,
    from,
  };
}

/** Who presents this token; undefined where it is none of ours, or no longer. */
export const authenticate =
  ({ store, clock, crypto }: Pick<AccessPorts, 'store' | 'clock' | 'crypto'>) =>
  async (text: string, from: string): Promise<Authenticated | undefined> => {
    const token = await store.platform.tokens.byKey(crypto.keyedHash(TOKEN_PURPOSE, text));
    if (token === undefined || isExpired(token, clock.now())) return undefined;
    const user = await store.platform.users.byId(token.user);
    return user === undefined ? undefined : { actor: actorBy(user, token, from), token };
  };
