import { setTimeout as delay } from 'node:timers/promises';
import { openHalf } from '../clients/half-open.ts';
import { describeRates, median, p99, ratioOf, takeTurns, type Round } from '../measure.ts';
import { officeOf, type Office } from '../offices.ts';
import type { RunningProduct } from '../product.ts';
import { CLIENTS, SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { fetchUnchanged } from './http.ts';
import { warmUp, withProduct } from './servers.ts';

/** Later than this is never. */
const PATIENCE_SECONDS = 90;

const fetchLong = (product: RunningProduct, office: Office): Promise<Round> =>
  fetchUnchanged(product, office, CLIENTS, SCALE.tailRequests);

/** The half-open ones are held for this round alone: the product closes them soon after. */
async function besideHalfOpen(product: RunningProduct, office: Office): Promise<Round> {
  const held = await openHalf(SCALE.halfOpen, product.ports);
  const round = await fetchLong(product, office);
  held.destroy();
  await held.closed;
  return round;
}

async function secondsUntilClosed({ ports }: RunningProduct): Promise<number> {
  const held = await openHalf(SCALE.halfOpen, ports);
  const seconds = await Promise.race([held.closed, delay(PATIENCE_SECONDS * 1000, Infinity, { ref: false })]);
  held.destroy();
  return seconds;
}

async function beside(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  return withProduct(office, {}, async (product) => {
    await warmUp(product, office);
    const pairs = await takeTurns(
      SCALE.rounds,
      () => besideHalfOpen(product, office),
      () => fetchLong(product, office),
    );
    const [held, alone] = [pairs.map(([round]) => p99(round)), pairs.map(([, round]) => p99(round))];
    const slowest = `${median(held).toFixed(1)} ms against ${median(alone).toFixed(1)} ms`;
    return [
      { figure: ratioOf(pairs, p99), detail: `${slowest}; ${describeRates(pairs)}` },
      { figure: await secondsUntilClosed(product), detail: 'silent, half a request, no handshake: a third each' },
    ];
  });
}

export const HALF_OPEN_GOALS: readonly Goal[] = [
  {
    id: 'G16',
    marks: [
      { title: 'p99 beside 1,000 half-open connections over without', unit: '×', floor: 1.5, sense: 'at_most' },
      { title: 'the last half-open one is closed after', unit: 's', floor: 30, sense: 'at_most' },
    ],
    run: beside,
  },
];
