import { cannot, type MapContext, type Params, type Partly } from '../../kit/driver.ts';
import { ofLine } from './form.ts';

// Source: Linksys SPA9x2 administrator guide, "Dial Plan": (alternative|alternative|…), S0 dials at once, P<n> waits, <:1234>
// dials for the user. unverified: both hotline forms.

/** Takes any digits and dials after the pause. Also what a removed plan becomes: with an empty one the phone dials nothing. */
export const ANY_NUMBER = '([x*#].)';

const withoutParentheses = (plan: string): string => /^\s*\((?<inner>.*)\)\s*$/.exec(plan)?.groups?.['inner'] ?? plan;

/** The hotline is an alternative of the dial plan of the first line, so the two are one parameter. */
const hotlineOf = (ctx: MapContext, line: number): string | undefined =>
  line === (ctx.lines[0] ?? 1) ? ctx.get('features.hotlineNumber') : undefined;

const DIALLABLE = /^[0-9*#]+$/;

const withHotline = (number: string, ctx: MapContext, plan: string | undefined): string => {
  const delay = ctx.get('features.hotlineDelaySeconds') ?? 0;
  return delay === 0 ? `(S0<:${number}>)` : `(P${delay}<:${number}>|${withoutParentheses(plan ?? ANY_NUMBER)})`;
};

/** `Dial_Plan_n_` of a line, from what is set for it and the hotline. */
export function dialPlan(line: number, ctx: MapContext): Params | Partly {
  const plan = ctx.get('line.dialPlan', line);
  const number = hotlineOf(ctx, line);
  const name = ofLine('Dial_Plan', line);
  if (number === undefined) return plan === undefined ? {} : { [name]: plan };
  if (DIALLABLE.test(number)) return { [name]: withHotline(number, ctx, plan) };
  const reason = `SPA9x2 administrator guide, "Dial Plan": ${number} cannot stand in a dial plan, only digits, * and #`;
  return plan === undefined ? cannot(reason) : { partly: { [name]: plan }, reason };
}
