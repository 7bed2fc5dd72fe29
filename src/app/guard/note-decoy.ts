import { sourceOf } from '../../domain/trust/source.ts';
import type { PhoneRequest } from '../serve/outcome.ts';
import type { Findings } from '../serve/record.ts';
import { banSource } from './ban-source.ts';
import { activeBan, isNever, type GuardPorts } from './guard.ts';

/** Purpose of the keyed hash under which a decoy's token is kept. */
export const DECOY_PURPOSE = 'decoy_token';

function touched(
  { state, crypto }: GuardPorts,
  { prefix }: PhoneRequest,
  { recognised, standing }: Findings,
): 'mac' | 'token' | undefined {
  const { macs, tokens } = state.decoys;
  const mac = recognised?.identity.mac;
  if (mac !== undefined && macs.has(mac)) return 'mac';
  // Only what is nobody's token can be a decoy, so a phone's own costs nothing here.
  if (tokens.size === 0 || prefix.kind === 'none' || standing?.deadPrefix !== true) return undefined;
  return tokens.has(crypto.keyedHash(DECOY_PURPOSE, prefix.token)) ? 'token' : undefined;
}

/** Whoever touches a decoy is looking for somebody else's phone: banned at once. The answer he got is that of any unknown. */
export function noteDecoy(ports: GuardPorts, request: PhoneRequest, findings: Findings): 'decoy_touched' | undefined {
  const kind = touched(ports, request, findings);
  if (kind === undefined) return undefined;
  const { state, limits, log } = ports;
  const { address, door, at } = request;
  const source = sourceOf(address);
  // Who is banned already has been told of.
  if (activeBan(state, source, at) !== undefined) return undefined;
  state.counts.decoysTouched += 1;
  log.warn('decoy_touched', { door, address, decoy: kind });
  if (!limits.enabled || isNever(ports, address)) return 'decoy_touched';
  const offence = { source, address, reason: 'decoy', evidence: `touched a decoy ${kind} at door ${door}` } as const;
  ports.goesOn(banSource(ports)({ ...offence, connected: door !== 'tftp' }, at));
  return 'decoy_touched';
}
