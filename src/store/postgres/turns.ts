import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Scope } from '../kinds.ts';
import { translate } from './errors.ts';

// The first of two keys, so that ours are nobody else's: "turn" in ASCII.
const TURN = 0x7475726e;

const keyOf = (scope: Scope): number => createHash('sha256').update(scope).digest().readInt32BE();

/**
 * Waits for whoever writes of the same at another process. Held by the session: a lock taken inside of a serializable
 * transaction would come after its snapshot, and so too late. It keeps writers from meeting; that nothing is lost when they
 * do (through a pooler between us and the server, say) is for the isolation to see to.
 */
export async function takeTurnsAt(client: PoolClient, about: readonly Scope[], where: string): Promise<void> {
  try {
    for (const scope of Array.from(new Set(about)).sort())
      await client.query('select pg_advisory_lock($1, $2)', [TURN, keyOf(scope)]);
  } catch (error) {
    throw translate(error, where);
  }
}

/** Ends what `takeTurnsAt` has begun. */
export async function endTurnsAt(client: PoolClient, about: readonly Scope[]): Promise<void> {
  if (about.length > 0) await client.query('select pg_advisory_unlock_all()');
}
