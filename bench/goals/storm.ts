import { askOnce, requestText } from '../clients/http.ts';
import { pathOf, requireOwn, userAgentOf } from '../clients/phone.ts';
import { anyOf, median, perSecond, runRound, takeTurns, type Round } from '../measure.ts';
import { officeOf, type Office } from '../offices.ts';
import type { RunningProduct } from '../product.ts';
import type { PhoneAccess } from '../secrets.ts';
import { MANY_CLIENTS, SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { fetchYardstick } from './http.ts';
import { withProduct, withRaw } from './servers.ts';
import { fetchOwn } from '../clients/phone.ts';

const FILES_EACH = 3;

async function ask(port: number, phone: PhoneAccess, file: string, status: number) {
  const answer = await askOnce(port, requestText(pathOf(phone, file), { userAgent: userAgentOf(phone) }));
  if (answer.status !== status) throw new Error(`${file}: status ${answer.status}, not ${status}`);
  return answer;
}

/** As a T46U boots: its boot file, which there is none of, the model's file, its own. */
async function boot(port: number, phone: PhoneAccess): Promise<void> {
  await ask(port, phone, `${phone.mac}.boot`, 404);
  await ask(port, phone, 'y000000000108.cfg', 200);
  requireOwn(phone, await ask(port, phone, `${phone.mac}.cfg`, 200));
}

/** The power is back, here as well: nothing is rendered yet. Every answer must be the one that its phone is to have. */
const storm = (office: Office): Promise<Round> =>
  withProduct(office, {}, ({ ports }: RunningProduct) =>
    runRound(office.phones.length, MANY_CLIENTS, async (index) => {
      const phone = office.phones[index];
      if (phone !== undefined) await boot(ports.LEGACY, phone);
    }),
  );

async function bootStorm(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  const size = await withProduct(office, {}, ({ ports }) => fetchOwn(ports.LEGACY, anyOf(office.phones)));
  return withRaw('raw-http.js', { size }, async (rawPort) => {
    const pairs = await takeTurns(
      SCALE.rounds,
      () => storm(office),
      () => fetchYardstick(rawPort, office),
    );
    const count = office.phones.length;
    const ratios = pairs.map(([ours, raw]) => count / ours.perSecond / ((count * FILES_EACH) / raw.perSecond));
    const seconds = median(pairs.map(([ours]) => count / ours.perSecond)).toFixed(1);
    const rate = median(pairs.map(([, raw]) => perSecond(raw))).toFixed(0);
    const slowest = median(pairs.map(([ours]) => ours.p99Milliseconds)).toFixed(0);
    const client = median(pairs.map(([ours]) => ours.clientCores)).toFixed(2);
    return [
      {
        figure: median(ratios),
        detail: `last phone served after ${seconds} s, none refused; p99 of three files ${slowest} ms; R ${rate}/s; client ${client} of a core`,
      },
    ];
  });
}

export const STORM_GOALS: readonly Goal[] = [
  {
    id: 'G14',
    marks: [
      { title: 'boot storm, three files each, 200 clients', unit: '× 30,000/R', floor: 3, aim: 2, sense: 'at_most' },
    ],
    run: bootStorm,
  },
];
