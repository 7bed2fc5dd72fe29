import { without } from '../../domain/fields.ts';
import { admit as admitByTable, type Admission } from '../../domain/trust/admit.ts';
import type { Challenge } from '../../domain/tenant.ts';
import type { ProofKind } from '../../domain/trust/proof.ts';
import type { Gatekeeper } from '../guard/gatekeeper.ts';
import type { ShutOut } from '../guard/shut-out.ts';
import type { Log } from '../ports.ts';
import { chooseContent, type ChoosePorts } from './choose-content.ts';
import { challengesFor } from './http-credentials.ts';
import { recognise, type Recognised } from './identify.ts';
import type { PhoneRequest, ServeFile } from './outcome.ts';
import { produce, type Produced, type ProducePorts } from './produce.ts';
import { prove, type ProvePorts, type Standing } from './prove.ts';
import { recordOf, type Findings, type RecordSink } from './record.ts';

export interface ServePorts extends ChoosePorts, ProducePorts, ProvePorts {
  readonly log: Log;
  readonly guard: Gatekeeper;
  readonly records: RecordSink;
  /** Takes what goes on after an answer, so that the end of the process can wait for it. */
  readonly goesOn: (work: Promise<void>) => void;
}

const admit = (request: PhoneRequest, { known, proofs }: Standing): Admission =>
  admitByTable({
    door: request.door,
    secure: request.secure,
    address: request.address,
    now: request.at,
    proofs,
    subject:
      known === undefined
        ? undefined
        : {
            tenant: known.tenant.id,
            phone: known.phone.id,
            blocked: known.phone.blocked,
            lowered: known.tenant.policy.lowered,
            window: known.phone.window,
          },
  });

/**
 * Whether somebody of ours shows himself: under a tenant's prefix with its credentials, whatever the name; elsewhere as the very
 * phone that is asked for, or its tenant, where nothing speaks against it. A blocked phone's right password counts as a wrong one,
 * or the answer would tell its MAC from an unknown one.
 */
function showsItself({ recognised, known, prefixTenant, proofs }: Standing): boolean {
  const byTenant = proofs.some((proof) => proof.kind === 'tenant_password');
  if (byTenant && prefixTenant !== undefined) return true;
  if (known === undefined || known.phone.blocked || recognised.identity.conflict !== undefined) return false;
  return byTenant || proofs.some((proof) => 'phone' in proof && proof.phone === known.phone.id);
}

/** What an administrator should look at: somebody showed the proof of one phone and asked for another's file. */
function eventOf({ known, proofs }: Standing): string | undefined {
  const foreign =
    known !== undefined &&
    proofs.some(
      (proof) =>
        ('phone' in proof && proof.phone !== known.phone.id) ||
        (proof.kind === 'tenant_token' && proof.tenant !== known.tenant.id),
    );
  return foreign ? 'foreign_proof' : undefined;
}

interface Told extends Produced {
  readonly findings: Findings;
}

const refuse = (findings: Findings): Told => ({ outcome: { kind: 'not_found' }, gaps: 0, findings });

function challenge(ports: ServePorts, request: PhoneRequest, scheme: Challenge, found: Findings): Told {
  const challenges = challengesFor(ports, scheme, request.at, found.standing?.staleNonce === true);
  return {
    outcome: { kind: 'challenge', challenges },
    gaps: 0,
    findings: { ...found, reason: found.reason ?? 'credentials are asked for here' },
  };
}

/** Two clues name different phones: nobody is outvoted, nobody is served (E11). */
function contradiction({ identity }: Recognised): Pick<Findings, 'reason' | 'event'> | undefined {
  if (identity.conflict === undefined) return undefined;
  const [one, other] = identity.conflict.between;
  return { reason: `${one} contradicts ${other}`, event: 'identity_conflict' };
}

/** Who has to wait and shows nothing by which he could be known need not be looked up. */
function showsNothing({ httpAuth }: ServePorts, request: PhoneRequest, { passwordLocked }: ShutOut): boolean {
  if (request.prefix.kind !== 'none' || request.certificate !== undefined) return false;
  return request.authorization === undefined ? httpAuth[request.door] === undefined : passwordLocked;
}

/** The request without the password, where that is not looked at. */
const asHeard = (request: PhoneRequest, shut: ShutOut | undefined): PhoneRequest =>
  shut?.passwordLocked === true ? without(request, 'authorization') : request;

