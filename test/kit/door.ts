import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import type { Log } from '../../src/app/ports.ts';
import type { Outcome, PhoneRequest, ServeFile, Transfer } from '../../src/app/serve/outcome.ts';
import type { PhoneDoor } from '../../src/domain/tenant.ts';
import type { DoorOptions, DoorRefusal } from '../../src/transports/door.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly fields: object;
}

export function collectLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (event: string, fields: object) => void lines.push({ level, event, fields });
  return { log: { info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

export function doorOptions(door: PhoneDoor, refusals: DoorRefusal[] = []): DoorOptions {
  let next = 0;
  return {
    door,
    host: '127.0.0.1',
    port: 0,
    ownName: 'prov.example.com',
    aliases: ['tftpboot'],
    clock: { now: () => new Date() },
    newId: () => `request-${String((next += 1))}`,
    onRefused: (refusal) => void refusals.push(refusal),
  };
}

/** A use case that serves from a table of files, and remembers what it was asked and how the transfers ended. */
export interface Shelf {
  readonly serveFile: ServeFile;
  readonly requests: PhoneRequest[];
  readonly transfers: Transfer[];
}

export type Answer = Outcome extends infer O ? (O extends Outcome ? Omit<O, 'onTransfer'> : never) : never;

export const fileAnswer = (bytes: Uint8Array | string): Answer => ({
  kind: 'file',
  bytes: Buffer.from(bytes),
  contentType: 'text/plain',
  etag: '"1"',
});

/** A stored file read in chunks of `chunk` bytes. */
export const storedAnswer = (bytes: Uint8Array, chunk = 1000): Answer => ({
  kind: 'stored_file',
  size: bytes.length,
  contentType: 'application/octet-stream',
  etag: '"fw"',
  open: (range) => {
    const part = bytes.subarray(range?.first ?? 0, (range?.last ?? bytes.length - 1) + 1);
    const chunks = Array.from({ length: Math.ceil(part.length / chunk) }, (_, n) =>
      part.subarray(n * chunk, (n + 1) * chunk),
    );
    return Readable.from(chunks);
  },
});

export function shelf(answer: (request: PhoneRequest) => Answer | Promise<Answer>): Shelf {
  const requests: PhoneRequest[] = [];
  const transfers: Transfer[] = [];
  return {
    requests,
    transfers,
    serveFile: async (request) => {
      requests.push(request);
      const found = await answer(request);
      return { ...found, onTransfer: (transfer) => void transfers.push(transfer) };
    },
  };
}

/** Waits until `done` says so, without sleeping longer than the world needs. */
export async function until(done: () => boolean, milliseconds = 5000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!done()) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
