import { same } from '../documents/same.ts';
import type { TokenRepository, User } from '../ports.ts';

/** A change that makes him somebody else: what was handed out to whom he was is of no use to whom he is. */
const isSomebodyElse = (before: User, after: User): boolean =>
  before.role !== after.role ||
  before.tenant !== after.tenant ||
  before.person !== after.person ||
  (before.mayReveal === true && after.mayReveal !== true);

/** Whether he proves who he is by something else than when his sessions were opened. */
const provesOtherwise = (before: User, after: User): boolean =>
  before.passwordHash !== after.passwordHash || !same(before.oidc, after.oidc);

/** Ends the sessions that an old password or identity opened, and all sessions and tokens of who has another role, place or right now. */
export async function endTokens(tokens: TokenRepository, before: User, after: User): Promise<void> {
  const all = isSomebodyElse(before, after);
  if (!all && !provesOtherwise(before, after)) return;
  for (const token of await tokens.ofUser(after.id)) if (all || token.session === true) await tokens.remove(token.id);
}
