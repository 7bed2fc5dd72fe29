import type { RemoteInfo } from 'node:dgram';
import type { Log } from '../../app/ports.ts';
import type { Outcome, PhoneRequest, ServeFile } from '../../app/serve/outcome.ts';
import { plainAddress } from '../networks.ts';
import { bytesSource, streamSource, type BlockSource } from './block-source.ts';
import { fromNetascii, toNetascii } from './netascii.ts';
import { agree, type Agreement } from './options.ts';
import { errorPacket, parsePacket, TFTP_ERROR, type TftpRequest } from './packets.ts';
import { ReadTransfer } from './read-transfer.ts';
import type { Session } from './sessions.ts';
import type { Tid, Tids } from './tids.ts';
import { WriteTransfer } from './write-transfer.ts';

/** What all sessions of a door share. */
export interface SessionWorld {
  readonly serveFile: ServeFile;
  readonly tids: Tids;
  readonly log: Log;
  /** For the log and the journal. */
  readonly refused: (address: string, reason: string) => void;
  readonly retransmitMilliseconds: number;
  readonly maxUploadBytes: number;
}

/** A request that has been read and is worth asking about. */
export interface SessionInput {
  readonly request: TftpRequest;
  /** The packet it came in. */
  readonly packet: Buffer;
  readonly from: RemoteInfo;
  /** Without zone and mapping. */
  readonly address: string;
  readonly phoneRequest: PhoneRequest;
  readonly onEnd: () => void;
}

const STRANGER = errorPacket(TFTP_ERROR.unknownTid, 'Unknown TID');

type Content = Extract<Outcome, { kind: 'file' | 'stored_file' }>;
type Refusal = Exclude<Outcome, Content | { kind: 'throttled' }>;

const NOT_FOUND = errorPacket(TFTP_ERROR.fileNotFound, 'File not found');
const TOO_LARGE = [TFTP_ERROR.diskFull, 'Too large'] as const;
const TRY_LATER = [TFTP_ERROR.undefined, 'Try again later'] as const;

/** The one refusal, and the others; none says more than that. Who is throttled hears nothing. */
const REFUSALS: Readonly<Record<Refusal['kind'], Buffer>> = {
  not_found: NOT_FOUND,
  challenge: NOT_FOUND,
  not_modified: NOT_FOUND,
  accepted: NOT_FOUND,
  bad_request: errorPacket(TFTP_ERROR.illegalOperation, 'Illegal request'),
  too_large: errorPacket(...TOO_LARGE),
  unavailable: errorPacket(...TRY_LATER),
};

function sourceOf(content: Content, mode: TftpRequest['mode']): BlockSource {
  const translate = mode === 'netascii' ? toNetascii : (bytes: Uint8Array): Uint8Array => bytes;
  return content.kind === 'file' ? bytesSource(translate(content.bytes)) : streamSource(content.open(), translate);
}

// RFC 2349 wants the size in octets as transferred; a netascii file has another on the wire than on the disk, so the option is left out.
const sizeOf = (content: Content, mode: TftpRequest['mode']): number | undefined =>
  mode === 'netascii' ? undefined : content.kind === 'file' ? content.bytes.length : content.size;

/** One RRQ or WRQ from arrival to end, on a port of its own. */
export class TftpSession implements Session {
  readonly address: string;
  readonly #world: SessionWorld;
  readonly #input: SessionInput;
  readonly #startedAt = performance.now();
  #tid: Tid | undefined;
  #transfer: ReadTransfer | WriteTransfer | undefined;
  #lastHeardAt = this.#startedAt;
  #unreported: Outcome | undefined;
  #aborted = false;
  #ended = false;

  constructor(world: SessionWorld, input: SessionInput) {
    this.#world = world;
    this.#input = input;
    this.address = input.address;
  }

  get heard(): boolean {
    return this.#transfer?.heard ?? false;
  }

  async run(): Promise<void> {
    const { request } = this.#input;
    if (request.kind === 'wrq') {
      await this.#receive();
      return;
    }
    const outcome = await this.#ask(this.#input.phoneRequest);
    if (this.#aborted || outcome.kind === 'throttled') {
      this.#report(outcome, false, 0);
      this.#end();
    } else if (outcome.kind === 'file' || outcome.kind === 'stored_file') {
      await this.#sendFile(outcome);
    } else {
      await this.#refuse(outcome);
    }
  }

