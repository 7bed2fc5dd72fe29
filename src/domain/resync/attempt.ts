/** What a phone is told: to read its configuration again, to do so and restart, or to restart. */
export const RESYNC_KINDS = ['refetch', 'refetch_and_reboot', 'reboot'] as const;
export type ResyncKind = (typeof RESYNC_KINDS)[number];

/** What has to happen, in this order, until the phone is known to have what it should. */
export const RESYNC_STEPS = ['sent', 'answered', 'fetched', 'up_to_date'] as const;
export type ResyncStepName = (typeof RESYNC_STEPS)[number];

/** Why a step did not come, in words for an administrator, and what may be tried next. */
export interface ResyncFailure {
  readonly step: ResyncStepName;
  readonly at: string;
  readonly why: string;
  readonly next: string;
}

/** One try to bring a phone back; the last one of each phone is kept. Times are ISO 8601. */
export interface ResyncAttempt {
  readonly id: string;
  readonly kind: ResyncKind;
  readonly at: string;
  readonly by: string;
  /** The Event header that was sent. */
  readonly event: string;
  /** Number of the extension whose line was addressed. */
  readonly extension: string;
  /** Where the NOTIFY went: `proxy.example.net`. */
  readonly server: string;
  /** Status of every final answer: `[401, 200]`. */
  readonly answers: readonly number[];
  /** When each step was seen to be done. */
  readonly done: { readonly [Step in ResyncStepName]?: string };
  readonly failure?: ResyncFailure;
}

/**
 * Seconds after the step before. RFC 3261 Timer F ends the second one; a phone that accepts a NOTIFY fetches within two minutes
 * unless it is in a call; the comparison of what it has with what it should have runs by itself every few seconds.
 */
export const STEP_SECONDS: Readonly<Record<ResyncStepName, number>> = {
  sent: 30,
  answered: 35,
  fetched: 120,
  up_to_date: 60,
};

/** Who would have to wait longer for his turn is not taken on (U11): he is told when to come again. */
export const MOST_WAIT_SECONDS = STEP_SECONDS.sent - 5;

export const firstMissing = ({ done }: Pick<ResyncAttempt, 'done'>): ResyncStepName | undefined =>
  RESYNC_STEPS.find((step) => done[step] === undefined);

/** When the step that is waited for should be done at the latest; undefined when nothing is waited for. */
export function deadlineOf(attempt: ResyncAttempt): Date | undefined {
  const step = firstMissing(attempt);
  if (step === undefined || attempt.failure !== undefined) return undefined;
  const before = RESYNC_STEPS[RESYNC_STEPS.indexOf(step) - 1];
  const since = (before === undefined ? undefined : attempt.done[before]) ?? attempt.at;
  return new Date(new Date(since).getTime() + STEP_SECONDS[step] * 1000);
}

/** Whoever looks after a phone writes within a second or two of the deadline that it was missed, unless he is gone himself. */
const SILENCE_SECONDS = 10;

/** Whether it goes on: neither at its end, nor failed, nor left behind by a process that ended or whose clock was ahead. */
export function isRunning(attempt: ResyncAttempt, now: Date): boolean {
  const deadline = deadlineOf(attempt);
  if (deadline === undefined) return false;
  const left = (deadline.getTime() - now.getTime()) / 1000;
  return left > -SILENCE_SECONDS && left <= Math.max(...Object.values(STEP_SECONDS)) + SILENCE_SECONDS;
}
