/**
 * Whether something happened no longer ago than that. What lies further ahead than that counts as over as well: it was
 * noted while the clock was wrong, and would be waited for until then.
 */
export const isRecent = (at: number | Date, now: Date, milliseconds: number): boolean =>
  Math.abs(now.getTime() - Number(at)) < milliseconds;
