import { fetchOwn, fetchRaw } from '../clients/phone.ts';
import { anyOf, describeRates, median, p99, perSecond, ratioOf, runRound, takeTurns, type Round } from '../measure.ts';
import { officeOf, type Office } from '../offices.ts';
import type { RunningProduct } from '../product.ts';
import { CLIENTS, MANY_CLIENTS, SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { besideRaw, warmUp, withProduct, withRaw } from './servers.ts';

/** Phones drawn at random fetch what they have already. */
export const fetchUnchanged = (
  { ports }: RunningProduct,
  { phones }: Office,
  clients = CLIENTS,
  requests = SCALE.requests,
): Promise<Round> => runRound(requests, clients, () => fetchOwn(ports.LEGACY, anyOf(phones)));

export const fetchYardstick = (port: number, { phones }: Office, clients = CLIENTS): Promise<Round> =>
  runRound(SCALE.requests, clients, () => fetchRaw(port, anyOf(phones)));

async function unchanged(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  return besideRaw(office, async (product, rawPort) => {
    const pairs = await takeTurns(
      SCALE.rounds,
      () => fetchUnchanged(product, office),
      () => fetchYardstick(rawPort, office),
    );
    return [{ figure: ratioOf(pairs, perSecond), detail: describeRates(pairs) }];
  });
}

/** A process that has rendered nothing yet, asked once by every phone. */
const firstContact = (office: Office): Promise<Round> =>
  withProduct(office, {}, (product) => everyPhoneOnce(product, office));

function everyPhoneOnce({ ports }: RunningProduct, { phones }: Office): Promise<Round> {
  const inAnyOrder = phones
    .map((phone) => ({ phone, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ phone }) => phone);
  return runRound(phones.length, CLIENTS, async (index) => {
    const phone = inAnyOrder[index];
    if (phone !== undefined) await fetchOwn(ports.LEGACY, phone);
  });
}

async function afterColdStart(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  const size = await withProduct(office, {}, (product) => fetchOwn(product.ports.LEGACY, anyOf(office.phones)));
  return withRaw('raw-http.js', { size }, async (rawPort) => {
    const pairs = await takeTurns(
      SCALE.rounds,
      () => firstContact(office),
      () => fetchYardstick(rawPort, office),
    );
    return [{ figure: ratioOf(pairs, perSecond), detail: describeRates(pairs) }];
  });
}

async function flatInPhones(): Promise<readonly Result[]> {
  const [large, small] = [await officeOf(SCALE.large), await officeOf(SCALE.small)];
  return withProduct(large, {}, (ofMany) =>
    withProduct(small, {}, async (ofFew) => {
      await warmUp(ofMany, large);
      await warmUp(ofFew, small);
      const pairs = await takeTurns(
        SCALE.rounds,
        () => fetchUnchanged(ofMany, large),
        () => fetchUnchanged(ofFew, small),
      );
      return [{ figure: ratioOf(pairs, perSecond), detail: describeRates(pairs) }];
    }),
  );
}

async function slowestOf(clients: number, office: Office, product: RunningProduct, rawPort: number): Promise<Result> {
  const pairs = await takeTurns(
    SCALE.rounds,
    () => fetchUnchanged(product, office, clients),
    () => fetchYardstick(rawPort, office, clients),
  );
  const [ours, raw] = [pairs.map(([round]) => p99(round)), pairs.map(([, round]) => p99(round))];
  return {
    figure: ratioOf(pairs, p99),
    detail: `${median(ours).toFixed(1)} ms against ${median(raw).toFixed(1)} ms; ${describeRates(pairs)}`,
  };
}

async function slowest(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  return besideRaw(office, async (product, rawPort) => [
    await slowestOf(CLIENTS, office, product, rawPort),
    await slowestOf(MANY_CLIENTS, office, product, rawPort),
  ]);
}

const RATIO_OF_R = { unit: '× R', sense: 'at_least' } as const;
const P99_OF_R = { unit: '× R', sense: 'at_most' } as const;

export const HTTP_GOALS: readonly Goal[] = [
  {
    id: 'G1',
    marks: [{ title: 'plain HTTP, known phone, unchanged, 16 clients', floor: 0.5, aim: 0.65, ...RATIO_OF_R }],
    run: unchanged,
  },
  {
    id: 'G2',
    marks: [{ title: 'first contact of every phone after a cold start', floor: 0.2, aim: 0.35, ...RATIO_OF_R }],
    run: afterColdStart,
  },
  {
    id: 'G4',
    marks: [{ title: 'G1 at 100,000 phones over G1 at 100', unit: '×', floor: 0.9, aim: 0.97, sense: 'at_least' }],
    run: flatInPhones,
  },
  {
    id: 'G5',
    marks: [
      { title: 'p99 at 16 clients', floor: 2.5, aim: 1.5, ...P99_OF_R },
      { title: 'p99 at 200 clients', floor: 3, aim: 1.5, ...P99_OF_R },
    ],
    run: slowest,
  },
];
