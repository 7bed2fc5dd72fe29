import { given } from '../../../domain/fields.ts';
import { ok, type Result } from '../../../domain/result.ts';
import type { NonceUses } from '../../ports.ts';
import { openSession, type AccessPorts, type LoggedIn, type Opened } from '../log-in.ts';
import type { Tries } from '../tries.ts';
import { findUser, type Refusal } from './find-user.ts';
import { nameOf } from './granted.ts';
import type { Flow, Identity, IdentityProvider, OidcRules, Unavailable } from './identity-provider.ts';

export interface FinishPorts extends AccessPorts {
  readonly nonces: NonceUses;
  readonly provider: IdentityProvider;
  readonly rules: OidcRules;
  /** Each costs a question to the provider, and an entry in the audit log where it is refused. */
  readonly triesOfAddress: Tries;
}

export type SignedIn =
  | (Opened & { readonly next: string })
  | Extract<LoggedIn, { readonly kind: 'too_many_tries' }>
  /** Not of this browser, used before, or too late. */
  | { readonly kind: 'ended'; readonly reason: string }
  /** One answer for all; the reason is for the log. */
  | { readonly kind: 'refused'; readonly reason: string }
  | Unavailable;

/** Why the flow is not to be gone on with. */
async function whyEnded(
  { clock, crypto, nonces }: FinishPorts,
  flow: Flow | undefined,
  state: string,
): Promise<string | undefined> {
  if (flow === undefined) return 'not_begun_here';
  if (!crypto.equal(flow.state, state)) return 'other_state';
  if (flow.epoch !== nonces.epoch || flow.until <= clock.now().toISOString()) return 'too_late';
  return (await nonces.use(`oidc ${flow.state}`, '1', new Date(flow.until))) ? undefined : 'used_before';
}

const MAX_NAME = 100;

async function noteRefused(ports: FinishPorts, identity: Identity, from: string, reason: string): Promise<void> {
  const { issuer, subject, claims } = identity;
  const object = (nameOf(claims, ports.rules.userClaim) ?? subject).slice(0, MAX_NAME);
  const at = ports.clock.now().toISOString();
  const detail = `${reason}: ${issuer} ${subject.slice(0, MAX_NAME)}`;
  await ports.store.platform.audit({ at, who: 'nobody', from, what: 'session.refused', object, detail });
}

/** Lets the person in whom the provider has vouched for. */
async function admit(ports: FinishPorts, identity: Identity, from: string): Promise<Result<Opened, Refusal>> {
  return ports.store.transaction(async (store) => {
    const found = await findUser({ ...ports, store }, identity);
    if (!found.ok) return found;
    const { user, now } = found.value;
    if (now !== undefined) {
      const about = { who: user.name, object: user.name, ...given({ tenant: user.tenant }) };
      const detail = `${user.role}: ${identity.issuer} ${identity.subject}`;
      await store.platform.audit({ ...about, at: ports.clock.now().toISOString(), from, what: `user.${now}`, detail });
    }
    return ok(await openSession({ ...ports, store }, user, from, 'session.opened'));
  });
}

async function redeem(ports: FinishPorts, flow: Flow, answer: URLSearchParams, from: string): Promise<SignedIn> {
  const redeemed = await ports.provider.redeem(answer, flow);
  if (redeemed.kind !== 'identity') return redeemed;
  const admitted = await admit(ports, redeemed.identity, from);
  if (admitted.ok) return { ...admitted.value, next: flow.next };
  await noteRefused(ports, redeemed.identity, from, admitted.error);
  return { kind: 'refused', reason: admitted.error };
}

/** Goes on with a sign-in when the browser comes back from the provider. */
export const finishSignIn =
  (ports: FinishPorts) =>
  async (flow: Flow | undefined, answer: URLSearchParams, from: string): Promise<SignedIn> => {
    const ended = await whyEnded(ports, flow, answer.get('state') ?? '');
    if (flow === undefined || ended !== undefined) return { kind: 'ended', reason: ended ?? 'not_begun_here' };
    const now = ports.clock.now();
    const wait = ports.triesOfAddress.wait(from, now);
    if (wait !== undefined) return { kind: 'too_many_tries', retryAfterSeconds: wait };
    ports.triesOfAddress.note(from, now);
    const signedIn = await redeem(ports, flow, answer, from);
    if (signedIn.kind !== 'refused') ports.triesOfAddress.takeBack(from);
    return signedIn;
  };
