import { defined } from '../../domain/defined.ts';
import type { Admission } from '../../domain/trust/admit.ts';
import type { Crypto, RequestRecord } from '../ports.ts';
import type { Choice } from './choose-content.ts';
import type { Recognised } from './identify.ts';
import type { Outcome, PhoneRequest, Transfer } from './outcome.ts';
import type { Standing } from './prove.ts';

/** Takes records off the request's path: kept in memory, written in batches, bounded, never waited for. */
export interface RecordSink {
  add(record: RequestRecord): void;
}

/** What was found out about one request, as far as it got. */
export interface Findings {
  readonly recognised?: Recognised;
  readonly standing?: Standing;
  readonly admission?: Admission;
  readonly choice?: Choice;
  readonly gaps?: number;
  /** Overrides the reason of admission and choice. */
  readonly reason?: string;
  readonly event?: string;
}

/** A token as it may be shown: enough to tell two apart, nothing to use. */
const fingerprintOf = (crypto: Crypto, token: string): string =>
  `${crypto.keyedHash('shown-token', token).slice(0, 8)}…`;

/** The file with its prefix, the token in it replaced; control characters cannot reach a log line. */
function shownFile(crypto: Crypto, { prefix, file }: PhoneRequest): string {
  const shown = file
    .slice(0, 200)
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return prefix.kind === 'none'
    ? shown
    : `${prefix.kind === 'phone' ? 'p' : 't'}/${fingerprintOf(crypto, prefix.token)}/${shown}`;
}

const shownEvidence = (text: string): string => text.slice(0, 200);

function shownProofs(standing: Standing | undefined): string {
  const kinds = standing?.proofs.map((proof) => proof.kind) ?? [];
  return kinds.length === 0 ? 'none' : kinds.join(', ');
}

function reasonOf({ standing, admission, choice, reason }: Findings): string {
  const parts = [reason, choice?.kind === 'refused' ? choice.reason : admission?.reason, ...(standing?.doubts ?? [])];
  return Array.from(new Set(parts.filter((part) => part !== undefined))).join('; ');
}

function decisionOf({ admission, choice }: Findings): string {
  if (choice === undefined) return 'refused';
  return choice.kind === 'config'
    ? `config (${choice.exposure})`
    : choice.kind === 'refused'
      ? `refused (class ${admission?.content ?? 'none'})`
      : choice.kind;
}

const whose = ({ standing }: Findings): Pick<RequestRecord, 'tenant' | 'phone'> =>
  defined({ tenant: (standing?.bundle?.tenant ?? standing?.prefixTenant)?.id, phone: standing?.bundle?.phone.id });

function seems({ recognised }: Findings): Pick<RequestRecord, 'mac' | 'vendor' | 'model' | 'firmware' | 'evidence'> {
  if (recognised === undefined) return { evidence: [] };
  const { mac, vendor, model, firmware, evidence } = recognised.identity;
  return {
    ...defined({ mac, vendor, model: model?.slice(0, 64), firmware: firmware?.text.slice(0, 64) }),
    evidence: evidence.map(shownEvidence),
  };
}

/** One request → its record, once the door knows how the transfer ended. Never a secret value, never a token. */
export function recordOf(
  crypto: Crypto,
  request: PhoneRequest,
  outcome: Outcome['kind'],
  findings: Findings,
  transfer: Transfer,
): RequestRecord {
  return {
    id: request.requestId,
    at: request.at.toISOString(),
    door: request.door,
    address: request.address,
    method: request.method,
    file: shownFile(crypto, request),
    ...whose(findings),
    ...seems(findings),
    proof: shownProofs(findings.standing),
    decision: decisionOf(findings),
    reason: reasonOf(findings),
    outcome,
    gaps: findings.gaps ?? 0,
    bytes: transfer.bytes,
    milliseconds: transfer.milliseconds,
    completed: transfer.completed,
    ...(findings.event === undefined ? {} : { event: findings.event }),
  };
}
