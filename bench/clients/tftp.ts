import { createSocket, type Socket } from 'node:dgram';

const RRQ = 1;
const DATA = 3;
const ERROR = 5;
// RFC 1350, Appendix I.
const UNKNOWN_TID = 5;
const ACK = 4;
const BLOCK = 512;

const acknowledge = (block: number): Buffer => Buffer.from([0, ACK, block >> 8, block & 255]);

/** A phone asks again when nothing has come for so long. */
const REPEAT_MILLISECONDS = 2_000;
const MAX_REPEATS = 5;

export interface Transfer {
  readonly bytes: number;
  /** Packets that were sent twice, by either side. */
  readonly repeated: number;
}

/** One read in blocks of 512 bytes, without options (RFC 1350), from its RRQ to its last ACK. */
class ReadTransfer {
  readonly #socket: Socket = createSocket('udp4');
  readonly #end: (transfer: Transfer | Error) => void;
  #expected = 1;
  #bytes = 0;
  #repeated = 0;
  #resend: () => void = () => undefined;
  #timer: NodeJS.Timeout;

  constructor(port: number, file: string, end: (transfer: Transfer | Error) => void) {
    this.#end = end;
    this.#socket.on('message', (packet, from) => {
      this.#take(packet, from.port, from.address);
    });
    this.#timer = setInterval(() => {
      this.#repeat();
    }, REPEAT_MILLISECONDS);
    this.#send(Buffer.concat([Buffer.from([0, RRQ]), Buffer.from(`${file}\0octet\0`)]), port, '127.0.0.1');
  }

  #send(packet: Buffer, port: number, address: string, sent?: () => void): void {
    this.#resend = () => {
      this.#socket.send(packet, port, address);
    };
    this.#socket.send(packet, port, address, sent);
  }

  #repeat(): void {
    this.#repeated += 1;
    if (this.#repeated > MAX_REPEATS) this.#finish(new Error(`TFTP: block ${this.#expected} never came`));
    else this.#resend();
  }

  #take(packet: Buffer, port: number, address: string): void {
    // Meant for a client that had this port before: its last packet came late.
    if (packet.readUInt16BE(0) === ERROR && packet.readUInt16BE(2) === UNKNOWN_TID) return;
    if (packet.readUInt16BE(0) !== DATA) {
      this.#finish(new Error('TFTP: no data but another packet'));
      return;
    }
    const block = packet.readUInt16BE(2);
    if (block !== this.#expected) {
      this.#repeated += 1;
      return;
    }
    this.#expected += 1;
    this.#bytes += packet.length - 4;
    this.#timer.refresh();
    const isLast = packet.length < BLOCK + 4;
    this.#send(acknowledge(block), port, address, () => {
      if (isLast) this.#finish({ bytes: this.#bytes, repeated: this.#repeated });
    });
  }

  #finish(result: Transfer | Error): void {
    clearInterval(this.#timer);
    this.#socket.close();
    this.#end(result);
  }
}

/** One TFTP transfer, with a socket of its own. */
export const tftpOnce = (port: number, file: string): Promise<Transfer> =>
  new Promise((resolve, reject) => {
    new ReadTransfer(port, file, (result) => {
      if (result instanceof Error) reject(result);
      else resolve(result);
    });
  });
