import { connect, type Socket } from 'node:net';
import { secondsSince } from '../measure.ts';

/** Connections that are opened and then say nothing, or half of something. */
export interface HalfOpen {
  readonly count: number;
  /** Resolves when the other side has closed them all, with the seconds that the last one took. */
  readonly closed: Promise<number>;
  destroy(): void;
}

function openOne(port: number, firstBytes: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      if (firstBytes !== '') socket.write(firstBytes);
      resolve(socket);
    });
    socket.on('error', reject);
    // Without a reader the end of the connection would never be noticed.
    socket.resume();
  });
}

const whenClosed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });

/** A third each: not a byte on the plain door, half a request there, and no handshake on the TLS door. */
export async function openHalf(
  count: number,
  ports: { readonly LEGACY: number; readonly SECURE: number },
): Promise<HalfOpen> {
  const kinds = [
    { port: ports.LEGACY, bytes: '' },
    { port: ports.LEGACY, bytes: 'GET /805ec0000001.cfg HTTP/1.1\r\nHost: 127.0.0.1\r\n' },
    { port: ports.SECURE, bytes: '' },
  ];
  const startedAt = performance.now();
  const sockets = await Promise.all(
    kinds.flatMap(({ port, bytes }) => Array.from({ length: Math.ceil(count / 3) }, () => openOne(port, bytes))),
  );
  const closed = Promise.all(sockets.map(whenClosed)).then(() => secondsSince(startedAt));
  return {
    count: sockets.length,
    closed,
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
