import type { Source } from './source.ts';

export const BAN_REASONS = ['guessing', 'sweep', 'decoy', 'by_hand'] as const;
export type BanReason = (typeof BAN_REASONS)[number];

/** Takes away for a time what a source would get without proof. A phone that proves itself is served all the same. */
export interface Ban {
  readonly id: string;
  /** Natural key. */
  readonly source: Source;
  /** The address that was seen last. */
  readonly address: string;
  readonly reason: BanReason;
  /** What was seen, in words of ours: nothing that the stranger sent. */
  readonly evidence: string;
  readonly since: string;
  readonly until: string;
  /** Which ban of this source it is; each lasts twice as long as the one before. */
  readonly offences: number;
  /** Not told to firewalls: a proven phone is behind the address, or it may be forged. */
  readonly quiet: boolean;
  /** Who banned by hand. */
  readonly by?: string;
}

export interface BanTerms {
  readonly minutes: number;
  readonly mostMinutes: number;
}

/** Days after its end for which a ban is remembered, so that the next one is longer. */
export const REMEMBERED_DAYS = 7;

/** Clocks of two nodes may differ by this much. A ban that begins later was made while a clock was wrong. */
const SKEW_MILLISECONDS = 60_000;

export const isActive = (ban: Pick<Ban, 'since' | 'until'> | undefined, now: Date): boolean =>
  ban !== undefined &&
  now.toISOString() < ban.until &&
  new Date(ban.since).getTime() <= now.getTime() + SKEW_MILLISECONDS;

export const isForgotten = (ban: Pick<Ban, 'until'>, now: Date): boolean =>
  new Date(ban.until).getTime() + REMEMBERED_DAYS * 86_400_000 < now.getTime();

/** How long the next ban lasts: twice the one before, up to the longest. */
export const banMinutes = ({ minutes, mostMinutes }: BanTerms, offences: number): number =>
  Math.min(mostMinutes, minutes * 2 ** Math.min(offences - 1, 20));
