import { expect, test } from 'vitest';
import { oui, type Mac } from '../mac.ts';
import { sourceOf } from './source.ts';
import { createSweeps, type SweepNews, type Sweeps } from './sweep.ts';

const START = new Date('2026-03-02T10:00:00Z');
const minutes = (n: number): Date => new Date(START.getTime() + n * 60_000);
const PREFIX = oui('805ec0');

// `as`: the test makes its own MACs.
const mac = (n: number, prefix = '805ec0'): Mac => `${prefix}${n.toString(16).padStart(6, '0')}` as Mac;
const address = (n: number): string => `192.0.2.${String(n)}`;

/** MACs one after the other, from so many addresses in turn. */
function walk(sweeps: Sweeps, macs: number, sources: number, now = START): SweepNews[] {
  return Array.from({ length: macs }, (_, n) => sweeps.note(mac(n), sourceOf(address(n % sources)), now));
}

const begun = (news: readonly SweepNews[]): readonly SweepNews['begun'][] =>
  news.map((one) => one.begun).filter((one) => one !== undefined);

test('a walk through a maker’s prefix is one alarm, whoever does it', () => {
  const news = walk(createSweeps({ macs: 50, windowMinutes: 10 }), 500, 100);
  expect(begun(news)).toEqual([{ oui: PREFIX, macs: 50, sources: 50 }]);
});

test('what was asked for while the clock was ahead is no part of a walk of now', () => {
  const sweeps = createSweeps({ macs: 50, windowMinutes: 10 });
  walk(sweeps, 49, 49, minutes(5_000_000));
  const now = Array.from({ length: 49 }, (_, n) => sweeps.note(mac(1_000 + n), sourceOf(address(n)), START));
  expect(begun(now)).toEqual([]);
});

test('whoever asks for three different MACs in a sweep takes part and is told once; a phone that asks for its own does not', () => {
  const sweeps = createSweeps({ macs: 50, windowMinutes: 10 });
  const phone = sourceOf('198.51.100.1');
  const news = [...walk(sweeps, 30, 10), sweeps.note(mac(9_999), phone, START), ...walk(sweeps, 500, 10)];
  const told = news.flatMap((one) => one.takePart);
  expect(told.toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => sourceOf(address(n))).toSorted());
});

test('phones that prove themselves after they were asked for credentials are no walk, however many there are', () => {
  const sweeps = createSweeps({ macs: 50, windowMinutes: 10 });
  const office = sourceOf(address(1));
  const news = Array.from({ length: 500 }, (_, n) => {
    const one = sweeps.note(mac(n), office, START);
    sweeps.forgive(mac(n), office);
    return one;
  });
  expect(begun(news)).toEqual([]);
  expect(begun(walk(sweeps, 49, 49))).toEqual([]);
  expect(begun([sweeps.note(mac(1_000), office, START)])).toHaveLength(1);
});

test('the same MACs again are no walk, however often phones ask', () => {
  const sweeps = createSweeps({ macs: 50, windowMinutes: 10 });
  for (let round = 0; round < 20; round += 1) expect(begun(walk(sweeps, 49, 49))).toEqual([]);
});

test('makers are counted apart, and what is older than the window is forgotten', () => {
  const sweeps = createSweeps({ macs: 50, windowMinutes: 10 });
  expect(begun(walk(sweeps, 30, 30))).toEqual([]);
  for (let n = 0; n < 30; n += 1)
    expect(sweeps.note(mac(n, '000413'), sourceOf(address(n)), START)).toEqual({ takePart: [] });
  const later = Array.from({ length: 49 }, (_, n) => sweeps.note(mac(100 + n), sourceOf(address(n)), minutes(11)));
  expect(begun(later)).toEqual([]);
  expect(begun([sweeps.note(mac(200), sourceOf(address(1)), minutes(12))])).toHaveLength(1);
});

test('what other nodes count belongs to the same sweep', () => {
  const sweeps = createSweeps({ macs: 50, windowMinutes: 10 });
  walk(sweeps, 30, 5);
  const { begun: alarm, takePart } = sweeps.add(PREFIX, 25, START);
  expect(alarm).toEqual({ oui: PREFIX, macs: 55, sources: 5 });
  expect(takePart).toHaveLength(5);
  expect(sweeps.add(PREFIX, 25, START)).toEqual({ takePart: [] });
});
