import type { Actor } from '../access/actor.ts';
import type { GuardPorts } from './guard.ts';
import { holdDecoys } from './load-guard.ts';
import { noteInAudit } from './note-in-audit.ts';
import { publishNews } from './publish-news.ts';

/** Takes a decoy away, by its id or MAC; false where there is none. */
export const removeDecoy =
  (ports: GuardPorts) =>
  async (actor: Actor, name: string): Promise<boolean> => {
    const removed = await ports.store.transaction(async (inside) => {
      const { decoys } = inside.platform;
      const found = (await decoys.byId(name)) ?? (await decoys.byKey(name));
      if (found === undefined) return false;
      await decoys.remove(found.id);
      await noteInAudit(inside, actor, ports.clock.now(), 'decoy.removed', found.mac ?? found.id);
      return true;
    });
    if (!removed) return false;
    await holdDecoys(ports);
    await publishNews(ports, { decoys: true });
    return true;
  };
