import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** The certificate that a door shows, as the client sees it; `ca` is all that the client believes. */
export function certificateAt(
  port: number,
  ca?: string,
  servername = 'localhost',
): Promise<{ readonly certificate: X509Certificate; readonly believed: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connectTls(
      {
        port,
        host: '127.0.0.1',
        servername,
        rejectUnauthorized: false,
        ...(ca === undefined ? {} : { ca }),
      },
      () => {
        const certificate = socket.getPeerX509Certificate();
        if (certificate === undefined) reject(new Error('the door shows no certificate'));
        else resolve({ certificate, believed: socket.authorized });
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}

/** What the server says in the clear before the handshake turns secret (RFC 5246 §7.4): the types of its messages. */
export async function helloOf(port: number): Promise<readonly number[]> {
  const wire = connect(port, '127.0.0.1');
  const heard: Buffer[] = [];
  const tap = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => wire.write(bytes, done),
  });
  wire.on('data', (bytes: Buffer) => {
    heard.push(bytes);
    tap.push(bytes);
  });
  await new Promise<void>((resolve, reject) => {
    const client = connectTls({ socket: tap, maxVersion: 'TLSv1.2', rejectUnauthorized: false }, resolve);
    client.on('error', reject);
  });
  wire.destroy();
  const bytes = Buffer.concat(heard);
  const messages: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length && bytes[at] === 22; at += 5 + bytes.readUInt16BE(at + 3))
    messages.push(bytes.subarray(at + 5, at + 5 + bytes.readUInt16BE(at + 3)));
  const flight = Buffer.concat(messages);
  const types: number[] = [];
  for (let at = 0; at + 4 <= flight.length && types.at(-1) !== 14; at += 4 + flight.readUIntBE(at + 1, 3))
    types.push(flight.readUInt8(at));
  return types;
}
