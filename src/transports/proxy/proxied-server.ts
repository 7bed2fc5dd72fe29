import { Buffer } from 'node:buffer';
import type { Server, Socket } from 'node:net';
import { plainAddress } from '../networks.ts';
import { readProxyHeader } from './header.ts';

export interface ProxiedOptions {
  /** Whose PROXY header is read; anybody else's bytes are what the server makes of them. */
  readonly isTrusted: (address: string) => boolean;
  readonly onRefused: (address: string, reason: string) => void;
  readonly headerMilliseconds?: number;
}

/** The address at the other end of a connection, in plain form: the peer's own, or the one that its proxy named. */
export type PeerOf = (socket: Socket) => string;

/** A proxy sends its header with the first packet. */
const HEADER_MILLISECONDS = 5_000;

export const socketPeer: PeerOf = (socket) => plainAddress(socket.remoteAddress ?? '');

type HeaderEnd = { readonly client: string | undefined } | { readonly refused: string };

/** Takes the header off a connection; what came behind it stays to be read. Calls `done` once, unless the connection ends before. */
function takeHeader(socket: Socket, milliseconds: number, done: (end: HeaderEnd) => void): void {
  let received = Buffer.alloc(0);
  const finish = (end: HeaderEnd): void => {
    clearTimeout(timer);
    socket.off('readable', read);
    socket.off('error', leave);
    socket.off('close', leave);
    done(end);
  };
  const read = (): void => {
    for (let chunk: unknown = socket.read(); chunk !== null; chunk = socket.read()) {
      received = Buffer.concat([received, chunk as Buffer]);
      const header = readProxyHeader(received);
      if (!header.ok) {
        finish({ refused: 'proxy_header' });
        return;
      }
      if (header.value === 'incomplete') continue;
      const rest = received.subarray(header.value.length);
      if (rest.length > 0) socket.unshift(rest);
      finish({ client: header.value.client });
      return;
    }
  };
  const leave = (): void => {
    clearTimeout(timer);
    socket.destroy();
  };
  const timer = setTimeout(finish, milliseconds, { refused: 'proxy_header_timeout' });
  socket.on('readable', read);
  socket.on('error', leave);
  socket.on('close', leave);
}

// A TLS socket does not tell which connection it was made of, but both know their ends.
const endsOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ');

/**
 * Lets a server (plain or TLS, before it listens) take connections from proxies that speak the PROXY protocol: the header
 * comes first, inside of it TLS and HTTP go on as if the client had connected itself.
 */
export function expectProxyHeaders(server: Server, options: ProxiedOptions): PeerOf {
  const clients = new Map<string, string>();
  const listeners = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  const goOn = (socket: Socket): void => {
    for (const listener of listeners) listener.call(server, socket);
  };
  const accept = (socket: Socket): void => {
    const peer = socketPeer(socket);
    if (!options.isTrusted(peer)) {
      goOn(socket);
      return;
    }
    takeHeader(socket, options.headerMilliseconds ?? HEADER_MILLISECONDS, (end) => {
      if ('refused' in end) {
        options.onRefused(peer, end.refused);
        socket.destroy();
        return;
      }
      const { client } = end;
      const ends = endsOf(socket);
      if (client !== undefined) {
        clients.set(ends, plainAddress(client));
        socket.on('close', () => clients.delete(ends));
      }
      goOn(socket);
    });
  };
  server.removeAllListeners('connection');
  server.on('connection', accept);
  return (socket) => clients.get(endsOf(socket)) ?? socketPeer(socket);
}
