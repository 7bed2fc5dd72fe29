import type { RemoteInfo, Socket } from 'node:dgram';
import type { Log } from '../../app/ports.ts';
import type { ServeFile } from '../../app/serve/outcome.ts';
import { refusalNotes, type Door, type DoorOptions } from '../door.ts';
import { PRIVATE_NETWORKS } from '../../domain/trust/network.ts';
import { inNetworks, plainAddress } from '../networks.ts';
import { parsePath } from '../path.ts';
import { errorPacket, parsePacket, TFTP_ERROR, type TftpRequest } from './packets.ts';
import { TftpSession, type SessionWorld } from './session.ts';
import { Sessions } from './sessions.ts';
import { bind, poolTids, udpSocket } from './tids.ts';

export interface TftpOptions extends DoorOptions {
  /** Networks whose requests are answered; private ones when absent. */
  readonly allowNetworks?: readonly string[];
  readonly maxSessions?: number;
  readonly maxSessionsPerAddress?: number;
  readonly maxUploadBytes?: number;
  /** Wait before the first repetition. */
  readonly retransmitMilliseconds?: number;
  /** How long running transfers may go on after `close`. */
  readonly closeGraceMilliseconds?: number;
}

// A burst of two hundred phones fits in, with room for a flood beside it.
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

const ILLEGAL = errorPacket(TFTP_ERROR.illegalOperation, 'Illegal request');

class TftpServer implements Door {
  readonly #options: TftpOptions;
  readonly #world: SessionWorld;
  readonly #socket: Socket;
  readonly #isAllowed: (address: string) => boolean;
  readonly #refused: (address: string, reason: string) => void;
  readonly #sessions: Sessions<TftpSession>;
  #onIdle: (() => void) | undefined;

  constructor(options: TftpOptions, serveFile: ServeFile, log: Log) {
    this.#options = options;
    this.#socket = udpSocket(options.host);
    this.#isAllowed = inNetworks(options.allowNetworks ?? PRIVATE_NETWORKS);
    this.#refused = refusalNotes(options, log);
    this.#sessions = new Sessions({
      perAddress: options.maxSessionsPerAddress ?? 512,
      total: options.maxSessions ?? 1024,
    });
    this.#world = {
      serveFile,
      tids: poolTids(options.host),
      log,
      refused: this.#refused,
      retransmitMilliseconds: options.retransmitMilliseconds ?? 1000,
      maxUploadBytes: options.maxUploadBytes ?? 1024 * 1024,
    };
  }

  async open(): Promise<void> {
    await bind(this.#socket, this.#options.host, this.#options.port);
    this.#socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    this.#socket.on('message', (packet, from) => {
      this.#receive(packet, from);
    });
  }

  address(): { host: string; port: number } {
    const { address, port } = this.#socket.address();
    return { host: address, port };
  }

  transfers(): number {
    return this.#sessions.size;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(resolve);
    });
    if (this.#sessions.size > 0) await this.#waitForTransfers();
    this.#world.tids.close();
  }

  #waitForTransfers(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#sessions.abortAll();
        resolve();
      }, this.#options.closeGraceMilliseconds ?? 5000);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #receive(packet: Buffer, from: RemoteInfo): void {
    const address = plainAddress(from.address);
    // Nobody can be answered at port 0; a forged one would only make `send` throw.
    if (from.port === 0) return;
    if (!this.#isAllowed(address)) {
      this.#refused(address, 'foreign_network');
      return;
    }
    const parsed = parsePacket(packet);
    if (!parsed.ok) {
      this.#refused(address, parsed.error.reason);
      if (parsed.error.reason !== 'too_short') this.#socket.send(ILLEGAL, from.port, from.address);
    } else if (parsed.value.kind === 'rrq' || parsed.value.kind === 'wrq') {
      this.#take(parsed.value, packet, from, address);
    }
    // DATA, ACK, ERROR and OACK belong to a transfer on another port; here they are late, or bait for an answer.
  }

  #take(request: TftpRequest, packet: Buffer, from: RemoteInfo, address: string): void {
    const peer = `${from.address}:${from.port}`;
    const running = this.#sessions.find(peer);
    if (running?.repeats(packet) === true) {
      running.repeatRequest(packet);
      return;
    }
    running?.abort();
    const path = parsePath(request.file, this.#options.aliases);
    if (!path.ok) {
      this.#refused(address, path.error.reason);
      this.#socket.send(ILLEGAL, from.port, from.address);
      return;
    }
    if (!this.#sessions.makeRoom(address)) {
      this.#refused(address, 'too_many_transfers');
      return;
    }
    const session: TftpSession = new TftpSession(this.#world, {
      request,
      packet,
      from,
      address,
      phoneRequest: {
        door: this.#options.door,
        secure: false,
        address,
        method: request.kind === 'rrq' ? 'GET' : 'PUT',
        prefix: path.value.prefix,
        file: path.value.file,
        target: request.file,
        host: this.#options.ownName,
        requestId: this.#options.newId(),
        at: this.#options.clock.now(),
      },
      onEnd: () => {
        this.#sessions.remove(peer, session);
        if (this.#sessions.size === 0) this.#onIdle?.();
      },
    });
    this.#sessions.add(peer, session);
    session.run().catch((failure: unknown) => {
      session.fail(failure);
    });
  }
}

/** Opens the TFTP door. Rejects with the socket's own error when the port cannot be bound. */
export async function startTftp(options: TftpOptions, serveFile: ServeFile, log: Log): Promise<Door> {
  const server = new TftpServer(options, serveFile, log);
  await server.open();
  return server;
}
