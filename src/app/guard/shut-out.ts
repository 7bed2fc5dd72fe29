import type { BanReason } from '../../domain/trust/ban.ts';
import { sourceOf } from '../../domain/trust/source.ts';
import type { PhoneRequest } from '../serve/outcome.ts';
import { activeBan, type GuardPorts } from './guard.ts';
import { isLocked } from './password-lock.ts';

/** Why a source gets nothing that needs no proof, and for how long. */
export interface ShutOut {
  readonly why: 'too_many_misses' | BanReason;
  readonly retryAfterSeconds: number;
  /** The password that is shown is not looked at. */
  readonly passwordLocked: boolean;
}

/** Whether a request comes from where one has to wait. Looks into memory only, and takes the same time for whatever it asks for. */
export function shutOut(ports: GuardPorts, request: PhoneRequest): ShutOut | undefined {
  const { state } = ports;
  if (state.bans.size === 0 && state.throttle.size === 0) return undefined;
  const source = sourceOf(request.address);
  const known = activeBan(state, source, request.at);
  if (known !== undefined) {
    const left = new Date(known.ban.until).getTime() - request.at.getTime();
    return {
      why: known.ban.reason,
      retryAfterSeconds: Math.ceil(left / 1000),
      passwordLocked: isLocked(ports, request),
    };
  }
  const retryAfterSeconds = state.throttle.wait(source, request.at);
  return retryAfterSeconds === undefined
    ? undefined
    : { why: 'too_many_misses', retryAfterSeconds, passwordLocked: isLocked(ports, request) };
}
