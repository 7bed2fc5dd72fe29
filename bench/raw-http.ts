import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// The yardstick R: bare node:http that sends a Buffer of the same size as the answer under test.
const { size } = JSON.parse(process.argv[2] ?? '{}') as { readonly size: number };
const body = Buffer.alloc(size, 'x');

const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length, Connection: 'close' });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('SIGTERM', () => process.exit(0));