  /**
   * The same peer asks again while this runs. The same request is a repetition of the phone's; another one, or one long after
   * the last sign of life, is a phone that has started anew.
   */
  repeats(packet: Buffer): boolean {
    if (!packet.equals(this.#input.packet)) return false;
    return !this.heard || performance.now() - this.#lastHeardAt < this.#world.retransmitMilliseconds;
  }

  repeatRequest(packet: Buffer): void {
    this.#transfer?.repeatRequest(packet.length);
  }

  abort(): void {
    this.#aborted = true;
    this.#transfer?.abort();
  }

  /** The world broke: no port could be opened, or the use case threw. */
  fail(failure: unknown): void {
    this.#world.log.error('tftp_session_failed', { address: this.address, failure });
    if (this.#unreported !== undefined) this.#report(this.#unreported, false, 0);
    this.#transfer?.abort();
    this.#end();
  }

  async #ask(request: PhoneRequest): Promise<Outcome> {
    const outcome = await this.#world.serveFile(request);
    this.#unreported = outcome;
    return outcome;
  }

  async #takeTid(): Promise<Tid> {
    const { from } = this.#input;
    this.#tid = await this.#world.tids.take(`${from.address}:${from.port}`, (packet, sender) => {
      this.#onDatagram(packet, sender);
    });
    return this.#tid;
  }

  #onDatagram(packet: Buffer, sender: RemoteInfo): void {
    const { from } = this.#input;
    const parsed = parsePacket(packet);
    if (sender.port !== from.port || sender.address !== from.address) {
      // RFC 1350 §4: a packet from elsewhere gets an ERROR and does not disturb the transfer. An ERROR is never answered.
      if (sender.port !== 0 && !(parsed.ok && parsed.value.kind === 'error')) {
        this.#tid?.socket.send(STRANGER, sender.port, sender.address);
        this.#world.refused(plainAddress(sender.address), 'wrong_tid');
      }
      return;
    }
    this.#lastHeardAt = performance.now();
    if (parsed.ok) this.#transfer?.receive(parsed.value);
  }

  readonly #send = (packet: Buffer): void => {
    this.#tid?.socket.send(packet, this.#input.from.port, this.#input.from.address);
  };

  async #sendFile(content: Content): Promise<void> {
    const { request, packet } = this.#input;
    await this.#takeTid();
    const agreement = agree(request, sizeOf(content, request.mode));
    const transfer = new ReadTransfer({
      source: sourceOf(content, request.mode),
      agreement,
      requestBytes: packet.length,
      retransmitMilliseconds: this.#waitFor(agreement),
      send: this.#send,
      onEnd: ({ completed, bytes }, failure) => {
        if (failure !== undefined) {
          this.#world.log.error('tftp_read_failed', { requestId: this.#input.phoneRequest.requestId, failure });
          this.#send(REFUSALS.unavailable);
        }
        this.#report(content, completed, bytes);
        this.#end();
      },
    });
    this.#transfer = transfer;
    if (this.#aborted) transfer.abort();
    else transfer.start();
  }

  async #refuse(outcome: Refusal): Promise<void> {
    await this.#takeTid();
    this.#send(REFUSALS[outcome.kind]);
    this.#report(outcome, true, 0);
    this.#end();
  }

  async #receive(): Promise<void> {
    const { request } = this.#input;
    await this.#takeTid();
    const announced = Number(request.options.find((option) => option.name.toLowerCase() === 'tsize')?.value ?? 0);
    // Blocks are acknowledged one by one, so a window is not agreed to.
    const options = request.options.filter((option) => option.name.toLowerCase() !== 'windowsize');
    const agreement = agree({ ...request, options }, announced);
    const transfer = new WriteTransfer({
      agreement,
      maxBytes: this.#world.maxUploadBytes,
      retransmitMilliseconds: this.#waitFor(agreement),
      send: this.#send,
      onFile: (bytes) => {
        this.#keep(transfer, request.mode === 'netascii' ? fromNetascii(bytes) : bytes).catch((failure: unknown) => {
          this.fail(failure);
        });
      },
      onEnd: () => {
        this.#end();
      },
    });
    this.#transfer = transfer;
    if (announced > this.#world.maxUploadBytes) transfer.refuse(...TOO_LARGE);
    else transfer.start();
  }

  async #keep(transfer: WriteTransfer, body: Uint8Array): Promise<void> {
    const outcome = await this.#ask({ ...this.#input.phoneRequest, body });
    if (outcome.kind === 'accepted') transfer.accept();
    else if (outcome.kind === 'throttled') transfer.abort();
    else if (outcome.kind === 'unavailable') transfer.refuse(...TRY_LATER);
    else transfer.refuse(TFTP_ERROR.accessViolation, 'Access violation');
    this.#report(outcome, outcome.kind === 'accepted', body.length);
  }

  /** RFC 2349: seconds before a repetition, where the phone asked for them. */
  #waitFor({ timeoutSeconds }: Agreement): number {
    return timeoutSeconds === undefined ? this.#world.retransmitMilliseconds : timeoutSeconds * 1000;
  }

  #report(outcome: Outcome, completed: boolean, bytes: number): void {
    this.#unreported = undefined;
    outcome.onTransfer({ completed, bytes, milliseconds: performance.now() - this.#startedAt });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#tid !== undefined) this.#world.tids.giveBack(this.#tid);
    this.#input.onEnd();
  }
}
