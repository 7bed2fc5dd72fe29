import { setTimeout as delay } from 'node:timers/promises';
import type { Phone, Resync } from '../../../api/contract.ts';
import type { Api } from '../../api.ts';
import { problemText } from '../../problem-text.ts';
import { hasFailed, type Told } from './show-resync.ts';

/** Phones that are being told or looked after at the same time. The server paces what is sent; this bounds what may go wrong at once. */
const AT_ONCE = 50;
/** Before so many are at their end, a fifth of them says nothing. */
const FEW = 10;
const MOST_FAILED = 0.2;
const LOOK_EVERY_MILLISECONDS = 1_000;

export type ResyncKind = Resync['kind'];

/** A phone that cannot be told by SIP at all has not failed to come: it is no sign that something is wrong. */
const isBad = (told: Told): boolean => told.refused === undefined && hasFailed(told);

/** More than a fifth of those at their end did not come. */
const goesWrong = (told: readonly Told[]): boolean =>
  told.length >= FEW && told.filter(isBad).length > MOST_FAILED * told.length;

/** Tells one phone and looks until it is at its end. Where too many wait, it comes again when the server says. */
async function tellOne(api: Api, path: readonly string[], phone: string, kind: ResyncKind): Promise<Told> {
  for (;;) {
    const answer = await api.send<Resync>('POST', path, { json: { kind } });
    if (answer.status === 202) return { phone, resync: await untilEnded(api, path, answer.json()) };
    const seconds = Number(answer.headers['retry-after']);
    if (answer.status !== 429 || !(seconds > 0)) return { phone, refused: problemText(answer) };
    await delay(seconds * 1000);
  }
}

/** Looks again until it is at its end, one way or the other. */
export async function untilEnded(api: Api, path: readonly string[], started: Resync): Promise<Resync> {
  let resync = started;
  while (resync.state === 'running') {
    await delay(LOOK_EVERY_MILLISECONDS);
    resync = await api.read<Resync>(path);
  }
  return resync;
}

export interface ManyTold {
  readonly told: readonly Told[];
  /** Not told any more, since too many failed. */
  readonly left: number;
}

/** Tells many phones of a tenant, and stops when more than a fifth of them fail. */
export async function tellMany(
  api: Api,
  tenant: string,
  phones: readonly Phone[],
  kind: ResyncKind,
): Promise<ManyTold> {
  const waiting = phones.map(({ name }) => name);
  const told: Told[] = [];
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      told.push(await tellOne(api, ['tenants', tenant, 'phones', name, 'resync'], name, kind));
      if (goesWrong(told)) return;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { told, left: waiting.length };
}
