import type { SettingId } from '../../../domain/settings/registry.ts';
import type { MapContext, Params } from '../../kit/driver.ts';

/** `User_ID_1_`: the line, counted from 1, between underscores. */
export const ofLine = (name: string, line: number): string => `${name}_${line}_`;

export const yesNo = (on: boolean): 'Yes' | 'No' => (on ? 'Yes' : 'No');

/** A setting of the phone that SPA keeps for each line: written for all lines in use. */
export const forEachLine = (ctx: Pick<MapContext, 'lines'>, write: (line: number) => Params): Params =>
  Object.assign({}, ...ctx.lines.map(write)) as Params;

/**
 * A line setting that the phone has once: the lowest line that has it decides. The number of that line where this one wants
 * something else.
 */
export function overruledBy(id: SettingId, ctx: MapContext): number | undefined {
  const first = ctx.lines.find((line) => ctx.get(id, line) !== undefined) ?? ctx.line;
  return first === ctx.line || ctx.get(id, first) === ctx.get(id) ? undefined : first;
}

/** `router-configuration/…`: SPA1xx and ATA19x keep login, time and network there. */
export const router = (path: string): string => `router-configuration/${path}`;

/** What could break out of a rule: `|` divides rules, brackets hold options, blanks end a word, quotes hold strings. */
export const breaksRule = (url: string): boolean => /[\s|[\]"<>]/.test(url);
