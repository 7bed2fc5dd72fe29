import type { NotifyEnd, NotifyOrder, NotifyReport } from '../../domain/resync/notify.ts';
import { hostPort } from '../../domain/sip-uri.ts';
import type { FinalAnswer, SipClient } from './client.ts';
import { readChallenge, writeDigest, type DigestChallenge } from './digest.ts';
import type { Flow } from './flow.ts';
import { locate, type SipNames } from './locate.ts';
import { headerOf, headersOf, NO_BODY, type HeaderField, type SipRequest, type SipResponse } from './message.ts';
import { writeSipUri } from './uri.ts';

export interface NotifyWorld {
  readonly client: SipClient;
  readonly names: SipNames;
  readonly token: () => string;
  /** Whether a message may go to this address: a tenant names his servers himself. */
  readonly mayReach: (address: string) => boolean;
}

const METHOD = 'NOTIFY';

/** A phone's challenge and a proxy's, each once more if its nonce was too old, and the request without any. */
const MAX_TRIES = 5;

/** Of what a peer says of itself, so much is told. */
const MAX_SHOWN = 128;

type Challenger = 'www-authenticate' | 'proxy-authenticate';
const ANSWER_TO = { 'www-authenticate': 'authorization', 'proxy-authenticate': 'proxy-authorization' } as const;

/** What the NOTIFY is made of that stays the same however often it is sent (RFC 3261 §22.2). */
interface Draft {
  readonly uri: string;
  readonly headers: readonly HeaderField[];
}

function draft(order: NotifyOrder, flow: Flow, token: () => string): Draft {
  const { user, domain, event } = order;
  const aor = writeSipUri({ scheme: 'sip', user, host: domain, port: undefined, parameters: [] });
  const { address, port } = flow.local;
  const contact = `sip:${hostPort(address, port)}`;
  const transport = flow.hop.transport === 'udp' ? '' : `;transport=${flow.hop.transport}`;
  const fields = {
    'max-forwards': '70',
    // From is the line's own address (S2.6): some phones refuse whom they don't know.
    from: `<${aor}>;tag=${token()}`,
    to: `<${aor}>`,
    'call-id': `${token()}@${address}`,
    contact: `<${contact}${transport}>`,
    event,
    'subscription-state': 'active',
  };
  return { uri: aor, headers: Object.entries(fields).map(([name, value]) => ({ name, value })) };
}

const notify = ({ uri, headers }: Draft, count: number, credentials: readonly HeaderField[]): SipRequest => ({
  kind: 'request',
  method: METHOD,
  uri,
  headers: [...headers, { name: 'cseq', value: `${String(count)} ${METHOD}` }, ...credentials],
  body: NO_BODY,
});

/** The first challenge that we know how to answer: its sender put the one it likes best on top (RFC 8760 §2.4). */
const challengeOf = (response: SipResponse, header: Challenger): DigestChallenge | undefined =>
  headersOf(response, header)
    .map(readChallenge)
    .find((challenge) => challenge !== undefined);

const retryAfter = (response: SipResponse): { readonly retryAfterSeconds?: number } => {
  const [seconds] = /^\d{1,6}/.exec(headerOf(response, 'retry-after') ?? '') ?? [];
  return seconds === undefined ? {} : { retryAfterSeconds: Number(seconds) };
};

interface Answered {
  readonly header: Challenger;
  readonly challenge: DigestChallenge;
  uses: number;
}

/** The challenges that were answered so far. */
class Credentials {
  readonly #order: NotifyOrder;
  readonly #uri: string;
  readonly #token: () => string;
  readonly #answered = new Map<string, Answered>();

  constructor(order: NotifyOrder, uri: string, token: () => string) {
    this.#order = order;
    this.#uri = uri;
    this.#token = token;
  }

