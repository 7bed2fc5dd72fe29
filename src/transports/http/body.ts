import type { IncomingMessage } from 'node:http';

export type BodyRead = Uint8Array | 'too_large' | 'broken_off';

/** Whether the request says beforehand that its body is beyond the bound. */
export const announcesTooMuch = (message: IncomingMessage, maxBytes: number): boolean =>
  Number(message.headers['content-length'] ?? 0) > maxBytes;

/** Reads a body up to a bound; what comes after it is not read. */
export function readBody(message: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  if (announcesTooMuch(message, maxBytes)) return Promise.resolve('too_large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      message.pause();
      resolve('too_large');
    });
    message.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    message.on('close', () => {
      resolve('broken_off');
    });
  });
}
