import { apiClient } from '../clients/api.ts';
import { macOf, TENANT } from '../company.ts';
import { durableWritesPerSecond } from '../disk.ts';
import { describeRates, median, perSecond, ratioOf, runRound, takeTurns, type Round } from '../measure.ts';
import { officeOf, withCopy, type Office } from '../offices.ts';
import { CLIENTS, SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { withProduct } from './servers.ts';

/** The first MAC that no prepared company has. */
const FIRST_NEW = 0x400000;

type CreateMany = (count: number, atOnce: number) => Promise<Round>;

/** A program that creates phones of two lines, one with each call; its connections stay open for a round. */
async function withCreator<T>(office: Office, work: (create: CreateMany) => Promise<T>): Promise<T> {
  return withProduct(office, {}, ({ ports }) => {
    let made = 0;
    const nextPhone = (): object => {
      const n = made++;
      const lines = office.spares.slice(n * 2, n * 2 + 2);
      return { mac: macOf(FIRST_NEW + n), vendor: 'yealink', model: 'T46U', template: 'desk', lines };
    };
    return work(async (count, atOnce) => {
      const api = apiClient(ports.ADMIN, office.apiToken);
      try {
        return await runRound(count, atOnce, () => api.post(`/tenants/${TENANT}/phones`, nextPhone()));
      } finally {
        api.close();
      }
    });
  });
}

/** As many as a program has created after some seconds: what is compiled by then is what creates ten thousand. */
const WARM_UP = 1_500;

interface CreateRound {
  readonly alone: Round;
  readonly together: Round;
  readonly disk: number;
}

async function round(create: CreateMany, { dataDir }: Office): Promise<CreateRound> {
  return {
    disk: durableWritesPerSecond(dataDir),
    alone: await create(Math.ceil(SCALE.created / 3), 1),
    together: await create(SCALE.created, CLIENTS),
  };
}

/** Of the rate at which the disk makes anything durable. */
const DISK_SHARE = 0.13;
const FLOOR = 1_000;

async function createPhones(): Promise<readonly Result[]> {
  const [large, small] = [await officeOf(SCALE.large), await officeOf(SCALE.small)];
  const pairs = await withCopy(large, (manyPhones) =>
    withCopy(small, (fewPhones) =>
      withCreator(manyPhones, (createInMany) =>
        withCreator(fewPhones, async (createInFew) => {
          for (const create of [createInMany, createInFew]) await create(WARM_UP, CLIENTS);
          return takeTurns(
            SCALE.rounds,
            () => round(createInMany, manyPhones),
            () => round(createInFew, fewPhones),
          );
        }),
      ),
    ),
  );
  const among = pairs.map(([many]) => many);
  const disk = median(pairs.flat().map((one) => one.disk));
  const alone = median(among.map((one) => one.alone.perSecond)).toFixed(0);
  const together = pairs.map(([many, few]) => [many.together, few.together] as const);
  return [
    {
      figure: median(among.map((one) => one.together.perSecond)),
      floor: Math.min(FLOOR, DISK_SHARE * disk),
      detail: `one at a time ${alone}/s; this disk does ${disk.toFixed(0)} durable writes/s`,
    },
    { figure: ratioOf(together, perSecond), detail: describeRates(together) },
  ];
}

export const CREATE_GOALS: readonly Goal[] = [
  {
    id: 'G10',
    marks: [
      { title: 'one REST call creates a phone, 16 at once', unit: '/s', floor: FLOOR, aim: 2_000, sense: 'at_least' },
      { title: 'the same at 100,000 phones over at 100', unit: '×', floor: 0.8, sense: 'at_least' },
    ],
    run: createPhones,
  },
];
