import { sourceOf } from '../../domain/trust/source.ts';
import { ouiOf, type Mac } from '../../domain/mac.ts';
import type { Outcome, PhoneRequest } from '../serve/outcome.ts';
import type { Findings } from '../serve/record.ts';
import { conductOf } from './conduct.ts';
import { activeBan, type GuardPorts } from './guard.ts';
import { noteDecoy } from './note-decoy.ts';
import { noteMiss } from './note-miss.ts';
import { noteWrongPassword } from './password-lock.ts';
import { shutOut, type ShutOut } from './shut-out.ts';

/** Keeps scanners out, as the story of a request calls it. All of it is memory: nothing waits for the store. */
export interface Gatekeeper {
  /** Whether this request gets nothing without proof for now. */
  shutOut(request: PhoneRequest): ShutOut | undefined;
  /** Learns from one answered request. Gives back what is to be kept of it, or nothing where enough of its kind was kept. */
  note(request: PhoneRequest, outcome: Outcome['kind'], findings: Findings): Findings | undefined;
}

/** Most sources of which a request that was turned away is kept, each minute. */
const MOST_NOTED = 1_000;

/** One request that was turned away, of each source and minute, is enough for the journal: a flood must not wash out the rest. */
function isWorthKeeping({ state }: GuardPorts, { address, at }: PhoneRequest): boolean {
  const source = sourceOf(address);
  const known = activeBan(state, source, at);
  if (known !== undefined) known.turnedAway += 1;
  state.counts.turnedAway += 1;
  if (state.noted.has(source) || state.noted.size >= MOST_NOTED) return false;
  state.noted.add(source);
  return true;
}

/** A phone has proven itself: where it is, and that its earlier requests without proof were no guesses. */
function noteProof({ state }: GuardPorts, { address, at }: PhoneRequest, mac: Mac | undefined): void {
  const source = sourceOf(address);
  state.proven.note(source, at);
  if (mac === undefined || state.throttle.size === 0 || !state.throttle.forgive(source, mac)) return;
  state.sweeps.forgive(mac, source);
  state.outbox.forgive(source, ouiOf(mac));
}

/** What is to be noted of the request beside what was found out: that it was the one too many of a sweep, or touched a decoy. */
function alarmOf(
  ports: GuardPorts,
  request: PhoneRequest,
  outcome: Outcome['kind'],
  findings: Findings,
): 'sweep' | 'decoy_touched' | undefined {
  const conduct = conductOf(request, outcome, findings);
  if (conduct.kind === 'proven') {
    noteProof(ports, request, conduct.mac);
    return undefined;
  }
  const decoy = noteDecoy(ports, request, findings);
  if (decoy !== undefined || conduct.kind === 'harmless') return decoy;
  if (conduct.password) noteWrongPassword(ports, request);
  const { address, door, at } = request;
  // Datagrams have no connection: whose address stands in one has perhaps never sent it.
  return noteMiss(ports)({ address, what: conduct.what, mac: conduct.mac, connected: door !== 'tftp', at });
}

export const gatekeeper = (ports: GuardPorts): Gatekeeper => ({
  shutOut: (request) => shutOut(ports, request),
  note: (request, outcome, findings) => {
    const event = alarmOf(ports, request, outcome, findings);
    const kept = event === undefined ? findings : { ...findings, event };
    if (outcome !== 'throttled') return kept;
    return isWorthKeeping(ports, request) || event !== undefined ? kept : undefined;
  },
});
