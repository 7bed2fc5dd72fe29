import type { BanReason } from '../../domain/trust/ban.ts';
import { sourceOf } from '../../domain/trust/source.ts';
import { activeBan, type GuardPorts } from './guard.ts';

/** How an address stands with this node. */
export type AddressStanding =
  | { readonly kind: 'welcome' }
  | { readonly kind: 'waits'; readonly retryAfterSeconds: number }
  | {
      readonly kind: 'banned';
      readonly reason: BanReason;
      readonly evidence: string;
      readonly since: string;
      readonly until: string;
      readonly offences: number;
    };

/** Is this address shut out, and why? */
export const whyBanned =
  ({ state, clock }: GuardPorts) =>
  (address: string): AddressStanding => {
    const now = clock.now();
    const source = sourceOf(address);
    const known = activeBan(state, source, now);
    if (known !== undefined) {
      const { reason, evidence, since, until, offences } = known.ban;
      return { kind: 'banned', reason, evidence, since, until, offences };
    }
    const retryAfterSeconds = state.throttle.wait(source, now);
    return retryAfterSeconds === undefined ? { kind: 'welcome' } : { kind: 'waits', retryAfterSeconds };
  };
