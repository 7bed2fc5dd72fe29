import { readAuthorization, userOf } from '../../domain/trust/authorization.ts';
import { sourceOf, type Source } from '../../domain/trust/source.ts';
import type { PhoneRequest } from '../serve/outcome.ts';
import type { GuardPorts } from './guard.ts';

type LockPorts = Pick<GuardPorts, 'state' | 'decodeBase64'>;

/** One source's tries at one user, whoever's MAC stands in the path. */
function keyOf({ decodeBase64 }: LockPorts, { address, authorization }: PhoneRequest): Source | undefined {
  const read = authorization === undefined ? undefined : readAuthorization(authorization, decodeBase64);
  if (read?.ok !== true) return undefined;
  // `as`: what is counted here is a source and a user together.
  return `${sourceOf(address)} ${userOf(read.value).slice(0, 64)}` as Source;
}

export function noteWrongPassword(ports: LockPorts, request: PhoneRequest): void {
  const key = keyOf(ports, request);
  const what = request.authorization ?? '';
  if (key !== undefined) ports.state.passwords.miss({ source: key, what, connected: true }, request.at);
}

/**
 * Whether a password is not even looked at, from a source that has to wait and has tried too many for this user: or whoever
 * goes on guessing while he is banned would be served at the right one. Others behind the same address are looked at.
 */
export function isLocked(ports: LockPorts, request: PhoneRequest): boolean {
  const key = keyOf(ports, request);
  return key !== undefined && ports.state.passwords.wait(key, request.at) !== undefined;
}
