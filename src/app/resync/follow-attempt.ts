import { deadlineOf, firstMissing, isRunning, type ResyncAttempt } from '../../domain/resync/attempt.ts';
import { NOT_FETCHED, NOT_UP_TO_DATE } from '../../domain/resync/failures.ts';
import { stateName } from '../../domain/phone.ts';
import type { PhonePath } from '../serve/preview.ts';
import type { Clock, Store } from '../ports.ts';
import type { NoteAttempt } from './note-attempt.ts';

export interface FollowPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly wait: (milliseconds: number) => Promise<void>;
}

const LOOK_EVERY_MILLISECONDS = 1_000;

/** A phone asks for a dozen files at most when it starts. */
const RECENT_REQUESTS = 30;

/** When it was first given its configuration since `since`, by what the journal says of it, whichever process served it. */
async function fetchedAt(
  { store }: FollowPorts,
  { tenant, phone }: PhonePath,
  since: string,
): Promise<string | undefined> {
  const records = await store.journal.list({ tenant, phone, limit: RECENT_REQUESTS });
  return records
    .filter(({ at, completed, decision, outcome }) => {
      const isGiven = completed && (outcome === 'file' || outcome === 'not_modified');
      return isGiven && at >= since && decision.startsWith('config');
    })
    .at(-1)?.at;
}

async function isUpToDate({ store }: FollowPorts, { tenant, phone }: PhonePath): Promise<boolean> {
  const { phones } = store.tenant(tenant);
  return stateName(await phones.state(phone), await phones.fingerprint(phone)) === 'served';
}

/** What came to be done since the last look. */
async function look(ports: FollowPorts, path: PhonePath, attempt: ResyncAttempt): Promise<ResyncAttempt['done']> {
  const { done } = attempt;
  const fetched = done.fetched ?? (await fetchedAt(ports, path, done.sent ?? attempt.at));
  if (fetched === undefined) return {};
  const isDone = await isUpToDate(ports, path);
  return isDone ? { fetched, up_to_date: ports.clock.now().toISOString() } : { fetched };
}

/** The time for the step is over, or the clock has been set so that it never would be. */
function isOver(attempt: ResyncAttempt, now: Date): boolean {
  const deadline = deadlineOf(attempt);
  return deadline === undefined || now >= deadline || !isRunning(attempt, now);
}

/** Looks whether the phone comes, until it has what it should have or the time for a step is over. */
export async function followAttempt(
  ports: FollowPorts,
  path: PhonePath,
  started: ResyncAttempt,
  note: NoteAttempt,
): Promise<void> {
  let attempt: ResyncAttempt | undefined = started;
  while (attempt !== undefined && attempt.failure === undefined && firstMissing(attempt) !== undefined) {
    await ports.wait(LOOK_EVERY_MILLISECONDS);
    const done = await look(ports, path, attempt);
    if (done.fetched !== attempt.done.fetched || done.up_to_date !== undefined)
      attempt = await note((before) => ({ ...before, done: { ...before.done, ...done } }));
    else if (isOver(attempt, ports.clock.now())) {
      const step = attempt.done.fetched === undefined ? 'fetched' : 'up_to_date';
      const failure = {
        step,
        at: ports.clock.now().toISOString(),
        ...(step === 'fetched' ? NOT_FETCHED : NOT_UP_TO_DATE),
      } as const;
      attempt = await note((before) => ({ ...before, failure }));
    }
  }
}
