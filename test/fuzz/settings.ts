/** FUZZ_SECONDS of all targets together; 0 for a number of inputs that is always the same. */
export const secondsOfEach = (targets: number): number => Number(process.env['FUZZ_SECONDS'] ?? 0) / targets;

/** FUZZ_SEED for other inputs. */
export const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_121);
