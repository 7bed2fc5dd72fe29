import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { hostPort } from '../../domain/sip-uri.ts';
import type { Flow, SipHop } from './flow.ts';
import { Connections, type ConnectionOptions } from './connections.ts';
import { parseCseq, topVia } from './header-values.ts';
import { MAX_UDP_REQUEST_BYTES } from './limits.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { parseMessage } from './parse-message.ts';
import { transactionMilliseconds } from './timers.ts';
import { openUdp, type UdpSocket } from './udp.ts';
import { writeMessage } from './write-message.ts';

/** How a request ended. The last two are what RFC 3261 §8.1.3.1 treats as 408 and 503. */
export type FinalAnswer =
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'no_answer' }
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface SipClientOptions extends ConnectionOptions {
  /** Source addresses of UDP, IPv4 and IPv6; any of this machine where they are left out. */
  readonly udpAddress?: { readonly v4?: string; readonly v6?: string };
  /** Randomness that nobody can guess, as text of letters and digits. */
  readonly token: () => string;
}

/** RFC 3261 §8.1.1.7: what marks a branch as unique. */
const MAGIC_COOKIE = 'z9hG4bK';

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : error instanceof Error ? error.name : 'unknown';

/** Sends requests that are no INVITE, each as a transaction of its own (RFC 3261 §17.1.2). */
export class SipClient {
  readonly #options: SipClientOptions;
  readonly #connections: Connections;
  readonly #udp = new Map<'v4' | 'v6', Promise<UdpSocket>>();
  /** By branch and method; each is told of the answers to its request. */
  readonly #waiting = new Map<string, (response: SipResponse) => void>();
  readonly #closing = new AbortController();

  constructor(options: SipClientOptions) {
    this.#options = options;
    // Each request that waits for its answer listens.
    setMaxListeners(0, this.#closing.signal);
    this.#connections = new Connections(options, (bytes) => {
      this.#receive(bytes);
    });
  }

  /** The way to a hop, with our address on it. Rejects where there is none. */
  async flowTo(hop: SipHop): Promise<Flow> {
    this.#closing.signal.throwIfAborted();
    if (hop.transport !== 'udp') return this.#connections.flowTo(hop);
    const family = hop.address.includes(':') ? 'v6' : 'v4';
    const any = { v4: '0.0.0.0', v6: '::' }[family];
    const opening =
      this.#udp.get(family) ??
      openUdp(this.#options.udpAddress?.[family] ?? any, 0, (bytes) => {
        this.#receive(bytes);
      });
    this.#udp.set(family, opening);
    return (await opening).flowTo(hop);
  }

  /** The request, with a Via of ours on top, and its final answer. Rejects when the client is closed meanwhile. */
  async exchange(flow: Flow, request: SipRequest): Promise<FinalAnswer> {
    const branch = `${MAGIC_COOKIE}${this.#options.token()}`;
    const { address, port } = flow.local;
    const sentBy = hostPort(address, port);
    const via = `SIP/2.0/${flow.hop.transport.toUpperCase()} ${sentBy};branch=${branch};rport`;
    const bytes = writeMessage({ ...request, headers: [{ name: 'via', value: via }, ...request.headers] });
    if (!flow.isReliable && bytes.length > MAX_UDP_REQUEST_BYTES)
      return { kind: 'unreachable', reason: 'too_large_for_udp' };
    return this.#transact(`${branch} ${request.method}`, flow, bytes);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const sockets = await Promise.allSettled(this.#udp.values());
    this.#udp.clear();
    for (const socket of sockets) if (socket.status === 'fulfilled') await socket.value.close();
    await this.#connections.close();
  }

  #receive(bytes: Uint8Array): void {
    const parsed = parseMessage(bytes);
    // Whoever asks something of this socket, which no one was told of, gets no answer.
    if (!parsed.ok || parsed.value.kind === 'request') return;
    const branch = topVia(parsed.value)?.parameters.get('branch');
    const method = parseCseq(parsed.value)?.method;
    if (branch !== undefined && method !== undefined) this.#waiting.get(`${branch} ${method}`)?.(parsed.value);
  }

  async #transact(key: string, flow: Flow, bytes: Uint8Array): Promise<FinalAnswer> {
    const { timers } = this.#options;
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, this.#closing.signal]);
    // A provisional answer makes the pauses long at once; Timer F runs on (RFC 3261 §17.1.2.2).
    let pause = timers.t1;
    const answered = new Promise<FinalAnswer>((resolve) => {
      this.#waiting.set(key, (response) => {
        if (response.status < 200) pause = timers.t2;
        else resolve({ kind: 'response', response });
      });
    });
    const timedOut = delay(transactionMilliseconds(timers), { kind: 'no_answer' } as const, { signal });
    const sending = async (): Promise<FinalAnswer> => {
      for (;;) {
        await flow.send(bytes);
        if (flow.isReliable) return timedOut;
        await delay(pause, undefined, { signal });
        pause = Math.min(2 * pause, timers.t2);
      }
    };
    try {
      return await Promise.race([
        answered,
        timedOut,
        sending().catch((error: unknown): FinalAnswer => ({ kind: 'unreachable', reason: reasonOf(error) })),
      ]);
    } finally {
      this.#waiting.delete(key);
      ended.abort();
      timedOut.catch(() => undefined);
    }
  }
}
