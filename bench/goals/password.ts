import { challengesFor, DigestPhones, fetchChallenged, fetchWithBasic } from '../clients/digest.ts';
import { requireOwn } from '../clients/phone.ts';
import { anyOf, describeRates, perSecond, ratioOf, runRound, takeTurns, type Round } from '../measure.ts';
import { officeOf, type Office } from '../offices.ts';
import type { RunningProduct } from '../product.ts';
import type { PhoneAccess } from '../secrets.ts';
import { CLIENTS, SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { fetchUnchanged } from './http.ts';
import { warmUp, withProduct, withRaw } from './servers.ts';

type Fetch = (port: number, phone: PhoneAccess) => Promise<unknown>;

/** Everybody at the door is asked for credentials; who comes by a URL of his own is not. */
const ASKING = { OFFHOOK_DOORS_LEGACY_HTTPAUTH: 'digest' };

const fetchOwnChallenged = async (port: number, phone: PhoneAccess): Promise<number> =>
  requireOwn(phone, await fetchChallenged(port, phone));

const roundOf = (fetchOne: Fetch, port: number, { phones }: Office): Promise<Round> =>
  runRound(SCALE.requests, CLIENTS, () => fetchOne(port, anyOf(phones)));

async function over(ours: () => Promise<Round>, other: () => Promise<Round>): Promise<Result> {
  const pairs = await takeTurns(SCALE.rounds, ours, other);
  return { figure: ratioOf(pairs, perSecond), detail: describeRates(pairs) };
}

/** Two exchanges on one connection, over bare Node's two, which asks with the same challenges. */
async function challengedOverRaw({ ports }: RunningProduct, office: Office): Promise<Result> {
  const phone = anyOf(office.phones);
  const size = await fetchWithBasic(ports.LEGACY, phone);
  const challenges = await challengesFor(ports.LEGACY, phone);
  return withRaw('raw-http.js', { size, challenges }, (rawPort) =>
    over(
      () => roundOf(fetchOwnChallenged, ports.LEGACY, office),
      () => roundOf(fetchChallenged, rawPort, office),
    ),
  );
}

async function withPassword(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  return withProduct(office, ASKING, async (product) => {
    const digestPhones = new DigestPhones();
    const fetchWithNonce = (port: number, phone: PhoneAccess): Promise<number> => digestPhones.fetch(port, phone);
    await warmUp(product, office);
    await warmUp(product, office, fetchWithNonce);
    const overUnchanged = (fetchOne: Fetch): Promise<Result> =>
      over(
        () => roundOf(fetchOne, product.ports.LEGACY, office),
        () => fetchUnchanged(product, office),
      );
    const digest = await overUnchanged(fetchWithNonce);
    const challenged = await overUnchanged(fetchOwnChallenged);
    return [
      await overUnchanged(fetchWithBasic),
      { ...digest, detail: `${digest.detail}; challenged each time ${challenged.figure.toFixed(2)}` },
      await challengedOverRaw(product, office),
    ];
  });
}

export const PASSWORD_GOALS: readonly Goal[] = [
  {
    id: 'G7',
    marks: [
      { title: 'Basic, the phone’s own', unit: '× G1', floor: 0.6, aim: 0.8, sense: 'at_least' },
      { title: 'Digest, with the nonce of the file before', unit: '× G1', floor: 0.6, aim: 0.8, sense: 'at_least' },
      // No goal of the design: bare Node itself has 0.77 of its own rate with two exchanges (ADR 0017).
      { title: 'Digest, 401 and 200 on one connection', unit: '× bare Node', floor: 0.4, aim: 0.5, sense: 'at_least' },
    ],
    run: withPassword,
  },
];
