import { expect, test } from 'vitest';
import { MemoryNonceUses } from './nonce-uses.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 1) + seconds * 1000);

test('a count of a nonce is used once, until it is let go', async () => {
  let elapsed = 0;
  const uses = new MemoryNonceUses('epoch', () => elapsed);
  expect(await uses.use('n', '1', at(300))).toBe(true);
  expect(await uses.use('n', '1', at(300))).toBe(false);
  expect(await uses.use('n', '2', at(300))).toBe(true);
  await uses.forget(at(300));
  expect(await uses.use('n', '1', at(300))).toBe(false);
  elapsed = 400_001;
  await uses.forget(at(300));
  expect(await uses.use('n', '1', at(300))).toBe(false);
  await uses.forget(at(301));
  expect(await uses.use('n', '1', at(300))).toBe(true);
});

test('C3 a nonce that was used is not good again when the clock was years ahead and is back', async () => {
  let elapsed = 0;
  const uses = new MemoryNonceUses('epoch', () => elapsed);
  expect(await uses.use('n', '1', at(300))).toBe(true);
  elapsed = 60_000;
  await uses.forget(at(10 * 365 * 86_400));
  expect(await uses.use('n', '1', at(300))).toBe(false);
});

test('when more nonces are used than are remembered, a forgotten one is not good a second time', async () => {
  const uses = new MemoryNonceUses('epoch', () => 0);
  for (let n = 0; n < 50_010; n += 1) expect(await uses.use(`n${n}`, '1', at(n / 1000))).toBe(true);
  expect(await uses.use('n0', '1', at(0))).toBe(false);
  expect(await uses.use('n9', '1', at(0.009))).toBe(false);
  expect(await uses.use('never used', '1', at(0.005))).toBe(false);
  expect(await uses.use('never used', '1', at(60))).toBe(true);
});
