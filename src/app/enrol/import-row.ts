import type { Mac } from '../../domain/mac.ts';

/** One phone as a list names it, before anybody has asked whether there may be one. */
export interface WantedPhone {
  readonly line: number;
  /** The line as it was written, shortened. */
  readonly text: string;
  /** Its natural key: the MAC, else a serial number or a soft client's name. */
  readonly key: string;
  readonly mac?: Mac;
  readonly serial?: string;
  /** As it is written, which may be anything. */
  readonly vendor?: string;
  readonly model?: string;
  /** What else its document says: person, lines, template… */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A line that no phone can be read from, and why. */
export interface UnreadLine {
  readonly line: number;
  readonly text: string;
  readonly problem: string;
}

export const ROW_PROBLEMS = [
  'malformed',
  'duplicate',
  'unknown_vendor',
  'vendor_off',
  'model_unknown',
  'model_missing',
  'taken_elsewhere',
  'invalid',
] as const;
export type RowProblem = (typeof ROW_PROBLEMS)[number];

/** Why a phone is not made. */
export interface Refusal {
  readonly problem: RowProblem;
  readonly reason: string;
}
export const refusal = (problem: RowProblem, reason: string): Refusal => ({ problem, reason });

/** `ready` in a dry run is `created` in the run that follows. `present`: here already, and not touched. */
export const ROW_OUTCOMES = ['ready', 'created', 'present', 'refused'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** What becomes of one row, filled in as it is found out. */
export interface ImportRow {
  readonly line: number;
  readonly text: string;
  readonly phone?: string;
  vendor?: string;
  model?: string;
  outcome: RowOutcome;
  problem?: RowProblem;
  reason?: string;
}

export function refuse(row: ImportRow, { problem, reason }: Refusal): void {
  row.outcome = 'refused';
  row.problem = problem;
  row.reason = reason;
}
