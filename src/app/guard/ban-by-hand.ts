import type { Ban } from '../../domain/trust/ban.ts';
import { sourceOf } from '../../domain/trust/source.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Actor } from '../access/actor.ts';
import { banSource } from './ban-source.ts';
import { isNever, type GuardPorts } from './guard.ts';
import { noteInAudit } from './note-in-audit.ts';

export interface BanWish {
  readonly address: string;
  readonly minutes: number;
  readonly note?: string;
}

/** An administrator bans an address. What he says why is kept with the ban. */
export const banByHand =
  (ports: GuardPorts) =>
  async (
    actor: Actor,
    { address, minutes, note }: BanWish,
  ): Promise<Result<Ban, { readonly kind: 'never_banned' }>> => {
    if (isNever(ports, address)) return err({ kind: 'never_banned' });
    const { store, state, clock } = ports;
    const now = clock.now();
    const source = sourceOf(address);
    const offence = { source, address, reason: 'by_hand', evidence: note ?? '', connected: true } as const;
    await banSource(ports)({ ...offence, by: actor.name, minutes }, now);
    await noteInAudit(store, actor, now, 'ban.made', source, note);
    const made = state.bans.get(source);
    if (made === undefined) throw new Error('a ban that was just made is gone');
    return ok(made.ban);
  };
