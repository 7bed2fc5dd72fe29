import { isActive, type Ban } from '../../domain/trust/ban.ts';
import { sourceOf } from '../../domain/trust/source.ts';
import type { Actor } from '../access/actor.ts';
import type { GuardPorts } from './guard.ts';
import { noteInAudit } from './note-in-audit.ts';
import { publishNews } from './publish-news.ts';

/** Lets an address in again, at every node; what it did counts no more. Undefined where it is not banned. */
export const liftBan =
  (ports: GuardPorts) =>
  async (actor: Actor, address: string): Promise<Ban | undefined> => {
    const { store, state, clock, firewall, goesOn } = ports;
    const source = sourceOf(address);
    const ban = await store.transaction(async (inside) => {
      const found = await inside.platform.bans.byKey(source);
      if (found === undefined) return undefined;
      await inside.platform.bans.remove(found.id);
      await noteInAudit(inside, actor, clock.now(), 'ban.lifted', source);
      return found;
    });
    state.throttle.forget(source);
    if (ban === undefined) return undefined;
    state.bans.delete(source);
    await publishNews(ports, { bans: [source] });
    if (firewall !== undefined && !ban.quiet) goesOn(firewall.lift(source));
    return isActive(ban, clock.now()) ? ban : undefined;
  };
