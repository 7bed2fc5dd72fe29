import { err, ok, type Result } from '../../domain/result.ts';

// Public templates, "alert_info": ringers 1 to 8 are Ring1.wav to Ring8.wav. The plain file name is what most of them write;
// T4x templates write `Resource:Ring2.wav` as well.
// unverified: rings beyond the eighth on newer firmware.
const LAST_RING = 8;

/** The file of a built-in ring by its number; 0 is silence. */
export const ringFile = (number: number): Result<string, string> => {
  if (number === 0) return ok('Silent.wav');
  return number <= LAST_RING
    ? ok(`Ring${number}.wav`)
    : err(`no source names a ring ${number}: Ring1.wav to Ring${LAST_RING}.wav are known`);
};
