import type { GuardBoard } from '../../app/ports.ts';
import type { World } from './state.ts';

/** Where the guards of nodes meet that share one memory store, as tests make them. */
export const memoryGuard = (world: World): GuardBoard => ({
  publish: (id, node, at, news) =>
    world.write((state) => {
      if (state.news.every((known) => known.id !== id))
        state.news = [...state.news, { id, node, at: at.toISOString(), news }];
    }),
  newsSince: (at, node) =>
    Promise.resolve(
      world
        .state()
        .news.filter((known) => known.at > at.toISOString() && known.node !== node)
        .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    ),
  noteProven: (sources, at) =>
    world.write((state) => {
      state.proven = new Map([...state.proven, ...sources.map((source) => [source, at.toISOString()] as const)]);
    }),
  provenAt: (source) => Promise.resolve(world.state().proven.get(source)),
  trim: (before) =>
    world.write((state) => {
      state.news = state.news.filter(({ at }) => at >= before.news.toISOString() && at <= before.ahead.toISOString());
      state.proven = new Map(Array.from(state.proven).filter(([, at]) => at >= before.proven.toISOString()));
    }),
});
