import type { PhoneState } from '../../domain/phone.ts';
import { isRunning, MOST_WAIT_SECONDS, type ResyncAttempt, type ResyncKind } from '../../domain/resync/attempt.ts';
import { explainEnd } from '../../domain/resync/failures.ts';
import type { NotifyEnd, NotifyOrder } from '../../domain/resync/notify.ts';
import { eventFor, orderFor, ownLines, type NoResync } from '../../domain/resync/plan.ts';
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

/** The attempt that goes on; `isNew` where this order began it. */
export interface BegunResync {
  readonly attempt: ResyncAttempt;
  readonly isNew: boolean;
}

export type ResyncPhone = (order: ResyncOrder) => Promise<Result<BegunResync, NoResync>>;

/** What is to be sent: one order for each line that the phone has to itself. */
interface Message {
  readonly event: string;
  readonly orders: readonly [Addressed, ...Addressed[]];
}

interface Addressed {
  /** Number of the extension. */
  readonly extension: string;
  readonly order: NotifyOrder;
}

/** What is to be sent, by which lines; or why there is nothing to send. */
async function composeMessage(
  { store }: ResyncPorts,
  { tenant, driver, ...bundle }: PhoneBundle,
  kind: ResyncKind,
): Promise<Result<Message, NoResync>> {
  const { events, challenge } = driver.resync;
  const event = eventFor(events, kind);
  if (event === undefined) return err({ kind: 'no_event', wanted: kind });
  const lines = ownLines(await notifiableLines(bundle, store.tenant(tenant.id)));
  if (!lines.ok) return lines;
  const known = { domains: tenant.domains, vendorRealms: challenge.realms ?? [] };
  const [first, ...others] = lines.value.map((line) => ({
    extension: line.extension,
    order: orderFor(line, event, tenant.sip ?? { realms: [] }, known),
  }));
  return first === undefined ? err({ kind: 'no_line' }) : ok({ event, orders: [first, ...others] });
}

/** The line is not registered: another one of the phone may be (S2.5). */
const isNotThere = (end: NotifyEnd): boolean => end.kind === 'refused' && [404, 408, 410, 480].includes(end.status);

/** Tells the phone by its first line that is registered; the turn for the first is taken already. */
async function tell(
  { notify, pace, clock }: ResyncPorts,
  { orders }: Message,
  firstTurn: Promise<void>,
  note: NoteAttempt,
): Promise<NotifyEnd | undefined> {
  let end: NotifyEnd | undefined;
  for (const { extension, order } of orders) {
    await (end === undefined ? firstTurn : pace.turn(order.server.host));
    const about = { extension, server: order.server.host, done: { sent: clock.now().toISOString() } };
    if ((await note((before) => ({ ...before, ...about }))) === undefined) return undefined;
    const report = await notify(order);
    end = report.end;
    await note((before) => ({ ...before, answers: [...before.answers, ...report.answers] }));
    if (!isNotThere(end)) return end;
  }
  return end;
}

/** Sends, writes down how that ended, and looks whether the phone comes. */
async function carryOut(
  ports: ResyncPorts,
  path: PhonePath,
  id: string,
  send: (note: NoteAttempt) => Promise<NotifyEnd | undefined>,
): Promise<void> {
  const note = noteAttempt(ports.store, path, id);
  const end = await send(note);
  if (end === undefined) return;
  const at = ports.clock.now().toISOString();
  const attempt = await note((before) =>
    end.kind === 'accepted'
      ? { ...before, done: { ...before.done, answered: at } }
      : { ...before, failure: { step: 'answered', at, ...explainEnd(end) } },
  );
  if (attempt !== undefined) await followAttempt(ports, path, attempt, note);
}

const isBeingTold = ({ resync }: PhoneState, now: Date): boolean => resync !== undefined && isRunning(resync, now);

/** Writes the attempt down and goes on with it, unless somebody else was faster: then his is the answer. */
async function begin(
  ports: ResyncPorts,
  { tenant, phone, kind, by }: ResyncOrder,
  message: Message,
): Promise<BegunResync> {
  const [{ extension, order }] = message.orders;
  // Taken before anything is awaited: who asks next finds the queue as it is.
  const turn = ports.pace.turn(order.server.host);
  // Where nobody comes to wait for it, nobody minds when the process ends meanwhile.
  turn.catch(() => undefined);
  const [id, now] = [ports.crypto.id(), ports.clock.now()];
  const about = { kind, by, event: message.event, extension, server: order.server.host };
  const fresh: ResyncAttempt = { id, at: now.toISOString(), ...about, answers: [], done: {} };
  const state = await ports.store
    .tenant(tenant)
    .phones.updateState(phone, (before) => (isBeingTold(before, now) ? before : { ...before, resync: fresh }));
  const attempt = state.resync ?? fresh;
  const isNew = attempt.id === id;
  if (isNew) ports.goesOn(carryOut(ports, { tenant, phone }, id, (note) => tell(ports, message, turn, note)));
  return { attempt, isNew };
}

/**
 * Tells a phone to come back, and goes on to look whether it does. A phone that is just being told is not told twice: that
 * attempt is the answer. Resolves as soon as the attempt is written down.
 */
export const resyncPhone =
  (ports: ResyncPorts): ResyncPhone =>
  async (order) => {
    const bundle = await ports.loadPhone(order);
    if (bundle === undefined) return err({ kind: 'no_line' });
    const { resync } = bundle.state;
    if (resync !== undefined && isRunning(resync, ports.clock.now())) return ok({ attempt: resync, isNew: false });
    const message = await composeMessage(ports, bundle, order.kind);
    if (!message.ok) return message;
    const seconds = ports.pace.waitOf(message.value.orders[0].order.server.host);
    if (seconds > MOST_WAIT_SECONDS) return err({ kind: 'busy', retryAfterSeconds: Math.ceil(seconds / 2) });
    return ok(await begin(ports, order, message.value));
  };