/** A phone that knows its password shows it only after it was asked for it, so it is asked even now. */
const mustWait = (request: PhoneRequest, standing: Standing): boolean =>
  (standing.challenge === undefined || request.authorization !== undefined) && admit(request, standing).level < 2;

const turnAway = ({ why, retryAfterSeconds }: ShutOut, found: Findings): Told => ({
  outcome: { kind: 'throttled', retryAfterSeconds },
  gaps: 0,
  findings: { ...found, reason: `has to wait: ${why}` },
});

/** The story: who asks, may they, what do they get. */
async function tell(ports: ServePorts, request: PhoneRequest): Promise<Told> {
  const recognised = recognise(request);
  const shut = ports.guard.shutOut(request);
  if (shut !== undefined && showsNothing(ports, request, shut)) return turnAway(shut, { recognised });
  const standing = await prove(ports, asHeard(request, shut), recognised);
  const conflict = contradiction(recognised);
  // A proof of another phone weighs more than clues that contradict each other: it is somebody's key.
  const event = eventOf(standing) ?? conflict?.event;
  const found: Findings = { recognised, standing, reason: conflict?.reason, event };
  if (shut !== undefined && mustWait(request, standing)) return turnAway(shut, found);
  if (standing.challenge !== undefined && !showsItself(standing))
    return challenge(ports, request, standing.challenge, found);
  if (conflict !== undefined) return refuse(found);
  const admission = admit(request, standing);
  const choice = await chooseContent(ports, request, standing, admission);
  const { outcome, gaps, whenComplete } = await produce(ports, request, standing, choice);
  const { reason } = found;
  return { outcome, gaps, whenComplete, findings: { recognised, standing, reason, event, admission, choice, gaps } };
}

const PASSWORDS: readonly ProofKind[] = ['phone_password', 'tenant_password'];

/** Many guesses at once must not slip past the limit together: those that were answered meanwhile have been counted by now. */
function lookAgain(ports: ServePorts, request: PhoneRequest, told: Told): Told {
  const { recognised, standing } = told.findings;
  const shut = ports.guard.shutOut(request);
  if (shut === undefined || recognised === undefined || standing === undefined) return told;
  const proofs = shut.passwordLocked
    ? standing.proofs.filter((proof) => !PASSWORDS.includes(proof.kind))
    : standing.proofs;
  return mustWait(request, { ...standing, proofs }) ? turnAway(shut, { recognised, standing }) : told;
}

/** Seconds after which a phone may ask again when the store cannot be read. */
const RETRY_AFTER_SECONDS = 30;

function unavailable({ log }: ServePorts, request: PhoneRequest, error: unknown): Told {
  log.error('serve_failed', {
    request: request.requestId,
    door: request.door,
    reason: error instanceof Error ? error.message : 'unknown',
  });
  return {
    outcome: { kind: 'unavailable', retryAfterSeconds: RETRY_AFTER_SECONDS },
    gaps: 0,
    findings: { reason: 'the store could not be read or written' },
  };
}

async function noteCompletion({ log }: ServePorts, request: PhoneRequest, noted: Promise<void>): Promise<void> {
  try {
    await noted;
  } catch (error) {
    log.error('note_served_failed', {
      request: request.requestId,
      reason: error instanceof Error ? error.message : 'unknown',
    });
  }
}

/** Answers one request of a phone or a stranger, at whichever door. Never rejects. */
export const serveFile =
  (ports: ServePorts): ServeFile =>
  async (request) => {
    let story: Told;
    try {
      story = await tell(ports, request);
    } catch (error) {
      story = unavailable(ports, request, error);
    }
    const told = lookAgain(ports, request, story);
    const { outcome, whenComplete } = told;
    const findings = ports.guard.note(request, outcome.kind, told.findings);
    // Whether a MAC is ours must not show in the time it takes to refuse it (E3), nor whether one in a user name is.
    const { admission, standing } = told.findings;
    if ((admission?.level ?? 0) === 0 || standing?.otherUser === true) await standing?.even;
    // Spread last, which V8 does ten times as fast.
    return {
      onTransfer: (transfer) => {
        if (findings !== undefined)
          ports.records.add(recordOf(ports.crypto, request, outcome.kind, findings, transfer));
        if (transfer.completed && whenComplete !== undefined)
          ports.goesOn(noteCompletion(ports, request, whenComplete(transfer)));
      },
      ...outcome,
    };
  };
