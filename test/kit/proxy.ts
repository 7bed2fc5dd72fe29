import { Buffer } from 'node:buffer';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A header of the PROXY protocol, version 2 (§2.2), put together by hand. */
export function proxyHeader2(command: number, family: number, addresses: Uint8Array): Buffer {
  const fixed = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex');
  fixed.writeUInt8(command, 12);
  fixed.writeUInt8(family, 13);
  fixed.writeUInt16BE(addresses.length, 14);
  return Buffer.concat([fixed, addresses]);
}

export const proxyHeader1 = (client: string): string =>
  `PROXY TCP${client.includes(':') ? '6' : '4'} ${client} ${client.includes(':') ? '::1' : '127.0.0.1'} 56324 1444\r\n`;

export interface ThroughProxy {
  /** What the proxy says first, in as many packets. */
  readonly header: readonly (string | Uint8Array)[];
  /** The address that the proxy itself has. */
  readonly from?: string;
  readonly request: string;
  readonly certificate?: { readonly key: string; readonly cert: string };
}

/** Everything that comes back until the other end closes. */
function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: Buffer | string) => (received += chunk.toString()));
    // A server that refuses may reset the connection.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(received);
    });
  });
}

const written = (socket: Socket, bytes: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    socket.write(bytes, () => {
      resolve();
    });
  });

/** Connects as a proxy does: its header, and behind it, over TLS where the door has it, the client's request. */
export async function throughProxy(url: string, { header, from, request, certificate }: ThroughProxy): Promise<string> {
  const { hostname, port, protocol } = new URL(url);
  const wire = connectTcp({
    host: hostname,
    port: Number(port),
    noDelay: true,
    ...(from === undefined ? {} : { localAddress: from }),
  });
  wire.on('error', () => undefined);
  for (const packet of header) await written(wire, packet);
  const client = protocol === 'https:' ? connectTls({ socket: wire, rejectUnauthorized: false, ...certificate }) : wire;
  const received = readAll(client);
  client.write(request);
  return received;
}
