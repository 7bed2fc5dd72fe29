import type { Admission } from '../../domain/trust/admit.ts';
import { TOKEN_PURPOSE, type Crypto, type RequestRecord } from '../ports.ts';
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
  readonly reason?: string | undefined;
  readonly event?: string | undefined;
}

// In ASCII, as all of a record is where nobody sends anything else: V8 needs half the time to write and to read such a text.
/** A token as it may be shown: enough to tell two apart, nothing to use. */
const shortened = (hash: string): string => `${hash.slice(0, 8)}...`;
const fingerprintOf = (crypto: Crypto, token: string): string => shortened(crypto.keyedHash('shown-token', token));

// A phone whose path has a folder too many, or asks at the wrong door, shows its token where no prefix is looked for.
const LOOKS_LIKE_A_TOKEN = /(?<![a-z0-9])[a-z2-7]{32,64}(?![a-z0-9])/gi;

const LONGEST_WORD = 31;

/** Nearly everything that phones send is printable ASCII without a word as long as a token: one look tells. */
function isPlain(text: string): boolean {
  let word = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
    // Digits and letters, and what stands between them in ASCII, which makes words seem longer: then it is looked at twice.
    word = code >= 0x30 && code <= 0x7a ? word + 1 : 0;
    if (word > LONGEST_WORD) return false;
  }
  return true;
}

/** What a stranger sent, as it may be shown: not too long, tokens replaced, and no character that could break or repaint a line. */
const shownText = (crypto: Crypto, text: string, length = 200): string =>
  text.length <= length && isPlain(text) ? text : cleaned(crypto, text, length);

const cleaned = (crypto: Crypto, text: string, length: number): string =>
  text
    .replace(LOOKS_LIKE_A_TOKEN, (token) => fingerprintOf(crypto, token.toLowerCase()))
    .slice(0, length)
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

/** The file with its prefix, the token in it replaced. */
function shownFile(crypto: Crypto, { prefix, file }: PhoneRequest, { standing }: Findings): string {
  const shown = shownText(crypto, file);
  if (prefix.kind === 'none') return shown;
  const token = shortened(standing?.tokenHash ?? crypto.keyedHash(TOKEN_PURPOSE[prefix.kind], prefix.token));
  return `${prefix.kind === 'phone' ? 'p' : 't'}/${token}/${shown}`;
}

function shownProofs(standing: Standing | undefined): string {
  const kinds = standing?.proofs.map((proof) => proof.kind) ?? [];
  return kinds.length === 0 ? 'none' : kinds.join(', ');
}

function reasonOf(crypto: Crypto, { standing, admission, choice, reason }: Findings): string {
  const decided = choice?.kind === 'refused' ? choice.reason : admission?.reason;
  const parts: string[] = [];
  for (const part of [reason, decided, ...(standing?.doubts ?? [])])
    if (part !== undefined && !parts.includes(part)) parts.push(part);
  // A contradiction quotes what the stranger sent.
  return shownText(crypto, parts.join('; '), 600);
}

const CONFIG = { full: 'config (full)', plain: 'config (plain)' } as const;

function decisionOf({ admission, choice }: Findings): string {
  if (choice === undefined) return 'refused';
  return choice.kind === 'config'
    ? CONFIG[choice.exposure]
    : choice.kind === 'refused'
      ? `refused (class ${admission?.content ?? 'none'})`
      : choice.kind;
}

type Seeming = Pick<RequestRecord, 'mac' | 'serial' | 'vendor' | 'model' | 'firmware' | 'evidence'>;

function seems(crypto: Crypto, { recognised }: Findings): Seeming {
  if (recognised === undefined) return { evidence: [] };
  const { mac, serial, vendor, model, firmware, evidence } = recognised.identity;
  return {
    mac,
    serial: serial?.slice(0, 64),
    vendor,
    model: model?.slice(0, 64),
    firmware: firmware?.text.slice(0, 64),
    evidence: evidence.map((text) => shownText(crypto, text)),
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
  const { standing } = findings;
  const { mac, serial, vendor, model, firmware, evidence } = seems(crypto, findings);
  return {
    id: request.requestId,
    at: request.at.toISOString(),
    door: request.door,
    address: request.address,
    method: request.method,
    file: shownFile(crypto, request, findings),
    tenant: (standing?.known?.tenant ?? standing?.prefixTenant)?.id,
    phone: standing?.known?.phone.id,
    mac,
    serial,
    vendor,
    model,
    firmware,
    evidence,
    proof: shownProofs(standing),
    decision: decisionOf(findings),
    reason: reasonOf(crypto, findings),
    outcome,
    gaps: findings.gaps ?? 0,
    bytes: transfer.bytes,
    milliseconds: transfer.milliseconds,
    completed: transfer.completed,
    event: findings.event,
  };
}
