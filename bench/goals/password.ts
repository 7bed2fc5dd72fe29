import { fetchWithBasic, fetchWithDigest } from '../clients/digest.ts';
import {
  anyOf,
  describeRates,
  median,
  perSecond,
  ratioOf,
  runRound,
  takeTurns,
  type Pair,
  type Round,
} from '../measure.ts';
import { officeOf } from '../offices.ts';
import type { PhoneAccess } from '../secrets.ts';
import { CLIENTS, SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { fetchUnchanged } from './http.ts';
import { warmUp, withProduct } from './servers.ts';

type FetchWithPassword = (port: number, phone: PhoneAccess) => Promise<number>;

/** Everybody at the door is asked for credentials; who comes by a URL of his own is not. */
const ASKING = { OFFHOOK_DOORS_LEGACY_HTTPAUTH: 'digest' };

async function withPassword(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  return withProduct(office, ASKING, async (product) => {
    await warmUp(product, office);
    const against = (fetchOne: FetchWithPassword): Promise<readonly Pair<Round>[]> =>
      takeTurns(
        SCALE.rounds,
        () => runRound(SCALE.requests, CLIENTS, () => fetchOne(product.ports.LEGACY, anyOf(office.phones))),
        () => fetchUnchanged(product, office),
      );
    const basic = await against(fetchWithBasic);
    const kept = await against((port, phone) => fetchWithDigest(port, phone, true));
    const anew = await against((port, phone) => fetchWithDigest(port, phone, false));
    const onTwo = `on two connections ${median(anew.map(([round]) => round.perSecond)).toFixed(0)}/s`;
    return [
      { figure: ratioOf(basic, perSecond), detail: describeRates(basic) },
      { figure: ratioOf(kept, perSecond), detail: `${describeRates(kept)}; ${onTwo}` },
    ];
  });
}

export const PASSWORD_GOALS: readonly Goal[] = [
  {
    id: 'G7',
    marks: [
      { title: 'Basic, the phone’s own', unit: '× G1', floor: 0.6, aim: 0.8, sense: 'at_least' },
      { title: 'Digest, 401 and 200 on one connection', unit: '× G1', floor: 0.6, aim: 0.8, sense: 'at_least' },
    ],
    run: withPassword,
  },
];
