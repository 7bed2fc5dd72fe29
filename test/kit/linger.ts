import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** How a connection is left open: what it begins with, and what follows once a second. Without TLS of its own at a TLS door, the handshake is what is left. */
export interface Lingering {
  readonly inTls: boolean;
  readonly begin: string;
  readonly then: string;
}

/** Opens a connection and never finishes what it has begun; resolves with the milliseconds until the server has closed it. */
function linger(port: number, { inTls, begin, then }: Lingering): Promise<number> {
  return new Promise((resolve) => {
    const to = { host: '127.0.0.1', port };
    let start = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const onOpen = (): void => {
      start = performance.now();
      socket.write(begin);
      if (then !== '') timer = setInterval(() => socket.write(then), 1000);
    };
    const socket: Socket = inTls ? connectTls({ ...to, rejectUnauthorized: false }, onOpen) : connectTcp(to, onOpen);
    socket.on('error', () => undefined);
    socket.resume();
    socket.on('close', () => {
      clearInterval(timer);
      resolve(performance.now() - start);
    });
  });
}

/** Many of them at once; resolves with how long the most patient answer took. */
export const longestOf = async (port: number, count: number, ways: readonly Lingering[]): Promise<number> =>
  Math.max(
    ...(await Promise.all(
      Array.from({ length: count }, (_, n) =>
        linger(port, ways[n % ways.length] ?? { inTls: false, begin: '', then: '' }),
      ),
    )),
  );
