import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

// RFC 1350 with nothing of its extensions: what phones of that age speak.
const RRQ = 1;
const DATA = 3;
const ACK = 4;
const ERROR = 5;
const BLOCK = 512;
const TIMEOUT_MILLISECONDS = 1_000;
const TRIES = 5;

const readRequest = (file: string): Buffer => Buffer.concat([Buffer.from([0, RRQ]), Buffer.from(`${file}\0octet\0`)]);
const acknowledge = (block: number): Buffer => Buffer.from([0, ACK, block >> 8, block & 0xff]);

interface Packet {
  readonly bytes: Buffer;
  readonly port: number;
}

function nextPacket(socket: Socket): Promise<Packet | undefined> {
  return new Promise((resolve) => {
    const onMessage = (bytes: Buffer, { port }: { port: number }): void => {
      clearTimeout(timer);
      resolve({ bytes, port });
    };
    const timer = setTimeout(() => {
      socket.off('message', onMessage);
      resolve(undefined);
    }, TIMEOUT_MILLISECONDS);
    socket.once('message', onMessage);
  });
}

/** Resolves when the packet has left: closing the socket in the same tick would lose it. */
const sendLast = (socket: Socket, packet: Buffer, port: number, host: string): Promise<void> =>
  new Promise((resolve) => {
    socket.send(packet, port, host, () => {
      resolve();
    });
  });

/** Sends, and sends again when nothing comes, as a phone would. */
async function ask(socket: Socket, packet: Buffer, host: string, port: number): Promise<Packet> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const answer = nextPacket(socket);
    socket.send(packet, port, host);
    const received = await answer;
    if (received !== undefined) return received;
  }
  throw new Error(`no TFTP answer from ${host}:${port}`);
}

/** Reads one file; undefined when the server answers with an error. */
export async function fetchTftp(host: string, port: number, file: string): Promise<Buffer | undefined> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    const blocks: Buffer[] = [];
    let received = await ask(socket, readRequest(file), host, port);
    for (let expected = 1; ;) {
      const opcode = received.bytes.readUInt16BE(0);
      if (opcode === ERROR) return undefined;
      const block = received.bytes.readUInt16BE(2);
      if (opcode === DATA && block === (expected & 0xffff)) {
        blocks.push(received.bytes.subarray(4));
        expected += 1;
        if (received.bytes.length - 4 < BLOCK) {
          await sendLast(socket, acknowledge(block), received.port, host);
          return Buffer.concat(blocks);
        }
      }
      received = await ask(socket, acknowledge((expected - 1) & 0xffff), host, received.port);
    }
  } finally {
    socket.close();
  }
}
