import type { GuardNews } from '../ports.ts';
import type { GuardPorts } from './guard.ts';

const NO_NEWS: GuardNews = { misses: [], macs: [], bans: [], decoys: false };

/** Tells the other nodes now. */
export async function publishNews(
  { store, crypto, clock, node }: Pick<GuardPorts, 'store' | 'crypto' | 'clock' | 'node'>,
  news: Partial<GuardNews>,
): Promise<void> {
  await store.guard.publish(crypto.id(), node, clock.now(), { ...NO_NEWS, ...news });
}
