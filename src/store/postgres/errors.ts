import { StoreFull, StoreUnavailable } from '../../app/ports.ts';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const DISK_FULL = '53100';

/** Classes that speak of the statement or its data: constraints and our bugs. Everything else speaks of the server or the way to it. */
const ABOUT_THE_STATEMENT = /^(0A|0Z|20|21|22|23|24|25001|2[678BDF]|3[4589]|3B|3F|40|42|44)/;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const codeOrCause = (error: unknown): string =>
  codeOf(error) || codeOf(error instanceof Error ? error.cause : undefined);

/** Says a broken world in the port's words. `where` names the server without its password. */
export function translate(error: unknown, where: string): unknown {
  const code = codeOf(error);
  if (/^[0-9A-Z]{5}$/.test(code) && ABOUT_THE_STATEMENT.test(code)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (code === DISK_FULL) return new StoreFull(`${where} can't be written: ${reason}`, { cause: error });
  return new StoreUnavailable(`${where} can't be used: ${reason}`, { cause: error });
}

const MET_ANOTHER = [SERIALIZATION_FAILURE, DEADLOCK_DETECTED];

/**
 * Whether another try can end otherwise. Uniqueness and references are asked before they are written: when one is broken
 * all the same, somebody else was faster, and the next try sees it.
 */
export function isWorthRetrying(error: unknown): boolean {
  return [...MET_ANOTHER, UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION].includes(codeOrCause(error));
}

/** What the last try is told: that others were always faster is the state of the world; what else was wrong is our bug. */
export const asUnavailable = (error: unknown, where: string): unknown =>
  MET_ANOTHER.includes(codeOrCause(error))
    ? new StoreUnavailable(`${where} is written by too many at once`, { cause: error })
    : error;
