import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceOf } from './source.ts';
import { createThrottle, type Guess, type Throttle } from './throttle.ts';

const LIMITS = { misses: 30, windowMinutes: 1, missesToBan: 120 };
const START = new Date('2026-03-02T10:00:00Z');
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

const guess = (address: string, what: string, connected = true): Guess => ({
  source: sourceOf(address),
  what,
  connected,
});

let guesses = 0;
/** So many different guesses of one source at once. */
function guessing(throttle: Throttle, address: string, count: number): void {
  for (let n = 0; n < count; n += 1) throttle.miss(guess(address, `guess ${String((guesses += 1))}`), START);
}

const SCANNER = '192.0.2.1';
const waits = (throttle: Throttle, address: string, now = START): number | undefined =>
  throttle.wait(sourceOf(address), now);

test('a source may miss thirty times; then it waits until enough of them are forgiven', () => {
  const throttle = createThrottle(LIMITS);
  guessing(throttle, SCANNER, 29);
  expect(waits(throttle, SCANNER)).toBeUndefined();
  guessing(throttle, SCANNER, 1);
  expect(waits(throttle, SCANNER)).toBe(2);
  expect(waits(throttle, SCANNER, after(3))).toBeUndefined();
  expect(waits(throttle, '192.0.2.2')).toBeUndefined();
});

test('after the clock was set back misses are forgiven as time goes on, not when it is as late again', () => {
  const throttle = createThrottle(LIMITS);
  guessing(throttle, SCANNER, 30);
  const before = (seconds: number): Date => after(seconds - 86_400);
  expect(waits(throttle, SCANNER, before(0))).toBe(2);
  expect(waits(throttle, SCANNER, before(3))).toBeUndefined();
});

test('the same guess again is a phone that repeats itself, and counts once', () => {
  const throttle = createThrottle(LIMITS);
  for (let n = 0; n < 1000; n += 1) throttle.miss(guess(SCANNER, `0004130000${String(n % 10)}`), after(n / 100));
  expect(waits(throttle, SCANNER, after(10))).toBeUndefined();
});

test('who goes on although he was told to wait has missed too often', () => {
  const throttle = createThrottle(LIMITS);
  guessing(throttle, SCANNER, 119);
  expect(throttle.miss(guess(SCANNER, 'the last one'), START)).toBe('too_many');
  throttle.forget(sourceOf(SCANNER));
  expect(waits(throttle, SCANNER)).toBeUndefined();
  expect(throttle.size).toBe(0);
});

test('what is proven afterwards was no miss', () => {
  const throttle = createThrottle(LIMITS);
  for (let n = 0; n < 100; n += 1) {
    throttle.miss(guess(SCANNER, `mac ${String(n)}`), START);
    throttle.forgive(sourceOf(SCANNER), `mac ${String(n)}`);
    // What was never tried is not forgiven either.
    throttle.forgive(sourceOf(SCANNER), 'somebody else');
  }
  expect(waits(throttle, SCANNER)).toBeUndefined();
  guessing(throttle, SCANNER, 29);
  expect(waits(throttle, SCANNER)).toBeUndefined();
  guessing(throttle, SCANNER, 1);
  expect(waits(throttle, SCANNER)).toBeDefined();
});

test('all addresses of an IPv6 network of 64 bits are one source, and so are the spellings of one address', () => {
  const same = ['2001:db8:0:1::1', '2001:db8:0:1:ffff::', '2001:0db8:0000:0001:0:0:0:9', '2001:DB8:0:1::1'];
  expect(new Set(same.map(sourceOf))).toEqual(new Set(['2001:db8:0:1::/64']));
  expect(sourceOf('2001:db8:0:2::1')).not.toBe(sourceOf('2001:db8:0:1::1'));
  expect(sourceOf('::1')).toBe('0:0:0:0::/64');
  expect(sourceOf('fe80::')).toBe('fe80:0:0:0::/64');
  expect(sourceOf('192.0.2.7')).toBe('192.0.2.7');
});

const number = (n: number): string => `${String(n >> 16)}.${String((n >> 8) & 255)}.${String(n & 255)}`;

test('100,000 sources take no more memory than the bound, and the guilty are not forgotten for them', () => {
  const throttle = createThrottle(LIMITS);
  guessing(throttle, SCANNER, 40);
  // Slow, over a connection: not guilty yet, but there.
  guessing(throttle, '192.0.2.2', 10);
  let most = 0;
  for (let n = 0; n < 100_000; n += 1) {
    // Datagrams with forged addresses.
    throttle.miss(guess(`10.${number(n)}`, 'x', false), START);
    most = Math.max(most, throttle.size);
  }
  expect(most).toBeLessThanOrEqual(4_002);
  expect(waits(throttle, SCANNER)).toBeDefined();
  guessing(throttle, '192.0.2.2', 20);
  expect(waits(throttle, '192.0.2.2')).toBeDefined();
  for (let n = 0; n < 100_000; n += 1) throttle.miss(guess(`11.${number(n)}`, 'x'), START);
  expect(throttle.size).toBeLessThanOrEqual(20_000);
  expect(waits(throttle, SCANNER)).toBeDefined();
});

test('however misses come, a source that missed less than the limit never waits, and one that waits may ask after that time', () => {
  const event = fc.record({ what: fc.nat({ max: 60 }), pause: fc.nat({ max: 5_000 }), proves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const throttle = createThrottle(LIMITS);
      let now = START;
      const different = new Set<number>();
      for (const { what, pause, proves } of events) {
        now = new Date(now.getTime() + pause);
        if (proves) throttle.forgive(sourceOf(SCANNER), String(what));
        else {
          throttle.miss(guess(SCANNER, String(what)), now);
          different.add(what);
        }
        const seconds = waits(throttle, SCANNER, now);
        if (!events.some((one) => one.proves) && different.size < LIMITS.misses) expect(seconds).toBeUndefined();
        if (seconds !== undefined)
          expect(waits(throttle, SCANNER, new Date(now.getTime() + seconds * 1000))).toBeUndefined();
      }
    }),
  );
});
