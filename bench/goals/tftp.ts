import { pathOf } from '../clients/phone.ts';
import { tftpOnce } from '../clients/tftp.ts';
import { anyOf, describeRates, perSecond, ratioOf, runRound, takeTurns, type Round } from '../measure.ts';
import { officeOf, type Office } from '../offices.ts';
import type { RunningProduct } from '../product.ts';
import type { PhoneAccess } from '../secrets.ts';
import { CLIENTS, MANY_CLIENTS, SCALE } from '../scale.ts';
import type { Goal, Result } from './goal.ts';
import { withProduct, withRaw } from './servers.ts';

interface TftpRound extends Round {
  /** Packets that came or were sent twice. */
  readonly repeated: number;
}

const fileOf = (phone: PhoneAccess): string => pathOf(phone, `${phone.mac}.cfg`);

async function transfers(port: number, clients: number, nextFile: (index: number) => string): Promise<TftpRound> {
  let repeated = 0;
  const round = await runRound(SCALE.transfers, clients, async (index) => {
    repeated += (await tftpOnce(port, nextFile(index))).repeated;
  });
  return { ...round, repeated };
}

const ofAnyPhone =
  ({ phones }: Office) =>
  (): string =>
    fileOf(anyOf(phones));

/** Every phone fetches once by TFTP. */
const warmUp = ({ ports }: RunningProduct, { phones }: Office): Promise<unknown> =>
  runRound(phones.length, CLIENTS, async (index) => {
    const phone = phones[index];
    if (phone !== undefined) await tftpOnce(ports.TFTP, fileOf(phone));
  });

async function unchanged(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  return withProduct(office, {}, async (product) => {
    await warmUp(product, office);
    const { bytes } = await tftpOnce(product.ports.TFTP, ofAnyPhone(office)());
    return withRaw('raw-tftp.js', { size: bytes }, async (rawPort) => {
      const pairs = await takeTurns(
        SCALE.rounds,
        () => transfers(product.ports.TFTP, CLIENTS, ofAnyPhone(office)),
        () => transfers(rawPort, CLIENTS, () => 'x'),
      );
      return [{ figure: ratioOf(pairs, perSecond), detail: `${describeRates(pairs)}; ${bytes} bytes` }];
    });
  });
}

async function manyAtOnce(): Promise<readonly Result[]> {
  const office = await officeOf(SCALE.usual);
  return withProduct(office, {}, async (product) => {
    await warmUp(product, office);
    const pairs = await takeTurns(
      SCALE.rounds,
      () => transfers(product.ports.TFTP, MANY_CLIENTS, ofAnyPhone(office)),
      () => transfers(product.ports.TFTP, CLIENTS, ofAnyPhone(office)),
    );
    const repeated = pairs.flat().reduce((sum, round) => sum + round.repeated, 0);
    return [
      { figure: ratioOf(pairs, perSecond), detail: describeRates(pairs) },
      { figure: repeated, detail: `in ${pairs.length * 2 * SCALE.transfers} transfers` },
    ];
  });
}

export const TFTP_GOALS: readonly Goal[] = [
  {
    id: 'G8',
    marks: [{ title: 'TFTP, 512-byte blocks, 16 at once', unit: '× Rt', floor: 0.6, aim: 0.8, sense: 'at_least' }],
    run: unchanged,
  },
  {
    id: 'G9',
    marks: [
      { title: 'TFTP, 200 at once over 16 at once', unit: '×', floor: 0.8, sense: 'at_least' },
      { title: 'TFTP, packets sent twice', unit: '', floor: 0, sense: 'at_most' },
    ],
    run: manyAtOnce,
  },
];
