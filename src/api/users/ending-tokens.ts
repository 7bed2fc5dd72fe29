import { endTokens } from '../../app/access/end-tokens.ts';
import type { PlatformScope } from '../../app/documents/scope.ts';
import { pathParameter, type Access } from '../scopes.ts';

/** Writes users, and in the same transaction ends what was handed out to whom the user of the path was before. */
export const endingTokens = <Scope extends PlatformScope>(access: Access<Scope>): Access<Scope> => ({
  read: (request) => access.read(request),
  write: (request, work) =>
    access.write(request, async (scope) => {
      const { users, tokens } = scope.platform;
      const before = await users.byKey(pathParameter(request, 'user'));
      const result = await work(scope);
      const after = before === undefined ? undefined : await users.byId(before.id);
      if (before !== undefined && after !== undefined) await endTokens(tokens, before, after);
      return result;
    }),
});
