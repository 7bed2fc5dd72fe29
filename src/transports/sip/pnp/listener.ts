import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../../../app/ports.ts';
import type { PnpAnswer, PnpQuestion } from '../../../domain/recognise/pnp.ts';
import { hostPort } from '../../../domain/sip-uri.ts';
import { inNetworks } from '../../networks.ts';
import { SipClient } from '../client.ts';
import type { SipHop } from '../flow.ts';
import type { SipRequest } from '../message.ts';
import { parseMessage } from '../parse-message.ts';
import { SIP_TIMERS } from '../timers.ts';
import { writeMessage } from '../write-message.ts';
import { createPnpLimits } from './limits.ts';
import { accept, notifyOf } from './replies.ts';
import { readQuestion } from './subscription.ts';

/** sip.mcast.net (RFC 3261 §10.2.6), where phones in factory state ask. */
const GROUP = '224.0.1.75';

export interface PnpOptions {
  /** Addresses of ours, one of each interface that is listened at. */
  readonly interfaces: readonly string[];
  readonly port: number;
  readonly clock: Clock;
  readonly token: () => string;
  /** The URL for a phone, which is not known to be the one that it says. */
  readonly answer: PnpAnswer;
  /** What became of a question: `undefined` where it was not answered. */
  readonly onAnswered: (question: PnpQuestion, url: string | undefined) => void;
}

/** One interface: whoever asks from its own network is answered from its address. */
interface Link {
  readonly address: string;
  readonly isOnLink: (address: string) => boolean;
  readonly client: SipClient;
}

function linkOf(address: string, token: () => string): Link {
  const found = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find((one) => one.address === address);
  if (typeof found?.cidr !== 'string')
    throw Object.assign(new Error(`no interface has the address ${address}`), { code: 'EADDRNOTAVAIL' });
  const client = new SipClient({ timers: SIP_TIMERS, idleMilliseconds: 60_000, token, udpAddress: { v4: address } });
  return { address, isOnLink: inNetworks([found.cidr]), client };
}

/** Answers phones that ask their network where to be provisioned. */
export interface PnpListener {
  close(): Promise<void>;
}

class Pnp implements PnpListener {
  readonly #options: PnpOptions;
  readonly #links: readonly Link[];
  readonly #socket: Socket;
  readonly #mayBeAnswered = createPnpLimits();

  constructor(options: PnpOptions) {
    this.#options = options;
    this.#links = options.interfaces.map((address) => linkOf(address, options.token));
    // Another SIP server of this machine may have the port for itself: only the group's packets are taken.
    this.#socket = createSocket({ type: 'udp4', reuseAddr: true });
  }

  async open(): Promise<void> {
    const isBound = once(this.#socket, 'listening');
    this.#socket.bind(this.#options.port, GROUP);
    await isBound;
    for (const { address } of this.#links) this.#socket.addMembership(GROUP, address);
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      // What the network or the store does to one answer is that phone's trouble: it asks DHCP next, or again.
      this.#receive(bytes, from).catch(() => undefined);
    });
  }

  async #receive(bytes: Uint8Array, { address, port }: RemoteInfo): Promise<void> {
    // A router forwarded it, or somebody forged it: not one of this network's own phones.
    const link = this.#links.find(({ isOnLink }) => isOnLink(address));
    if (link === undefined) return;
    const parsed = parseMessage(bytes);
    const request = parsed.ok && parsed.value.kind === 'request' ? parsed.value : undefined;
    const question = request === undefined ? undefined : readQuestion(request, address);
    if (request === undefined || question === undefined) return;
    if (!this.#mayBeAnswered(question.mac, this.#options.clock.now())) return;
    const url = await this.#options.answer(question);
    this.#options.onAnswered(question, url);
    if (url !== undefined) await this.#tell(link, request, { transport: 'udp', address, port, name: address }, url);
  }

  async #tell({ client }: Link, request: SipRequest, from: SipHop, url: string): Promise<void> {
    const flow = await client.flowTo(from);
    const ours = hostPort(flow.local.address, flow.local.port);
    const dialog = { request, from, tag: this.#options.token(), ours };
    await flow.send(writeMessage(accept(dialog)));
    await client.exchange(flow, notifyOf(dialog, url));
  }

  async close(): Promise<void> {
    const isClosed = once(this.#socket, 'close');
    this.#socket.close();
    await isClosed;
    await Promise.all(this.#links.map(({ client }) => client.close()));
  }
}

/** Opens it; rejects where the port or an interface can't be had. */
export async function startPnp(options: PnpOptions): Promise<PnpListener> {
  const pnp = new Pnp(options);
  await pnp.open();
  return pnp;
}
