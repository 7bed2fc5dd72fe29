import type { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { keepFinding } from './corpus.ts';
import { mutate, randomFrom } from './mutate.ts';
import { secondsOfEach, SEED } from './settings.ts';
import { TARGETS, type Target } from './targets.ts';
import { bytesInUse, millisecondsOf, MOST_MILLISECONDS } from './watch.ts';

// The doors are the one target more.
const SECONDS = secondsOfEach(TARGETS.length + 1);

/** What a run may leave behind: what is compiled, and what the test itself keeps. A parser that keeps its inputs leaves more. */
const MOST_BYTES_LEFT = 8 * 1024 * 1024;

/** What is wrong with how it takes this input; nothing where it is refused or read in time. */
async function stumbles({ parse }: Target, input: Buffer): Promise<string | undefined> {
  try {
    const took = await millisecondsOf(() => parse(input));
    return took < MOST_MILLISECONDS ? undefined : `it takes ${took.toFixed()} ms`;
  } catch (error) {
    return `it throws ${String(error)}`;
  }
}

async function tryInput(target: Target, input: Buffer, tried: string): Promise<void> {
  const trouble = await stumbles(target, input);
  if (trouble === undefined) return;
  const kept = SECONDS > 0 ? ` (kept as ${keepFinding(target.name, input)})` : '';
  expect.fail(`${tried}: ${trouble}${kept}\n${input.toString('base64')}`);
}

for (const target of TARGETS) {
  test(
    `C6 whatever bytes come as ${target.title}, the parser neither throws, nor takes longer than 100 ms, nor keeps them`,
    async () => {
      const random = randomFrom(SEED);
      const seeds = await target.seeds();
      for (const [n, seed] of seeds.entries()) await tryInput(target, seed, `seed ${n + 1}`);
      const end = performance.now() + SECONDS * 1000;
      let before = 0;
      for (let tried = 0; tried < target.inputs || performance.now() < end; tried++) {
        // By now everything is compiled and every table filled.
        if (tried === target.inputs / 10) before = bytesInUse();
        await tryInput(target, mutate(seeds, random, target.maxBytes), `input ${tried}`);
      }
      expect(bytesInUse() - before).toBeLessThan(MOST_BYTES_LEFT);
    },
    60_000 + SECONDS * 2000,
  );
}
