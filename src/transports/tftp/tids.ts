import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from 'node:dgram';

/** Gets every datagram that reaches a TID while it is held. */
export type OnDatagram = (packet: Buffer, from: RemoteInfo) => void;

/** A port of ours for one transfer (RFC 1350 §4). */
export interface Tid {
  readonly socket: Socket;
  onDatagram: OnDatagram | undefined;
  lastPeer: string;
}

export interface Tids {
  take(peer: string, onDatagram: OnDatagram): Promise<Tid>;
  giveBack(tid: Tid): void;
  close(): void;
}

const MAX_IDLE = 256;

/** Our peers are addresses already; without this, Node would look up each of them before each packet, a turn of the loop later. */
const lookup: NonNullable<SocketOptions['lookup']> = (host, options, callback) => {
  callback(null, host, options.family === 6 ? 6 : 4);
};

export const udpSocket = (host: string): Socket =>
  host.includes(':') ? createSocket({ type: 'udp6', lookup }) : createSocket({ type: 'udp4', lookup });

export function bind(socket: Socket, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      // A packet that could not be sent is a lost packet: the timer repeats it.
      socket.on('error', () => undefined);
      resolve();
    });
  });
}

async function open(host: string): Promise<Tid> {
  const tid: Tid = { socket: udpSocket(host), onDatagram: undefined, lastPeer: '' };
  tid.socket.on('message', (packet, from) => tid.onDatagram?.(packet, from));
  await bind(tid.socket, host, 0);
  return tid;
}

/**
 * Ports are used again, the longest unused first and never twice in a row for one peer, so that a late packet of an old transfer meets
 * a port without one. To open and close a socket costs more than to send a small file; and closing one in the turn of its
 * last packet loses that packet.
 */
export function poolTids(host: string): Tids {
  const idle: Tid[] = [];
  let closed = false;
  const closeIdle = (): void => {
    for (const tid of idle.splice(0)) tid.socket.close();
  };
  return {
    take: async (peer, onDatagram) => {
      const at = idle.findIndex((tid) => tid.lastPeer !== peer);
      const tid = (at < 0 ? undefined : idle.splice(at, 1)[0]) ?? (await open(host));
      tid.lastPeer = peer;
      tid.onDatagram = onDatagram;
      return tid;
    },
    giveBack: (tid) => {
      tid.onDatagram = undefined;
      idle.push(tid);
      if (closed) setImmediate(closeIdle);
      else if (idle.length > MAX_IDLE) idle.shift()?.socket.close();
    },
    close: () => {
      closed = true;
      closeIdle();
    },
  };
}
