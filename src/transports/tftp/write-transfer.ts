import type { Agreement } from './options.ts';
import { ackPacket, errorPacket, oackPacket, TFTP_ERROR, type TftpErrorCode, type TftpPacket } from './packets.ts';
import { Patience } from './patience.ts';

export interface WriteTransferInput {
  readonly agreement: Agreement;
  readonly maxBytes: number;
  readonly retransmitMilliseconds: number;
  readonly send: (packet: Buffer) => void;
  /** The whole file is here; the last block is acknowledged by `accept` only. */
  readonly onFile: (bytes: Uint8Array) => void;
  /** Called once, when nothing more is sent. `bytes` were received. */
  readonly onEnd: (bytes: number) => void;
}

const LINGER_TICKS = 3;

/** Receives one file from one phone. The last ACK is the phone's receipt, so it waits until the file is kept. */
export class WriteTransfer {
  readonly #input: WriteTransferInput;
  readonly #patience: Patience;
  readonly #blocks: Uint8Array[] = [];
  #bytes = 0;
  #received = 0;
  #last: Buffer | undefined;
  #whole = false;
  #accepted = false;
  #ended = false;

  constructor(input: WriteTransferInput) {
    this.#input = input;
    this.#patience = new Patience(
      input.retransmitMilliseconds,
      () => {
        // Once the file is whole it is the phone's turn to repeat; our answer follows.
        if (!this.#whole) this.#sendLast();
      },
      () => {
        this.#end();
      },
    );
  }

  get heard(): boolean {
    return this.#patience.heard;
  }

  start(): void {
    const { acknowledge } = this.#input.agreement;
    this.#last = acknowledge.length === 0 ? ackPacket(0) : oackPacket(acknowledge);
    this.#sendLast();
  }

  receive(packet: TftpPacket): void {
    if (this.#ended) return;
    if (packet.kind === 'error') this.#end();
    else if (packet.kind === 'data') this.#take(packet.block, packet.data);
  }

  /** Our first answer was lost. */
  repeatRequest(): void {
    if (!this.heard && !this.#ended) this.#sendLast();
  }

  /** Acknowledges the last block and stays a while, in case that ACK is lost (RFC 1350 §6). */
  accept(): void {
    if (this.#ended) return;
    this.#accepted = true;
    this.#acknowledge();
    this.#patience.stop();
    setTimeout(() => {
      this.#end();
    }, LINGER_TICKS * this.#input.retransmitMilliseconds).unref();
  }

  refuse(code: TftpErrorCode, message: string): void {
    if (this.#ended) return;
    this.#input.send(errorPacket(code, message));
    this.#end();
  }

  abort(): void {
    this.#end();
  }

  #take(block: number, data: Uint8Array): void {
    const step = (block - this.#received) & 0xffff;
    if (step === 0 && (this.#accepted || !this.#whole)) this.#sendLast();
    if (step !== 1 || this.#whole || data.length > this.#input.agreement.blksize) return;
    this.#bytes += data.length;
    if (this.#bytes > this.#input.maxBytes) {
      this.refuse(TFTP_ERROR.diskFull, 'Too large');
      return;
    }
    this.#received += 1;
    this.#blocks.push(Uint8Array.from(data));
    this.#patience.progress();
    if (data.length === this.#input.agreement.blksize) {
      this.#acknowledge();
    } else {
      this.#whole = true;
      this.#input.onFile(Buffer.concat(this.#blocks.splice(0)));
    }
  }

  #acknowledge(): void {
    this.#last = ackPacket(this.#received);
    this.#sendLast();
  }

  #sendLast(): void {
    if (this.#last !== undefined) this.#input.send(this.#last);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#patience.stop();
    this.#input.onEnd(this.#bytes);
  }
}
