import type { Clock, Crypto, NonceUses } from '../../ports.ts';
import type { Flow, IdentityProvider, Unavailable } from './identity-provider.ts';

const LIFE_MINUTES = 10;
const STATE_BITS = 160;
/** RFC 7636 §4.1: at least 43 characters; base32 makes 50 of it. */
const VERIFIER_BITS = 250;

export interface BeginPorts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly nonces: NonceUses;
  readonly provider: IdentityProvider;
}

/** Begins a sign-in at the provider. Nothing is kept here: the browser holds the flow, sealed. */
export const beginSignIn =
  ({ clock, crypto, nonces, provider }: BeginPorts) =>
  async (
    next: string,
  ): Promise<{ readonly kind: 'begun'; readonly url: string; readonly flow: Flow } | Unavailable> => {
    const flow: Flow = {
      state: crypto.token(STATE_BITS),
      nonce: crypto.token(STATE_BITS),
      verifier: crypto.token(VERIFIER_BITS),
      next,
      until: new Date(clock.now().getTime() + LIFE_MINUTES * 60_000).toISOString(),
      epoch: nonces.epoch,
    };
    const begun = await provider.begin(flow);
    return begun.kind === 'begun' ? { ...begun, flow } : begun;
  };
