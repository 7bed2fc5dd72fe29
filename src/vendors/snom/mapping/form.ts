import type { MapContext, Params } from '../../kit/driver.ts';

/** `user_name[1]`: the identity is written as idx and counts from 1 (Snom wiki, "Desk Phone Configuration Files"). */
export const ofLine = (name: string, line: number): string => `${name}[${line}]`;

export const onOff = (on: boolean): 'on' | 'off' => (on ? 'on' : 'off');

/** A setting of the phone that Snom keeps for each identity: written for all lines in use. */
export const forEachLine = (ctx: MapContext, write: (line: number) => Params): Params =>
  Object.fromEntries(ctx.lines.flatMap((line) => Object.entries(write(line))));
