import { firmwarePart, type FirmwareVersion } from '../../domain/firmware-version.ts';
import type { MapContext, Params } from '../kit/driver.ts';
import { putTogetherOnce } from '../kit/names.ts';

// A Yealink version is PREFIX.GENERATION.minor.build, `66.84.0.15`: the first number is the hardware, the second decides
// how parameters are called (seen in public templates of V73 to V87; Yealink administrator guides V70 to V87).

const GENERATIONS = [70, 71, 72, 73, 80, 81, 82, 83, 84, 85, 86, 87];
export const NEWEST_GENERATION = 87;

/** The second number of the version; a phone that has not said its own is taken for the newest. */
export const generationOf = (version: FirmwareVersion): number => firmwarePart(version, 1) ?? NEWEST_GENERATION;

export const knowsGeneration = (version: FirmwareVersion): boolean => GENERATIONS.includes(generationOf(version));

/** Is the phone's firmware of this generation or a later one? */
export const from = (ctx: Pick<MapContext, 'firmware'>, generation: number): boolean =>
  generationOf(ctx.firmware) >= generation;

/** As V81 and later spell a setting of the device itself. */
export const staticName = putTogetherOnce((name: string) => `static.${name}`);

/** Settings of the device itself (network, security, provisioning, log) got the prefix `static.` in V81. */
export const device = (ctx: Pick<MapContext, 'firmware'>, name: string): string =>
  from(ctx, 81) ? staticName(name) : name;

export const flag = (on: boolean): string => (on ? '1' : '0');

const ofAccount = putTogetherOnce((line: number) => putTogetherOnce((name: string) => `account.${line}.${name}`));

/** `account.1.label` for the line that the setting is mapped for. */
export const account = (ctx: Pick<MapContext, 'line'>, name: string): string => ofAccount(ctx.line)(name);

/** A setting of the phone that Yealink keeps per account is written for every line in use. */
export const forEachLine = (ctx: MapContext, make: (line: number) => Params): Params =>
  Object.fromEntries(ctx.lines.flatMap((line) => Object.entries(make(line))));
