import { fetchOwn } from '../clients/phone.ts';
import { anyOf, median, secondsSince } from '../measure.ts';
import { officeOf, type Office } from '../offices.ts';
import { launchProduct, untilAnswered } from '../product.ts';
import { SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { warmUp, withProduct } from './servers.ts';

/** What the process holds when every phone has fetched. */
async function memoryOf(count: number): Promise<Result> {
  const office = await officeOf(count);
  return withProduct(office, {}, async (product) => {
    const atStart = product.memory('VmRSS');
    await warmUp(product, office);
    const detail = `${atStart.toFixed(0)} MB at the start, at most ${product.memory('VmHWM').toFixed(0)} MB`;
    return { figure: product.memory('VmRSS'), detail };
  });
}

/** From the start of the process until a phone has its file. */
async function secondsToServe(office: Office): Promise<number> {
  const product = launchProduct(office);
  try {
    const phone = anyOf(office.phones);
    await untilAnswered(product, async () => (await fetchOwn(product.ports.LEGACY, phone)) > 0);
    return secondsSince(product.startedAt);
  } finally {
    await product.stop();
  }
}

async function startOf(count: number): Promise<Result> {
  const office = await officeOf(count);
  const seconds: number[] = [];
  for (let round = 0; round < SCALE.rounds; round++) seconds.push(await secondsToServe(office));
  return { figure: median(seconds), detail: `slowest ${Math.max(...seconds).toFixed(2)} s` };
}

const MEMORY = { unit: 'MB', sense: 'at_most' } as const;
const START = { unit: 's', sense: 'at_most' } as const;

export const PROCESS_GOALS: readonly Goal[] = [
  {
    id: 'G12',
    marks: [
      { title: 'resident memory, 10,000 phones have fetched', floor: 200, aim: 150, ...MEMORY },
      { title: 'resident memory, 100,000 phones have fetched', floor: 500, aim: 350, ...MEMORY },
    ],
    run: async () => [await memoryOf(SCALE.usual), await memoryOf(SCALE.large)],
  },
  {
    id: 'G13',
    marks: [
      { title: 'start to first correct answer, 10,000 phones', floor: 2, aim: 1, ...START },
      { title: 'start to first correct answer, 100,000 phones', floor: 5, aim: 2, ...START },
    ],
    run: async () => [await startOf(SCALE.usual), await startOf(SCALE.large)],
  },
];
