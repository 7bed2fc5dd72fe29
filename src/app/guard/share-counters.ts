import { isForgotten } from '../../domain/trust/ban.ts';
import type { Oui } from '../../domain/mac.ts';
import type { Source } from '../../domain/trust/source.ts';
import type { GuardNews } from '../ports.ts';
import type { GuardPorts } from './guard.ts';
import { holdBan, holdDecoys, MOST_BANS } from './load-guard.ts';
import { answerSweep } from './note-miss.ts';
import { publishNews } from './publish-news.ts';

/** News are looked for this far back, since the clocks of two nodes differ and a slow write comes late. */
const LOOK_BACK_MILLISECONDS = 60_000;
const KEEP_NEWS_MILLISECONDS = 2 * LOOK_BACK_MILLISECONDS;
const KEEP_PROVEN_MILLISECONDS = 86_400_000;

/** Nobody is banned for what another node has seen: that node does it, or this one at the next miss. */
function takeCounts(ports: GuardPorts, { misses, macs }: GuardNews, now: Date): void {
  const { state } = ports;
  // `as`: what another node wrote as a source, and below as a maker prefix.
  for (const [source, count] of misses) state.throttle.add(source as Source, count, now);
  for (const [name, count] of macs) {
    const oui = name as Oui;
    answerSweep(ports, state.sweeps.add(oui, count, now), oui, now);
  }
}

async function takeIn(ports: GuardPorts, news: GuardNews, now: Date): Promise<void> {
  takeCounts(ports, news, now);
  for (const source of news.bans) await holdBan(ports, source);
  if (news.decoys) await holdDecoys(ports);
}

/** One turn between this node and the others: a row with what was counted here, if anything was, and what they have written. */
export const shareCounters = (ports: GuardPorts) => async (): Promise<void> => {
  const { store, state, clock, node } = ports;
  const now = clock.now();
  const counted = state.outbox.take();
  if (counted !== undefined) await publishNews(ports, counted);
  await store.guard.noteProven(state.proven.take(), now);
  const since = new Date(now.getTime() - LOOK_BACK_MILLISECONDS);
  for (const { id, at, news } of await store.guard.newsSince(since, node)) {
    if (state.taken.has(id)) continue;
    state.taken.set(id, at);
    await takeIn(ports, news, now);
  }
  for (const [id, at] of state.taken) if (at < since.toISOString()) state.taken.delete(id);
};

/** Forgets what is over: once a minute. */
export const trimGuard = (ports: GuardPorts) => async (): Promise<void> => {
  const { store, state, clock } = ports;
  const now = clock.now();
  state.noted.clear();
  const held = Array.from(state.bans.values(), ({ ban }) => ban).toSorted((a, b) => (a.until < b.until ? -1 : 1));
  const tooMany = held.length - MOST_BANS;
  for (const ban of held.filter((one, place) => place < tooMany || isForgotten(one, now))) {
    state.bans.delete(ban.source);
    await store.platform.bans.remove(ban.id);
  }
  await store.guard.trim({
    news: new Date(now.getTime() - KEEP_NEWS_MILLISECONDS),
    proven: new Date(now.getTime() - KEEP_PROVEN_MILLISECONDS),
    ahead: new Date(now.getTime() + KEEP_NEWS_MILLISECONDS),
  });
};
