import { answerPnp } from '../app/enrol/answer-pnp.ts';
import type { Clock, Crypto, RequestRecord, Store } from '../app/ports.ts';
import type { ServerAddresses } from '../app/serve/server-addresses.ts';
import type { Config } from '../config.ts';
import type { PnpQuestion } from '../domain/recognise/pnp.ts';
import { startPnp } from '../transports/sip/pnp/listener.ts';
import { bindRemark, type DoorReport } from './doors.ts';

export interface PnpWorld {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly addresses: () => ServerAddresses;
  readonly note: (record: RequestRecord) => void;
}

/** SIP plug and play, where it is configured. */
export interface OpenPnp {
  /** None where it is switched off. */
  readonly reports: readonly DoorReport[];
  close(): Promise<void>;
}

const TOKEN_BITS = 80;

/** A question as the journal keeps it: that a phone was seen, who owns it or not. */
function recordOf({ crypto, clock }: PnpWorld, question: PnpQuestion, url: string | undefined): RequestRecord {
  const { address, mac, vendor, model, firmware } = question;
  const said = [vendor, model, firmware].filter((text) => text !== undefined).join(' ');
  return {
    id: crypto.id(),
    at: clock.now().toISOString(),
    door: 'pnp',
    address,
    method: 'SUBSCRIBE',
    file: '',
    mac,
    // What it says of itself is a claim of anybody's; the maker is the owner's word, which the journal finds by the MAC.
    evidence: said === '' ? [] : [`ua-profile of ${JSON.stringify(said)}`],
    proof: 'none',
    decision: url === undefined ? 'refused' : 'told its URL',
    reason: url === undefined ? 'no phone of ours has this MAC' : 'asked for a provisioning server in its network',
    outcome: url === undefined ? 'not_found' : 'accepted',
    gaps: 0,
    bytes: url?.length ?? 0,
    milliseconds: 0,
    completed: url !== undefined,
  };
}

/** Opens it where it is configured. One that cannot be opened is reported and stops nothing. */
export async function openPnp(world: PnpWorld): Promise<OpenPnp> {
  const { config, store, clock, crypto, addresses, note } = world;
  const { open, interfaces, port } = config.pnp;
  const nothing = { reports: [], close: () => Promise.resolve() };
  if (!open) return nothing;
  const about = { name: 'pnp', scheme: 'sip', host: '224.0.1.75', port } as const;
  try {
    const listener = await startPnp({
      interfaces,
      port,
      clock,
      token: () => crypto.token(TOKEN_BITS),
      answer: answerPnp({ store, addresses }),
      onAnswered: (question, url) => {
        note(recordOf(world, question, url));
      },
    });
    return { reports: [{ ...about, open: true }], close: () => listener.close() };
  } catch (error) {
    return { ...nothing, reports: [{ ...about, open: false, remark: bindRemark('pnp', error) }] };
  }
}
