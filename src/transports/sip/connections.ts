import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Flow, SipHop } from './flow.ts';
import { Framing, PONG } from './framing.ts';
import type { SipTimers } from './timers.ts';
import type { OnMessage } from './udp.ts';

/** What speaks SIP on a connection, whoever opened it, until it ends. */
function speakSip(socket: Socket, hop: SipHop, onMessage: OnMessage): Flow {
  const framing = new Framing();
  const flow: Flow = {
    hop,
    local: { address: socket.localAddress ?? '', port: socket.localPort ?? 0 },
    isReliable: true,
    send: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => {
          if (error === null || error === undefined) resolve();
          else reject(error);
        });
      }),
  };
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    const frames = framing.add(chunk);
    if (frames === undefined) {
      socket.destroy();
      return;
    }
    for (const frame of frames) {
      if (frame.kind === 'ping') socket.write(PONG);
      else onMessage(frame.bytes, flow);
    }
  });
  // It ends with `close`, which whoever keeps it listens to.
  socket.on('error', () => undefined);
  return flow;
}

export interface ConnectionOptions {
  readonly timers: SipTimers;
  /** Authorities in PEM that a TLS peer may be signed by; those that Node knows where it is left out. */
  readonly authorities?: readonly string[];
  /** Silence after which a connection is closed. */
  readonly idleMilliseconds: number;
}

/** Connections that we opened, one for each hop, kept for the next request. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #onMessage: OnMessage;
  readonly #open = new Map<string, Promise<{ readonly socket: Socket; readonly flow: Flow }>>();

  constructor(options: ConnectionOptions, onMessage: OnMessage) {
    this.#options = options;
    this.#onMessage = onMessage;
  }

  /** Rejects where there is no connection after five seconds, or its certificate is not good for the hop's name. */
  async flowTo(hop: SipHop): Promise<Flow> {
    const key = `${hop.transport} ${hop.address} ${String(hop.port)} ${hop.name}`;
    const known = this.#open.get(key);
    if (known !== undefined) return (await known).flow;
    const opening = this.#connect(hop);
    this.#open.set(key, opening);
    const forget = (): void => {
      if (this.#open.get(key) === opening) this.#open.delete(key);
    };
    opening.then(({ socket }) => socket.once('close', forget), forget);
    return (await opening).flow;
  }

  async #connect(hop: SipHop): Promise<{ readonly socket: Socket; readonly flow: Flow }> {
    const { timers, authorities, idleMilliseconds } = this.#options;
    const place = { host: hop.address, port: hop.port };
    const socket =
      hop.transport === 'tls'
        ? connectTls({
            ...place,
            ...(isIP(hop.name) === 0 ? { servername: hop.name } : {}),
            ...(authorities === undefined ? {} : { ca: [...authorities] }),
          })
        : connectTcp(place);
    // What still happens to it after it was given up is nobody's concern.
    socket.on('error', () => undefined);
    try {
      await once(socket, hop.transport === 'tls' ? 'secureConnect' : 'connect', {
        signal: AbortSignal.timeout(timers.connect),
      });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.setTimeout(idleMilliseconds, () => socket.destroy());
    return { socket, flow: speakSip(socket, hop, this.#onMessage) };
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    for (const one of opened) if (one.status === 'fulfilled') one.value.socket.destroy();
    this.#open.clear();
  }
}
