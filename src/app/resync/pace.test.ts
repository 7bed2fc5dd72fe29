import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

/** Time goes on only by waiting. */
function paceAt(random: () => number) {
  const world = { now: 0, waited: [] as number[] };
  const pace = createPace({
    clock: { now: () => new Date(world.now) },
    wait: (milliseconds) => {
      world.waited.push(milliseconds);
      return Promise.resolve();
    },
    random,
  });
  return { pace, world };
}

test('turns at one server are a tenth of a second apart on average, and each server has turns of its own', async () => {
  const { pace, world } = paceAt(() => 0.5);
  for (const server of ['a', 'a', 'a', 'b']) await pace.turn(server);
  expect(world.waited).toEqual([100, 200]);
});

test('how long the next one would wait is known, and over when the time has passed', async () => {
  const { pace, world } = paceAt(() => 1);
  for (let turn = 0; turn < 100; turn++) await pace.turn('a');
  expect(pace.waitOf('a')).toBe(15);
  expect(pace.waitOf('b')).toBe(0);
  world.now = 15_000;
  expect(pace.waitOf('a')).toBe(0);
});

test('a turn that was taken while the clock was years ahead keeps nobody waiting', async () => {
  const { pace, world } = paceAt(() => 0.5);
  world.now = 10 * 365 * 86_400_000;
  await pace.turn('a');
  world.now = 0;
  expect(pace.waitOf('a')).toBe(0);
  await pace.turn('a');
  expect(world.waited).toEqual([]);
});
