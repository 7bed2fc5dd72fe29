import type { Resync } from '../../../api/contract.ts';
import { count, moment, printable, table } from '../../text.ts';

type Step = Resync['steps'][number];

/** What each step is, done and not. */
const WORDS: Readonly<Record<Step['step'], readonly [done: string, otherwise: string]>> = {
  sent: ['sent', 'to be sent'],
  answered: ['accepted', 'to be accepted'],
  fetched: ['fetched its configuration', 'to fetch its configuration'],
  up_to_date: ['has what it should have', 'to have what it should have'],
};

const answersOf = ({ answers }: Resync): string => (answers.length === 0 ? '' : ` (answers: ${answers.join(', ')})`);

const AWAITED = 'awaited'.padEnd('2026-12-01 12:00:00'.length);

function lineOf(resync: Resync, { step, state, at, before }: Step): string {
  const [done, otherwise] = WORDS[step];
  const more = step === 'answered' ? answersOf(resync) : '';
  if (state === 'done') return `  ${moment(at) ?? ''}  ${done}${more}\n`;
  if (state === 'failed') return `  ${moment(at) ?? ''}  failed ${otherwise}${more}\n`;
  return state === 'awaited' ? `  ${AWAITED}  ${otherwise}, before ${moment(before) ?? ''}\n` : '';
}

/** One attempt, step by step. */
export const showOne =
  (named: string) =>
  (resync: Resync): string => {
    const { event, extension, server, steps, why, next } = resync;
    const head = `${printable(named)}: ${printable(event)} to extension ${printable(extension)} by ${printable(server)}\n`;
    const end = why === undefined ? '' : `\nWhy:  ${printable(why)}\nNext: ${printable(next ?? '')}\n`;
    return head + steps.map((step) => lineOf(resync, step)).join('') + end;
  };

/** A phone that was to be told, and what became of that; without an attempt, why there was none. */
export interface Told {
  readonly phone: string;
  readonly resync?: Resync;
  readonly refused?: string;
}

const isDone = ({ resync }: Told): boolean => resync?.state === 'done';
export const hasFailed = ({ resync, refused }: Told): boolean => refused !== undefined || resync?.state === 'failed';

/** Why a phone did not come, once for all that share the reason. */
function reasonsOf(told: readonly Told[]): readonly (readonly [string, string, string])[] {
  const byReason = new Map<string, string[]>();
  for (const { phone, resync, refused } of told.filter(hasFailed)) {
    const why = refused ?? resync?.why ?? '';
    byReason.set(why, [...(byReason.get(why) ?? []), phone]);
  }
  return Array.from(byReason, ([why, phones]) => {
    const [first = '', ...others] = phones;
    return [String(phones.length), why, others.length === 0 ? first : `${first} and ${String(others.length)} more`];
  });
}

/** What became of many; `left` were not told any more. */
export function showMany(told: readonly Told[], left: number): string {
  const [done, failed] = [told.filter(isDone).length, told.filter(hasFailed).length];
  const stopped =
    left === 0
      ? ''
      : `Stopped: more than a fifth failed. ${count(left, 'phone')} not told; look at the reasons first.\n`;
  const reasons = failed === 0 ? '' : `\n${table(['PHONES', 'WHY', 'WHICH'], reasonsOf(told))}`;
  return `${count(told.length, 'phone')} told: ${String(done)} came and have what they should have, ${String(failed)} failed.\n${stopped}${reasons}`;
}
