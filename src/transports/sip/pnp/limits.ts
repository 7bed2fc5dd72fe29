import type { Mac } from '../../../domain/mac.ts';
import { isRecent } from '../../../domain/recent.ts';

/** A phone that asks again within two seconds repeats itself. */
const SAME_MAC_MILLISECONDS = 2_000;
/** A building whose power is back: more than that are a storm of one sender (U9). */
const PER_SECOND = 50;
const MOST_REMEMBERED = 4_096;

/** Who may be answered now. Bounded, whatever is asked for. */
export function createPnpLimits(): (mac: Mac, now: Date) => boolean {
  const answered = new Map<Mac, number>();
  let second = 0;
  let count = 0;
  return (mac, now) => {
    const thisSecond = Math.floor(now.getTime() / 1000);
    if (thisSecond !== second) [second, count] = [thisSecond, 0];
    const before = answered.get(mac);
    if (count >= PER_SECOND || (before !== undefined && isRecent(before, now, SAME_MAC_MILLISECONDS))) return false;
    count += 1;
    // The order of the map is that of the answers: the oldest goes first.
    answered.delete(mac);
    if (answered.size >= MOST_REMEMBERED) for (const [oldest] of answered) if (answered.delete(oldest)) break;
    answered.set(mac, now.getTime());
    return true;
  };
}
