import { isRunning, type ResyncAttempt, type ResyncKind } from '../../domain/resync/attempt.ts';
import { explainEnd } from '../../domain/resync/failures.ts';
import type { NotifyEnd } from '../../domain/resync/notify.ts';
import { eventFor, orderFor, ownLines, type NoResync, type NotifiableLine } from '../../domain/resync/plan.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Crypto, SendNotify } from '../ports.ts';
import type { PhoneBundle } from '../serve/phone-bundle.ts';
import type { PhonePath } from '../serve/preview.ts';
import { followAttempt, type FollowPorts } from './follow-attempt.ts';
import { notifiableLines } from './notifiable-lines.ts';
import { noteAttempt, type NoteAttempt } from './note-attempt.ts';
import type { Pace } from './pace.ts';

export interface ResyncPorts extends FollowPorts {
  readonly crypto: Crypto;
  readonly pace: Pace;
  readonly notify: SendNotify;
  readonly loadPhone: (path: PhonePath) => Promise<PhoneBundle | undefined>;
  /** What goes on after the answer, which the process waits for when it ends. */
  readonly goesOn: (work: Promise<void>) => void;
}

export interface ResyncOrder extends PhonePath {
  readonly kind: ResyncKind;
  readonly by: string;
}

export type ResyncPhone = (order: ResyncOrder) => Promise<Result<ResyncAttempt, NoResync>>;

interface Message {
  readonly bundle: PhoneBundle;
  readonly event: string;
  readonly lines: readonly NotifiableLine[];
}

/** What is to be sent, by which lines; or why there is nothing to send. */
async function composeMessage(
  { store }: ResyncPorts,
  bundle: PhoneBundle,
  kind: ResyncKind,
): Promise<Result<Message, NoResync>> {
  const event = eventFor(bundle.driver.resync.events, kind);
  if (event === undefined) return err({ kind: 'no_event', wanted: kind });
  const lines = ownLines(await notifiableLines(bundle, store.tenant(bundle.tenant.id)));
  return 'kind' in lines ? err(lines) : ok({ bundle, event, lines });
}

/** The line is not registered: another one of the phone may be (S2.5). */
const isNotThere = (end: NotifyEnd): boolean => end.kind === 'refused' && [404, 408, 410, 480].includes(end.status);

/** Tells the phone by its first line that is registered. */
async function tell(
  { notify, pace, clock }: ResyncPorts,
  { bundle, event, lines }: Message,
  note: NoteAttempt,
): Promise<NotifyEnd | undefined> {
  const { sip, domains } = bundle.tenant;
  const known = { domains, vendorRealms: bundle.driver.resync.challenge.realms ?? [] };
  let end: NotifyEnd | undefined;
  for (const line of lines) {
    const order = orderFor(line, event, sip ?? { realms: [] }, known);
    await pace.turn(order.server.host);
    const sent = clock.now().toISOString();
    const about = { extension: line.extension, server: order.server.host };
    if ((await note((before) => ({ ...before, ...about, done: { sent } }))) === undefined) return undefined;
    const report = await notify(order);
    end = report.end;
    await note((before) => ({ ...before, answers: [...before.answers, ...report.answers] }));
    if (!isNotThere(end)) return end;
  }
  return end;
}

/** Sends, writes down how that ended, and looks whether the phone comes. */
async function carryOut(ports: ResyncPorts, message: Message, path: PhonePath, id: string): Promise<void> {
  const note = noteAttempt(ports.store, path, id);
  const end = await tell(ports, message, note);
  if (end === undefined) return;
  const at = ports.clock.now().toISOString();
  const attempt = await note((before) =>
    end.kind === 'accepted'
      ? { ...before, done: { ...before.done, answered: at } }
      : { ...before, failure: { step: 'answered', at, ...explainEnd(end) } },
  );
  if (attempt !== undefined) await followAttempt(ports, path, attempt, note);
}

/**
 * Tells a phone to come back, and goes on to look whether it does. A phone that is just being told is not told twice: that
 * attempt is the answer. Resolves as soon as the attempt is written down.
 */
export const resyncPhone =
  (ports: ResyncPorts): ResyncPhone =>
  async ({ tenant, phone, kind, by }) => {
    const path = { tenant, phone };
    const bundle = await ports.loadPhone(path);
    const message =
      bundle === undefined ? err({ kind: 'no_line' } as const) : await composeMessage(ports, bundle, kind);
    if (!message.ok) return message;
    const [line] = message.value.lines;
    const now = ports.clock.now();
    const fresh: ResyncAttempt = {
      id: ports.crypto.id(),
      kind,
      at: now.toISOString(),
      by,
      event: message.value.event,
      extension: line?.extension ?? '',
      server: line?.serverHost ?? '',
      answers: [],
      done: {},
    };
    const state = await ports.store.tenant(tenant).phones.updateState(phone, (before) => {
      const isBeingTold = before.resync !== undefined && isRunning(before.resync, now);
      return isBeingTold ? before : { ...before, resync: fresh };
    });
    const attempt = state.resync ?? fresh;
    if (attempt.id === fresh.id) ports.goesOn(carryOut(ports, message.value, path, fresh.id));
    return ok(attempt);
  };
