import { expect, test } from 'vitest';
import { MemoryNonceUses } from './nonce-uses.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 1) + seconds * 1000);

test('a count of a nonce is used once, until it is let go', async () => {
  const uses = new MemoryNonceUses('epoch');
  expect(await uses.use('n', '1', at(300))).toBe(true);
  expect(await uses.use('n', '1', at(300))).toBe(false);
  expect(await uses.use('n', '2', at(300))).toBe(true);
  await uses.forget(at(300));
  expect(await uses.use('n', '1', at(300))).toBe(false);
  await uses.forget(at(301));
  expect(await uses.use('n', '1', at(300))).toBe(true);
});

test('when more nonces are used than are remembered, a forgotten one is not good a second time', async () => {
  const uses = new MemoryNonceUses('epoch');
  for (let n = 0; n < 50_010; n += 1) expect(await uses.use(`n${n}`, '1', at(n / 1000))).toBe(true);
  expect(await uses.use('n0', '1', at(0))).toBe(false);
  expect(await uses.use('n9', '1', at(0.009))).toBe(false);
  expect(await uses.use('never used', '1', at(0.005))).toBe(false);
  expect(await uses.use('never used', '1', at(60))).toBe(true);
});
