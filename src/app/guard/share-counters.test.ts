import { expect, test } from 'vitest';
import { oui } from '../../domain/mac.ts';
import { sourceOf } from '../../domain/trust/source.ts';
import { createCrypto } from '../../store/crypto.ts';
import { memoryStore } from '../../store/memory/memory-store.ts';
import { localOperator } from '../access/actor.ts';
import { testGuard, type TestGuard } from '../../../test/kit/guard.ts';
import { liftBan } from './lift-ban.ts';
import { noteMiss } from './note-miss.ts';
import { shareCounters } from './share-counters.ts';
import { whyBanned } from './why-banned.ts';

const START = new Date('2026-03-02T10:00:00Z');
const ADDRESS = '192.0.2.1';

function twoNodes(): { readonly one: TestGuard; readonly other: TestGuard } {
  const crypto = createCrypto(Buffer.alloc(32, 7));
  const store = memoryStore({ crypto });
  const clock = { now: () => START };
  return { one: testGuard(store, crypto, clock), other: testGuard(store, crypto, clock) };
}

let guesses = 0;
function miss(guard: TestGuard, count: number): void {
  for (let n = 0; n < count; n += 1)
    noteMiss(guard)({
      address: ADDRESS,
      what: String((guesses += 1)),
      mac: undefined,
      connected: true,
      at: START,
    });
}

const standing = (guard: TestGuard): string => whyBanned(guard)(ADDRESS).kind;

test('misses at two nodes count together, and each is told once', async () => {
  const { one, other } = twoNodes();
  miss(one, 20);
  miss(other, 15);
  expect([standing(one), standing(other)]).toEqual(['welcome', 'welcome']);
  // What was counted waits for one turn before it is told.
  for (const turn of [one, other, one, other, one]) await shareCounters(turn)();
  expect([standing(one), standing(other)]).toEqual(['waits', 'waits']);
  const { one: third, other: fourth } = twoNodes();
  miss(third, 20);
  for (let turn = 0; turn < 5; turn += 1) for (const node of [third, fourth]) await shareCounters(node)();
  expect(standing(fourth)).toBe('welcome');
});

test('what a phone has proven to be no guess is not told to the other node', async () => {
  const { one, other } = twoNodes();
  // Fewer than lead to a ban, which would be told by itself.
  for (let n = 0; n < 100; n += 1) {
    miss(one, 1);
    one.state.outbox.forgive(sourceOf(ADDRESS), oui('805ec0'));
    if (n % 10 === 0) for (const node of [one, other]) await shareCounters(node)();
  }
  for (const node of [one, other, one, other]) await shareCounters(node)();
  expect(standing(other)).toBe('welcome');
});

test('a ban of one node holds at the other after one turn, and is over there when it is lifted here', async () => {
  const { one, other } = twoNodes();
  miss(one, 120);
  await one.finish();
  expect([standing(one), standing(other)]).toEqual(['banned', 'welcome']);
  await shareCounters(other)();
  expect(standing(other)).toBe('banned');
  await liftBan(other)(localOperator, ADDRESS);
  await shareCounters(one)();
  expect([standing(one), standing(other)]).toEqual(['welcome', 'welcome']);
});
