import type { PhoneId, TenantId } from '../ids.ts';
import { CONTENT_CLASSES, type ContentClass, type LoweredRule, type PhoneDoor } from '../tenant.ts';
import { isInAny } from './network.ts';
import { contradict, levelOf, strongestFor, type Proof, type ProofLevel } from './proof.ts';

/** The level each class of content needs where nothing was lowered. `full` needs TLS as well. */
export const CLASS_NEEDS = { public: 0, waiting: 1, plain: 2, full: 3 } as const satisfies Record<
  ContentClass,
  ProofLevel
>;

/** The most that a door gives by default, whatever the proof. Only a tenant's lowering or a window goes beyond, never on the bootstrap door. */
export const DOOR_GIVES = {
  secure: 'full',
  spa: 'full',
  bootstrap: 'public',
  legacy: 'public',
  tftp: 'public',
} as const satisfies Record<PhoneDoor, ContentClass>;

/** The phone whose file is asked for, if we know it, with all that decides what it may have. */
export interface Subject {
  readonly tenant: TenantId;
  readonly phone: PhoneId;
  readonly blocked: boolean;
  readonly lowered: readonly LoweredRule[];
  readonly window?: { readonly content: ContentClass; readonly until: string } | undefined;
}

export interface Admission {
  /** The highest class of content that may be given. */
  readonly content: ContentClass;
  readonly level: ProofLevel;
  /** In words, for the journal. */
  readonly reason: string;
}

export interface AdmitInput {
  readonly door: PhoneDoor;
  readonly secure: boolean;
  readonly address: string;
  readonly now: Date;
  readonly proofs: readonly Proof[];
  /** Absent: nobody's phone, or none that is named. */
  readonly subject: Subject | undefined;
}

const rank = (content: ContentClass): number => CONTENT_CLASSES.indexOf(content);

const higher = (one: ContentClass, other: ContentClass): ContentClass => (rank(other) > rank(one) ? other : one);

const nothing = (level: ProofLevel, reason: string): Admission => ({ content: 'public', level, reason });

/** What the level earns at this door by default. */
function byDefault({ door, secure }: AdmitInput, level: ProofLevel): ContentClass {
  const most = rank(DOOR_GIVES[door]);
  const earns = (content: ContentClass): boolean =>
    CLASS_NEEDS[content] <= level && rank(content) <= most && (content !== 'full' || secure);
  return CONTENT_CLASSES.findLast(earns) ?? 'public';
}

/** What the tenant gives for less at this door, from this network. */
function byLowering({ door, address }: AdmitInput, { lowered }: Subject, level: ProofLevel): ContentClass {
  let content: ContentClass = 'public';
  for (const rule of lowered)
    if (rule.door === door && rule.level <= level && isInAny(address, rule.networks))
      content = higher(content, rule.content);
  return content;
}

function byWindow({ now }: AdmitInput, subject: Subject): ContentClass {
  return subject.window !== undefined && now < new Date(subject.window.until) ? subject.window.content : 'public';
}

/** Which of the ways led so far; what is earned needs no other. */
function reasonOf(
  { door }: AdmitInput,
  proof: Proof | undefined,
  content: ContentClass,
  earned: ContentClass,
  lowered: ContentClass,
): string {
  if (content === earned) return `${proof?.kind ?? 'no proof'} at door ${door}`;
  return content === lowered ? `lowered by the tenant for door ${door}` : 'a window is open for this phone';
}

/**
 * Door, proof and policy → the highest class of content. Reads top to bottom as the table of `admit.test.ts`: who
 * contradicts himself, whom nobody knows, who is blocked and who asks at the bootstrap door gets what is public.
 */
export function admit(input: AdmitInput): Admission {
  const { subject } = input;
  if (contradict(input.proofs)) return nothing(0, 'the proofs name different phones or tenants');
  if (subject === undefined) return nothing(0, 'no phone of ours is named');
  const proof = strongestFor(input.proofs, subject.phone, subject.tenant);
  const level = proof === undefined ? 0 : levelOf(proof);
  if (input.proofs.some((other) => 'phone' in other && other.phone !== subject.phone))
    return nothing(0, 'the proof is of another phone');
  if (subject.blocked) return nothing(level, 'the phone is blocked');
  if (input.door === 'bootstrap') return nothing(level, 'the bootstrap door gives nothing but bootstrap');
  const earned = byDefault(input, level);
  const lowered = byLowering(input, subject, level);
  const content = higher(higher(earned, lowered), byWindow(input, subject));
  return { content, level, reason: reasonOf(input, proof, content, earned, lowered) };
}
