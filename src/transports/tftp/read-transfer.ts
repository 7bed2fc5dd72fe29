import type { Agreement } from './options.ts';
import { dataPacket, oackPacket, type TftpPacket } from './packets.ts';
import type { BlockSource } from './block-source.ts';
import { packetsEarned } from './earned.ts';
import { Patience } from './patience.ts';

/** How a transfer ended. */
export interface TransferEnd {
  readonly completed: boolean;
  /** Bytes of the file that the phone has acknowledged. */
  readonly bytes: number;
}

export interface ReadTransferInput {
  readonly source: BlockSource;
  readonly agreement: Agreement;
  /** Size of the request packet: what a stranger has paid so far. */
  readonly requestBytes: number;
  readonly retransmitMilliseconds: number;
  readonly send: (packet: Buffer) => void;
  /** Called once. `failure` is what reading the file threw. */
  readonly onEnd: (end: TransferEnd, failure?: unknown) => void;
}

interface SentBlock {
  readonly packet: Buffer;
  readonly bytes: number;
}

/** Sends one file to one phone (RFC 1350, windows of RFC 7440). Only silence repeats packets, a repeated ACK does not (RFC 1123 §4.2.3.1). */
export class ReadTransfer {
  readonly #input: ReadTransferInput;
  readonly #patience: Patience;
  #window: SentBlock[] = [];
  /** Blocks acknowledged, counted without roll-over. */
  #acknowledged = 0;
  #waitsForOptions = false;
  #readsBlocks = false;
  #allRead = false;
  #repeatedFor = -1;
  #requests = 1;
  #bytesIn: number;
  #packetsOut = 0;
  #delivered = 0;
  #ended = false;

  constructor(input: ReadTransferInput) {
    this.#input = input;
    this.#bytesIn = input.requestBytes;
    this.#patience = new Patience(
      input.retransmitMilliseconds,
      () => {
        this.#repeatWindow();
      },
      () => {
        this.#end(false);
      },
    );
  }

  /** Whether the phone has answered at least once; before that it may be a forged address. */
  get heard(): boolean {
    return this.#patience.heard;
  }

  start(): void {
    const { acknowledge } = this.#input.agreement;
    if (acknowledge.length === 0) {
      this.#fillWindow();
      return;
    }
    this.#waitsForOptions = true;
    this.#window = [{ packet: oackPacket(acknowledge), bytes: 0 }];
    this.#sendWindow();
  }

  receive(packet: TftpPacket): void {
    if (this.#ended) return;
    if (packet.kind === 'error') {
      this.#end(false);
    } else if (packet.kind === 'ack') {
      this.#acknowledge(packet.block);
    }
  }

  /** The phone asks again from the same port: our first packet was lost, and the new request pays for another. Once it has answered, the request was only late. */
  repeatRequest(bytes: number): void {
    if (this.heard || this.#ended) return;
    this.#requests += 1;
    this.#bytesIn += bytes;
    this.#sendWindow();
  }

  abort(): void {
    this.#end(false);
  }

  #acknowledge(block: number): void {
    const steps = (block - this.#acknowledged) & 0xffff;
    if (this.#waitsForOptions) {
      // RFC 2347: ACK 0 accepts the OACK.
      if (block !== 0) return;
      this.#waitsForOptions = false;
      this.#window = [];
    } else if (steps === 0) {
      this.#repeatLostWindow();
      return;
    } else if (steps > this.#window.length) {
      return;
    } else {
      this.#acknowledged += steps;
      for (const sent of this.#window.splice(0, steps)) this.#delivered += sent.bytes;
    }
    this.#patience.progress();
    // RFC 7440 §4: an ACK from inside the window says that what follows it was lost.
    if (this.#window.length > 0) this.#sendWindow();
    this.#fillWindow();
  }

  /** RFC 7440 §4: in a window, a repeated ACK says that the block after it was lost. Believed once for each position. */
  #repeatLostWindow(): void {
    if (this.#input.agreement.windowsize === 1 || !this.heard || this.#repeatedFor === this.#acknowledged) return;
    this.#repeatedFor = this.#acknowledged;
    this.#sendWindow();
  }

  #fillWindow(): void {
    const { source, agreement } = this.#input;
    while (!this.#ended && !this.#readsBlocks && !this.#allRead && this.#window.length < agreement.windowsize) {
      const data = source.next(agreement.blksize);
      if (data instanceof Promise) {
        this.#readsBlocks = true;
        data.then(
          (block) => {
            this.#readsBlocks = false;
            this.#sendBlock(block);
            this.#fillWindow();
          },
          (failure: unknown) => {
            this.#end(false, failure);
          },
        );
      } else {
        this.#sendBlock(data);
      }
    }
    if (this.#allRead && this.#window.length === 0) this.#end(true);
  }

  #sendBlock(data: Uint8Array): void {
    if (this.#ended) return;
    // RFC 1350 §2: a block shorter than blksize ends the transfer, so a file whose length is an exact multiple needs an empty one.
    this.#allRead = data.length < this.#input.agreement.blksize;
    const number = this.#acknowledged + this.#window.length + 1;
    const sent = { packet: dataPacket(number, data), bytes: data.length };
    this.#window.push(sent);
    this.#send(sent.packet);
  }

  #sendWindow(): void {
    for (const { packet } of this.#window) this.#send(packet);
  }

  #repeatWindow(): void {
    for (const { packet } of this.#window) if (this.heard || this.#mayRepeat(packet)) this.#send(packet);
  }

  #mayRepeat(packet: Buffer): boolean {
    const earned = packetsEarned({
      requests: this.#requests,
      requestBytes: this.#bytesIn,
      packetBytes: packet.length,
      isWholeFile: this.#allRead && !this.#waitsForOptions,
    });
    return this.#packetsOut < earned;
  }

  #send(packet: Buffer): void {
    this.#packetsOut += 1;
    this.#input.send(packet);
  }

  #end(completed: boolean, failure?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#patience.stop();
    this.#input.source.close();
    this.#input.onEnd({ completed, bytes: this.#delivered }, failure);
  }
}
