import { createSocket } from 'node:dgram';

// The yardstick Rt: bare node:dgram that sends a Buffer of the same size in 512-byte blocks, one socket per transfer.
const { size } = JSON.parse(process.argv[2] ?? '{}') as { readonly size: number };
const body = Buffer.alloc(size, 'x');
const blocks = Math.floor(size / 512) + 1;

const dataPacket = (block: number): Buffer =>
  Buffer.concat([Buffer.from([0, 3, block >> 8, block & 255]), body.subarray((block - 1) * 512, block * 512)]);

const server = createSocket('udp4');
server.on('message', (_request, peer) => {
  const transfer = createSocket('udp4');
  transfer.on('message', (packet, from) => {
    const next = packet.readUInt16BE(2) + 1;
    if (next > blocks) transfer.close();
    else transfer.send(dataPacket(next), from.port, from.address);
  });
  transfer.send(dataPacket(1), peer.port, peer.address);
});
server.bind(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
process.once('SIGTERM', () => process.exit(0));
