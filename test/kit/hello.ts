import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const sized = (bytes: 1 | 2 | 3, content: Buffer): Buffer => {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
};

const extension = (type: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([0, type]), sized(2, content)]);

/** A ClientHello (RFC 5246 §7.4.1.2) that asks for this host (RFC 6066 §3) and offers these suites, in as many records as it takes. */
export function clientHello(host: string, suites: readonly number[], version = 0x0303): Buffer {
  const name = extension(0, sized(2, Buffer.concat([Buffer.from([0]), sized(2, Buffer.from(host))])));
  const groups = extension(10, sized(2, Buffer.from([0, 23])));
  const algorithms = extension(13, sized(2, Buffer.from('0403080404010501060102010203', 'hex')));
  const body = Buffer.concat([
    Buffer.from([version >> 8, version & 0xff]),
    randomBytes(32),
    sized(1, Buffer.alloc(0)),
    sized(2, Buffer.from(suites.flatMap((suite) => [suite >> 8, suite & 0xff]))),
    sized(1, Buffer.from([0])),
    sized(2, Buffer.concat([name, groups, algorithms])),
  ]);
  const message = Buffer.concat([Buffer.from([1]), sized(3, body)]);
  const records = Array.from({ length: Math.ceil(message.length / 16_000) }, (_, at) =>
    Buffer.concat([Buffer.from([22, 3, 1]), sized(2, message.subarray(at * 16_000, (at + 1) * 16_000))]),
  );
  return Buffer.concat(records);
}

/** The type of the first record that comes back (21 is an alert, 22 the handshake), or nothing when the door just closes. */
export function firstRecord(port: number, hello: Buffer): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => void socket.write(hello));
    let first: number | undefined;
    socket.on('data', (bytes: Buffer) => {
      first ??= bytes[0];
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(first);
    });
  });
}
