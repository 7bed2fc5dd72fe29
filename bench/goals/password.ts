import { askOnce, requestText } from '../clients/http.ts';
import { DigestPhones, fetchChallenged, fetchWithBasic } from '../clients/digest.ts';
import { requireOwn, userAgentOf } from '../clients/phone.ts';
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

/** What the door asks with, for the yardstick to ask with the same. */
async function challengesAt(port: number, phone: PhoneAccess): Promise<readonly string[]> {
  const { head } = await askOnce(port, requestText(`/tftpboot/${phone.mac}.cfg`, { userAgent: userAgentOf(phone) }));
  return Array.from(head.matchAll(/^www-authenticate: (.*)$/gim), ([, challenge = '']) => challenge.trim());
}

/** Two exchanges on one connection, over bare Node's two. */
async function challengedOverRaw(product: RunningProduct, { phones }: Office): Promise<Result> {
  const phone = anyOf(phones);
  const size = await fetchWithBasic(product.ports.LEGACY, phone);
  const challenges = await challengesAt(product.ports.LEGACY, phone);
  return withRaw('raw-http.js', { size, challenges }, async (rawPort) => {
    const round = (fetchOne: Fetch, port: number): Promise<Round> =>
      runRound(SCALE.requests, CLIENTS, () => fetchOne(port, anyOf(phones)));
    const pairs = await takeTurns(
      SCALE.rounds,
      () => round(async (port, one) => requireOwn(one, await fetchChallenged(port, one, true)), product.ports.LEGACY),
      () => round((port, one) => fetchChallenged(port, one, true), rawPort),
    );
    return { figure: ratioOf(pairs, perSecond), detail: describeRates(pairs) };
  });
}

async function withPassword(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  return withProduct(office, ASKING, async (product) => {
    await warmUp(product, office);
    const over = async (fetchOne: Fetch): Promise<Result> => {
      const pairs = await takeTurns(
        SCALE.rounds,
        () => runRound(SCALE.requests, CLIENTS, () => fetchOne(product.ports.LEGACY, anyOf(office.phones))),
        () => fetchUnchanged(product, office),
      );
      return { figure: ratioOf(pairs, perSecond), detail: describeRates(pairs) };
    };
    const digestPhones = new DigestPhones();
    await runRound(office.phones.length, CLIENTS, async (index) => {
      const phone = office.phones[index];
      if (phone !== undefined) await digestPhones.fetch(product.ports.LEGACY, phone);
    });
    const digest = await over((port, phone) => digestPhones.fetch(port, phone));
    const challenged = await over((port, phone) => fetchChallenged(port, phone, true));
    return [
      await over(fetchWithBasic),
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
