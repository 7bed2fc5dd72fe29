import type { TftpOption, TftpRequest } from './packets.ts';

// RFC 2348 §2: blksize 8..65464. We answer at most 1428 so that a DATA packet fits an unfragmented
// Ethernet frame behind a typical VPN; phones behind some firewalls never see fragments.
const MIN_BLKSIZE = 8;
const OFFERABLE_BLKSIZE = 65464;
export const MAX_BLKSIZE = 1428;
export const DEFAULT_BLKSIZE = 512;

// RFC 2349, "Timeout Interval Option": 1..255 seconds, answered unchanged or not at all. A long one would let a stranger hold
// a transfer open for minutes.
const MAX_TIMEOUT_SECONDS = 10;

// RFC 7440 §3: 1..65535; the server may answer less.
export const MAX_WINDOWSIZE = 16;

/** What the two ends agreed on, and the options to acknowledge; none means that a plain RFC 1350 transfer follows. */
export interface Agreement {
  readonly blksize: number;
  readonly windowsize: number;
  readonly timeoutSeconds: number | undefined;
  readonly acknowledge: readonly TftpOption[];
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

/** The value to acknowledge; undefined leaves the option out, which RFC 2347 means as "no". */
type Answer = (value: string, size: number | undefined) => number | undefined;

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  [
    'blksize',
    (value) => {
      const asked = wholeNumber(value, MIN_BLKSIZE, OFFERABLE_BLKSIZE);
      return asked === undefined ? undefined : Math.min(asked, MAX_BLKSIZE);
    },
  ],
  ['timeout', (value) => wholeNumber(value, 1, MAX_TIMEOUT_SECONDS)],
  [
    'windowsize',
    (value) => {
      const asked = wholeNumber(value, 1, 65535);
      return asked === undefined ? undefined : Math.min(asked, MAX_WINDOWSIZE);
    },
  ],
  // RFC 2349, "Transfer Size Option": 0 in a read request asks for the size.
  ['tsize', (value, size) => (wholeNumber(value, 0, Number.MAX_SAFE_INTEGER) === undefined ? undefined : size)],
]);

/**
 * Decides on the options of a request. One that is unknown, broken or written a second time is left out of the answer
 * (RFC 2347): the phone then goes on without it. `size` is undefined where the size on the wire is not known.
 */
export function agree(request: TftpRequest, size: number | undefined): Agreement {
  const agreed = new Map<string, number>();
  const acknowledge: TftpOption[] = [];
  for (const { name, value } of request.options) {
    const key = name.toLowerCase();
    const answer = agreed.has(key) ? undefined : ANSWERS.get(key)?.(value, size);
    if (answer === undefined) continue;
    agreed.set(key, answer);
    acknowledge.push({ name: key, value: String(answer) });
  }
  return {
    blksize: agreed.get('blksize') ?? DEFAULT_BLKSIZE,
    windowsize: agreed.get('windowsize') ?? 1,
    timeoutSeconds: agreed.get('timeout'),
    acknowledge,
  };
}
