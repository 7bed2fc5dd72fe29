import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { until } from '../../../test/kit/door.ts';
import { expectProxyHeaders, type PeerOf } from './proxied-server.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Echo {
  readonly port: number;
  readonly peerOf: PeerOf;
  readonly accepted: Socket[];
  readonly refused: string[];
}

/** A server that gives back what it reads. */
async function echo(headerMilliseconds?: number): Promise<Echo> {
  const accepted: Socket[] = [];
  const refused: string[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  servers.push(server);
  const peerOf = expectProxyHeaders(server, {
    isTrusted: () => true,
    onRefused: (address, reason) => void refused.push(`${address} ${reason}`),
    ...(headerMilliseconds === undefined ? {} : { headerMilliseconds }),
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, peerOf, accepted, refused };
}

test('what comes behind the header, in its packet or later, is the client’s and is read once', async () => {
  const { port, peerOf, accepted } = await echo();
  const client = connect(port, '127.0.0.1');
  let back = '';
  client.on('data', (bytes: Buffer) => (back += bytes.toString()));
  client.write('PROXY TCP4 203.0.113.9 127.0.0.1 5 6\r\nfirst ');
  await until(() => back === 'first ');
  client.write('second');
  await until(() => back === 'first second');
  expect(accepted.map(peerOf)).toEqual(['203.0.113.9']);
  client.destroy();
});

test('a proxy that begins a header and leaves it is cut off in time', async () => {
  const { port, accepted, refused } = await echo(50);
  const client = connect(port, '127.0.0.1');
  client.write('PROXY TCP4 203.0.113.9');
  await once(client.resume(), 'close');
  expect(refused).toEqual(['127.0.0.1 proxy_header_timeout']);
  expect(accepted).toEqual([]);
});

test('a proxy that goes away within its header leaves nothing behind', async () => {
  const { port, accepted, refused } = await echo(50);
  const client = connect(port, '127.0.0.1');
  client.write('PROXY TCP4', () => client.resetAndDestroy());
  await once(client, 'close');
  const next = connect(port, '127.0.0.1');
  next.write('PROXY UNKNOWN\r\nx');
  const [bytes] = (await once(next, 'data')) as [Buffer];
  expect(bytes.toString()).toBe('x');
  next.destroy();
  expect(accepted.length).toBe(1);
  expect(refused).toEqual([]);
});
