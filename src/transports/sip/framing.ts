import { Buffer } from 'node:buffer';
import { MAX_MESSAGE_BYTES } from './limits.ts';

/** What comes out of a stream: messages, whole, and pings that want a pong. */
export type Frame = { readonly kind: 'message'; readonly bytes: Uint8Array } | { readonly kind: 'ping' };

const LINE_BREAK = Buffer.from('\r\n');
const TWO_LINE_BREAKS = Buffer.from('\r\n\r\n');

/** RFC 5626 §4.4.1: one CRLF answers two. */
export const PONG = LINE_BREAK;

// RFC 3261 §20.14 and §7.3.3. Looked for in headers that are complete and of bounded length.
const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,6})[ \t]*\r?$/im;

/**
 * Cuts a TCP or TLS stream into messages by their Content-Length, which has to be there (RFC 3261 §18.3). After a message that is
 * too long, or says no length, nothing in the stream can be found any more: the connection has to be closed.
 */
export class Framing {
  /** Grows by doubling: a peer that sends byte by byte costs no more than one that sends at once. */
  #buffer = Buffer.alloc(2_048);
  #length = 0;
  /** Up to here there is no end of headers. */
  #searched = 0;

  /** Frames that are complete with this chunk; undefined where the stream can't be read any further. */
  add(chunk: Uint8Array): readonly Frame[] | undefined {
    this.#append(chunk);
    const frames: Frame[] = [];
    for (;;) {
      const frame = this.#next();
      if (frame === 'unreadable') return undefined;
      if (frame === undefined) return frames;
      frames.push(frame);
    }
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  #next(): Frame | undefined | 'unreadable' {
    const held = this.#buffer.subarray(0, this.#length);
    if (held.subarray(0, 4).equals(TWO_LINE_BREAKS)) {
      this.#drop(4);
      return { kind: 'ping' };
    }
    // A lone line break is a pong to us, or nothing (RFC 3261 §7.5); whether it is the half of a ping must be known.
    if (held.length > 2 && held.subarray(0, 2).equals(LINE_BREAK) && held[2] !== LINE_BREAK[0]) {
      this.#drop(2);
      return this.#next();
    }
    const end = held.indexOf(TWO_LINE_BREAKS, Math.max(0, this.#searched - 3));
    this.#searched = held.length;
    if (end < 0) return held.length > MAX_MESSAGE_BYTES ? 'unreadable' : undefined;
    return this.#wholeMessage(held, end);
  }

  #wholeMessage(held: Buffer, end: number): Frame | undefined | 'unreadable' {
    const length = CONTENT_LENGTH.exec(held.toString('latin1', 0, end))?.[1];
    const total = end + TWO_LINE_BREAKS.length + Number(length);
    if (length === undefined || total > MAX_MESSAGE_BYTES) return 'unreadable';
    if (held.length < total) {
      this.#searched = end;
      return undefined;
    }
    const bytes = Uint8Array.from(held.subarray(0, total));
    this.#drop(total);
    return { kind: 'message', bytes };
  }

  #drop(count: number): void {
    this.#buffer.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#searched = 0;
  }
}
