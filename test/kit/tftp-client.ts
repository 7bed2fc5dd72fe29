import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import {
  ackPacket,
  dataPacket,
  parsePacket,
  requestPacket,
  type TftpOption,
  type TftpPacket,
} from '../../src/transports/tftp/packets.ts';

export interface Received {
  readonly packet: TftpPacket;
  readonly raw: Buffer;
  readonly from: RemoteInfo;
}

/** A TFTP client in pieces, for tests that lose, repeat and forge packets. */
export class RawClient {
  readonly socket: Socket;
  readonly received: Received[] = [];
  readonly #server: { readonly port: number };
  #waiting: (() => void) | undefined;
  #taken = 0;

  constructor(socket: Socket, server: { readonly port: number }) {
    this.socket = socket;
    this.#server = server;
    socket.on('message', (raw, from) => {
      const packet = parsePacket(raw);
      if (packet.ok) this.received.push({ packet: packet.value, raw, from });
      this.#waiting?.();
    });
  }

  static async open(server: { readonly port: number }, address = '127.0.0.1'): Promise<RawClient> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return new RawClient(socket, server);
  }

  /** The next packet that nobody has taken; undefined after a silence. */
  async next(milliseconds = 2000): Promise<Received | undefined> {
    if (this.received.length <= this.#taken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#waiting = undefined;
    }
    const found = this.received[this.#taken];
    if (found !== undefined) this.#taken += 1;
    return found;
  }

  ask(file: string, options: readonly TftpOption[] = [], mode = 'octet'): void {
    this.sendToServer(requestPacket({ kind: 'rrq', file, mode, options }));
  }

  sendToServer(bytes: Buffer): void {
    this.socket.send(bytes, this.#server.port, '127.0.0.1');
  }

  reply(to: Received, bytes: Buffer): void {
    this.socket.send(bytes, to.from.port, '127.0.0.1');
  }

  /** Later than the packets sent so far, which closing in this turn would lose. */
  close(): void {
    setImmediate(() => this.socket.close());
  }
}

export interface Fetched {
  readonly bytes: Buffer;
  readonly options: readonly TftpOption[];
  readonly error?: number;
  /** DATA packets that had been received before. */
  readonly repeated: number;
}

/** Fetches a file as a phone does; `loses` says which received packets (counted from 0) get lost on the way. */
export async function fetchTftp(
  server: { readonly port: number },
  file: string,
  options: readonly TftpOption[] = [],
  loses: (n: number) => boolean = () => false,
  mode = 'octet',
): Promise<Fetched> {
  const client = await RawClient.open(server);
  try {
    return await runFetch(client, file, options, loses, mode);
  } finally {
    client.close();
  }
}

/** What has come in so far. */
class Receiving {
  readonly blocks: Uint8Array[] = [];
  agreed: readonly TftpOption[] = [];
  repeated = 0;

  #number(name: string, otherwise: number): number {
    return Number(this.agreed.find((option) => option.name === name)?.value ?? otherwise);
  }

  /** Takes a block; says what to acknowledge, if anything, and whether it was the last. */
  take(block: number, data: Uint8Array): { readonly ack?: number; readonly done: boolean } {
    const next = (this.blocks.length + 1) & 0xffff;
    const window = this.#number('windowsize', 1);
    if (block !== next) {
      this.repeated += 1;
      const isRepeated = ((next - block) & 0xffff) === 1;
      return isRepeated || window > 1 ? { ack: this.blocks.length, done: false } : { done: false };
    }
    this.blocks.push(data);
    const done = data.length < this.#number('blksize', 512);
    return done || this.blocks.length % window === 0 ? { ack: this.blocks.length, done } : { done };
  }

  fetched(): Fetched {
    return { bytes: Buffer.concat(this.blocks), options: this.agreed, repeated: this.repeated };
  }
}

async function runFetch(
  client: RawClient,
  file: string,
  options: readonly TftpOption[],
  loses: (n: number) => boolean,
  mode: string,
): Promise<Fetched> {
  const receiving = new Receiving();
  client.ask(file, options, mode);
  for (let count = 0; ;) {
    const got = await client.next(1500);
    if (got === undefined) {
      if (receiving.blocks.length > 0) throw new Error(`silence after ${String(receiving.blocks.length)} blocks`);
      client.ask(file, options, mode);
      continue;
    }
    if (loses(count++)) continue;
    const { packet } = got;
    if (packet.kind === 'error') return { ...receiving.fetched(), error: packet.code };
    if (packet.kind === 'oack') {
      receiving.agreed = packet.options;
      client.reply(got, ackPacket(0));
    } else if (packet.kind === 'data') {
      const { ack, done } = receiving.take(packet.block, packet.data);
      if (ack !== undefined) client.reply(got, ackPacket(ack));
      if (done) return receiving.fetched();
    }
  }
}

/** Sends a file; returns the error code of a refusal. */
export async function putTftp(
  server: { readonly port: number },
  file: string,
  bytes: Buffer,
  mode = 'octet',
  patience = 3000,
): Promise<number | undefined> {
  const client = await RawClient.open(server);
  try {
    client.sendToServer(requestPacket({ kind: 'wrq', file, mode, options: [] }));
    for (let block = 0; block <= Math.floor(bytes.length / 512) + 1; block += 1) {
      const got = await client.next(patience);
      if (got === undefined) throw new Error(`silence after block ${String(block)}`);
      if (got.packet.kind === 'error') return got.packet.code;
      if (got.packet.kind !== 'ack' || got.packet.block !== block) throw new Error('not the ACK that was due');
      if (block <= Math.floor(bytes.length / 512)) {
        client.reply(got, dataPacket(block + 1, bytes.subarray(block * 512, (block + 1) * 512)));
      }
    }
    return undefined;
  } finally {
    client.close();
  }
}
