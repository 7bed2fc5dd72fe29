import type { SettingId } from '../../domain/settings/registry.ts';
import { cannot, partly, type MapContext, type Params, type Partly } from '../kit/driver.ts';

export const flag = (on: boolean): string => (on ? '1' : '0');

/** Parameters that stay in the phone's flash. Their `.set` is the codec's: without it the phone would pass over them. */
export const device = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [`device.${name}`, value]));

/** `reg.1.server.1.address`: registrations count from 1, as on the display. */
export const reg = (ctx: MapContext, params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [`reg.${ctx.line}.${name}`, value]));

/** The parameters, with whatever of the reasons applies. */
export function withReasons(params: Params, reasons: readonly (string | undefined)[]): Params | Partly {
  const told = reasons.filter((reason) => reason !== undefined);
  return told.length === 0 ? params : partly(params, told.join('; '));
}

const isPartly = (mapped: Params | Partly): mapped is Partly => 'partly' in mapped && typeof mapped.partly === 'object';

/** What was mapped, and further reasons. */
export const also = (mapped: Params | Partly, reasons: readonly (string | undefined)[]): Params | Partly =>
  isPartly(mapped) ? withReasons(mapped.partly, [mapped.reason, ...reasons]) : withReasons(mapped, reasons);

/** What was mapped, with parameters before it. */
export const after = (params: Params, mapped: Params | Partly): Params | Partly =>
  isPartly(mapped) ? partly({ ...params, ...mapped.partly }, mapped.reason) : { ...params, ...mapped };

/**
 * For what we set per line and the phone has once: the first line that says something decides, a line that says
 * something else gets a gap.
 */
export function onePerPhone(
  id: SettingId,
  value: unknown,
  ctx: MapContext,
  mapped: Params | Partly,
  names: string,
): Params | Partly {
  const first = ctx.lines.find((line) => ctx.get(id, line) !== undefined);
  if (first === undefined || JSON.stringify(ctx.get(id, first)) === JSON.stringify(value)) return mapped;
  return cannot(`${names} holds for the whole phone; line ${first} decides`);
}
