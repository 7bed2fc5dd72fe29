import type { Actor } from '../access/actor.ts';
import type { Store } from '../ports.ts';

/** Who banned whom, let somebody in, or planted a decoy. */
export const noteInAudit = (
  store: Store,
  { name, from }: Actor,
  at: Date,
  what: string,
  object: string,
  detail?: string,
): Promise<void> =>
  store.platform.audit({
    at: at.toISOString(),
    who: name,
    from,
    what,
    object,
    ...(detail === undefined ? {} : { detail }),
  });
