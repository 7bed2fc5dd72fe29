import { lookup } from 'node:dns/promises';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Crypto, Log, Store } from '../app/ports.ts';
import { createPace } from '../app/resync/pace.ts';
import { resyncPhone, type ResyncPhone } from '../app/resync/resync-phone.ts';
import { currentPhoneLoader } from '../app/serve/phone-bundle.ts';
import type { ServerAddresses } from '../app/serve/server-addresses.ts';
import type { Config } from '../config.ts';
import { inNetworks } from '../transports/networks.ts';
import { SipClient } from '../transports/sip/client.ts';
import { systemNames } from '../transports/sip/locate.ts';
import { sendNotify } from '../transports/sip/notify.ts';
import { SIP_TIMERS } from '../transports/sip/timers.ts';

export interface ResyncWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly addresses: () => ServerAddresses;
  readonly config: Pick<Config, 'sip'>;
}

/** Phones brought back by SIP. */
export interface OpenResync {
  readonly resyncPhone: ResyncPhone;
  /** Nobody is told any more, and nobody looked after. */
  close(): Promise<void>;
}

const IDLE_MILLISECONDS = 60_000;
const TOKEN_BITS = 80;

/** Both families, IPv4 first: few phones' networks have the other one. */
async function addressesOf(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true, order: 'ipv4first' });
  return found.map(({ address }) => address);
}

/** Opens what sends NOTIFYs. It takes no port before the first of them. */
export function openResync({ store, clock, crypto, log, addresses, config }: ResyncWorld): OpenResync {
  const token = (): string => crypto.token(TOKEN_BITS);
  const client = new SipClient({ timers: SIP_TIMERS, idleMilliseconds: IDLE_MILLISECONDS, token });
  const ended = new AbortController();
  // Each phone that is looked after waits for it.
  setMaxListeners(0, ended.signal);
  const unfinished = new Set<Promise<void>>();
  const wait = (milliseconds: number): Promise<void> => delay(milliseconds, undefined, { signal: ended.signal });
  const isForbidden = inNetworks(config.sip.never);
  const goesOn = (work: Promise<void>): void => {
    const watched = work.catch((error: unknown) => {
      if (!ended.signal.aborted)
        log.error('resync_failed', { reason: error instanceof Error ? error.message : 'unknown' });
    });
    unfinished.add(watched);
    void watched.then(() => unfinished.delete(watched));
  };
  return {
    resyncPhone: resyncPhone({
      store,
      clock,
      crypto,
      pace: createPace({ clock, wait, random: Math.random }),
      notify: sendNotify({
        client,
        names: systemNames(addressesOf),
        token,
        mayReach: (address) => !isForbidden(address),
      }),
      loadPhone: currentPhoneLoader({ store, addresses }),
      wait,
      goesOn,
    }),
    close: async () => {
      ended.abort();
      await client.close();
      await Promise.all(unfinished);
    },
  };
}
