import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Flow, SipHop } from './flow.ts';

export type OnMessage = (bytes: Uint8Array, flow: Flow) => void;

/** A UDP socket that speaks SIP. */
export interface UdpSocket {
  readonly address: { readonly address: string; readonly port: number };
  flowTo(hop: SipHop): Promise<Flow>;
  close(): Promise<void>;
}

/** Our address towards a peer, by the routing table: nothing is sent. */
async function localAddressTowards(address: string, port: number): Promise<string> {
  const probe = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    const isConnected = once(probe, 'connect');
    probe.connect(port, address);
    await isConnected;
    return probe.address().address;
  } finally {
    probe.close();
  }
}

const send = (socket: Socket, bytes: Uint8Array, { port, address }: SipHop): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.send(bytes, port, address, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });

/** Opens it; rejects where the port can't be bound. Port 0 takes any free one. */
export async function openUdp(host: string, port: number, onMessage: OnMessage): Promise<UdpSocket> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  const isBound = once(socket, 'listening');
  socket.bind(port, host);
  await isBound;
  // A peer that is gone shows as an error of the socket; the transaction's timer says the same.
  socket.on('error', () => undefined);
  const bound = socket.address();
  const isAnyAddress = host === '0.0.0.0' || host === '::';
  const flow = (hop: SipHop, localAddress: string): Flow => ({
    hop,
    local: { address: localAddress, port: bound.port },
    isReliable: false,
    send: (bytes) => send(socket, bytes, hop),
  });
  const flowTo = async (hop: SipHop): Promise<Flow> =>
    flow(hop, isAnyAddress ? await localAddressTowards(hop.address, hop.port) : bound.address);
  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    const hop: SipHop = { transport: 'udp', address: from.address, port: from.port, name: from.address };
    onMessage(bytes, flow(hop, bound.address));
  });
  return {
    address: { address: bound.address, port: bound.port },
    flowTo,
    close: async () => {
      const isClosed = once(socket, 'close');
      socket.close();
      await isClosed;
    },
  };
}