  /** Takes a challenge up; an end where that can't be, or was done already. */
  takeUp(response: SipResponse, status: 401 | 407): NotifyEnd | undefined {
    const header = status === 401 ? 'www-authenticate' : 'proxy-authenticate';
    const challenge = challengeOf(response, header);
    if (challenge === undefined) return { kind: 'unknown_challenge', status };
    const { realm, nonce, isStale } = challenge;
    if (!this.#order.realms.includes(realm)) return { kind: 'foreign_realm', realm: realm.slice(0, MAX_SHOWN) };
    const before = this.#answered.get(`${header} ${realm}`)?.challenge;
    if (before !== undefined && (!isStale || before.isStale || before.nonce === nonce))
      return { kind: 'wrong_credentials', status, realm };
    this.#answered.set(`${header} ${realm}`, { header, challenge, uses: 0 });
    return undefined;
  }

  /** For the next request: whoever asked before is shown again what he asked for, since only he lets it pass. */
  fields(): readonly HeaderField[] {
    return Array.from(this.#answered.values(), (answered) => {
      const { header, challenge } = answered;
      const { user, password } = (header === 'proxy-authenticate' ? this.#order.proxy : undefined) ?? this.#order.line;
      const shown = { user, password: password.reveal(), cnonce: this.#token(), uses: ++answered.uses };
      return { name: ANSWER_TO[header], value: writeDigest({ challenge, method: METHOD, uri: this.#uri, ...shown }) };
    });
  }

  /** The realm that was answered last: a 403 after it is about its password. */
  get lastRealm(): string | undefined {
    return Array.from(this.#answered.values()).at(-1)?.challenge.realm;
  }
}

function endOf(answer: FinalAnswer, credentials: Credentials): NotifyEnd | undefined {
  if (answer.kind !== 'response') return answer;
  const { response } = answer;
  const { status } = response;
  if (status < 300) return { kind: 'accepted', status };
  if (status === 401 || status === 407) return credentials.takeUp(response, status);
  const realm = credentials.lastRealm;
  if (status === 403 && realm !== undefined) return { kind: 'wrong_credentials', status, realm };
  return { kind: 'refused', status, ...retryAfter(response) };
}

/** Sends it and answers challenges, one retry for each, until there is an end (RFC 3261 §22). */
async function converse({ client, token }: NotifyWorld, order: NotifyOrder, flow: Flow): Promise<NotifyReport> {
  const message = draft(order, flow, token);
  const credentials = new Credentials(order, message.uri, token);
  const answers: number[] = [];
  for (let count = 1; ; count++) {
    const answer = await client.exchange(flow, notify(message, count, credentials.fields()));
    if (answer.kind === 'response') answers.push(answer.response.status);
    const end = endOf(answer, credentials);
    if (end !== undefined) return { answers, end };
    if (count === MAX_TRIES) return { answers, end: { kind: 'refused', status: answers.at(-1) ?? 0 } };
  }
}

const unreachable = (error: unknown): NotifyEnd => ({
  kind: 'unreachable',
  reason: error instanceof Error && 'code' in error ? String(error.code) : 'no_connection',
});

/** Tells a phone to come back. Never rejects for what the network does: that is how it ended. */
export const sendNotify =
  (world: NotifyWorld) =>
  async (order: NotifyOrder): Promise<NotifyReport> => {
    let end: NotifyEnd = { kind: 'unknown_host', host: order.server.host };
    for (const hop of await locate(world.names, order.server).catch(() => [])) {
      if (!world.mayReach(hop.address))
        return { answers: [], end: { kind: 'forbidden_address', address: hop.address } };
      // RFC 3263 §4.3: the next server, where this one can't be reached.
      const report = await world.client.flowTo(hop).then(
        (flow) => converse(world, order, flow),
        (error: unknown): NotifyReport => ({ answers: [], end: unreachable(error) }),
      );
      if (report.end.kind !== 'unreachable') return report;
      end = report.end;
    }
    return { answers: [], end };
  };
